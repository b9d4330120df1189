import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorContext } from '../host/actorContext.ts'
import type { ActorRef } from '../host/ref.ts'
import { createSystem, type ActorSystem } from '../system/system.ts'
import { createProbe } from './probe.ts'
import { createTestSystem } from './testSystem.ts'

interface Store {
  load(key: string): string
  save(key: string, value: string): void
  keys(): Generator<string>
}

/** Talks to a store, and does as it is told. */
const client = defineActor(
  import.meta.url,
  'client',
  (ctx: ActorContext, store: ActorRef<Store>) => ({
    load: (key: string): Promise<string> => store.ask.load(key),
    async keys() {
      const keys: string[] = []
      for await (const key of store.stream.keys()) keys.push(key)
      return keys
    },
    save(key: string) {
      store.tell.save(key, 'saved')
    },
    async saveThrice(key: string) {
      for (let n = 1; n <= 3; n++) await store.send.save(key, String(n))
    },
    quit() {
      ctx.stop()
    },
  }),
)

const subjects = [
  ['a simulated system', () => createTestSystem({ hosts: 1 })],
  ['any other system', () => createSystem({ hosts: 0, logger: false, closing: { drainMs: 0 } })],
] as const

describe.each(subjects)('a probe in %s', (_, create) => {
  let system: ActorSystem

  beforeAll(async () => {
    system = await create()
  })

  afterAll(() => system.close())

  const make = async () => {
    const probe = await createProbe<Store>(system)
    return { probe, ref: await system.spawn(client, probe.ref) }
  }

  it('gets messages, one after the other', async () => {
    const { probe, ref } = await make()
    ref.tell.save('a')
    ref.tell.save('b')
    const first = await probe.expectMessage('save')
    expect(first).toMatchObject({ method: 'save', args: ['a', 'saved'], verb: 'tell' })
    expect((await probe.expectMessage('save')).args).toEqual(['b', 'saved'])
    await ref.ask.saveThrice('c')
    for (const value of ['1', '2', '3'])
      expect((await probe.expectMessage('save')).args).toEqual(['c', value])
    expect(probe.waiting).toBe(0)
  })

  it('answers what it is asked, when the test does', async () => {
    const { probe, ref } = await make()
    const loaded = ref.ask.load('a')
    const [, other] = [ref.tell.save('b'), ref.ask.save('c')]
    const asked = await probe.expectMessage('load')
    expect(asked.verb).toBe('ask')
    asked.reply('A')
    expect(await loaded).toBe('A')
    await other
    const failing = ref.ask.load('b')
    const again = await probe.skipTo('load')
    again.fail(new RangeError('none'))
    await expect(failing).rejects.toThrow('none')
  })

  it('streams what the test gives', async () => {
    const { probe, ref } = await make()
    const keys = ref.ask.keys()
    ;(await probe.expectMessage('keys')).reply(['x', 'y'])
    expect(await keys).toEqual(['x', 'y'])
  })

  it('knows that nobody waits for an answer any more', async () => {
    const { probe } = await make()
    const controller = new AbortController()
    const asked = probe.ref.with({ signal: controller.signal }).ask.load('a')
    const message = await probe.expectMessage('load')
    const aborted = new Promise((resolve) => message.signal.addEventListener('abort', resolve))
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await aborted
  })

  it('fails when something else comes', async () => {
    const { probe, ref } = await make()
    ref.tell.save('a')
    await expect(probe.expectMessage('load')).rejects.toMatchObject({
      name: 'AssertionError',
      message: 'Expected load, but got tell save',
      actual: 'save',
      expected: 'load',
    })
  })

  it('is told that nothing came before something else did', async () => {
    const { probe, ref } = await make()
    await probe
      .expectNoMessage(
        ref.ask.save('x').then(
          () => undefined,
          () => undefined,
        ),
      )
      .then(
        () => expect.unreachable(),
        (error: unknown) =>
          expect(error).toMatchObject({ message: expect.stringContaining('save') }),
      )
    expect(probe.waiting).toBe(0)
    await probe.expectNoMessage(system.spawn(client, probe.ref))
  })

  it('learns that an actor has ended', async () => {
    const { probe, ref } = await make()
    probe.watch(ref)
    ref.tell.quit()
    expect(await probe.expectDown(ref)).toEqual({ reason: 'stopped' })
    probe.watch(ref)
    expect(await probe.receive()).toMatchObject({ down: { reason: 'no such actor' } })
    const other = await system.spawn(client, probe.ref)
    const unwatch = probe.watch(other)
    unwatch()
    await probe.expectNoMessage(other.stop())
  })

  it('has a name, and ends with its scope', async () => {
    let ref: ActorRef<Store>
    {
      await using probe = await createProbe<Store>(system, { name: 'store' })
      ref = probe.ref
      expect(system.actors.has('store')).toBe(true)
    }
    await expect(ref.ask.load('a')).rejects.toMatchObject({ code: 'ENOACTOR' })
  })
})

describe('silence', () => {
  it('is known in a simulated system when nothing is left to happen', async () => {
    await using system = await createTestSystem()
    const probe = await createProbe<Store>(system)
    const ref = await system.spawn(client, probe.ref)
    await probe.expectNoMessage()
    await expect(probe.expectMessage('save')).rejects.toThrow(
      'Expected save, but nothing has come, and nothing is left to happen (schedule 1)',
    )
    ref.tell.save('a')
    await expect(probe.expectNoMessage()).rejects.toThrow('Expected no message, but got tell save')
  })

  it('is no silence while time goes on', async () => {
    await using system = await createTestSystem()
    const probe = await createProbe<Store>(system)
    const later = defineActor(import.meta.url, 'later', (ctx, store: ActorRef<Store>) => {
      ctx.timers.once('save', 100, () => void store.tell.save('late', ''))
      return {}
    })
    await system.spawn(later, probe.ref)
    await probe.expectNoMessage()
    const expected = probe.expectMessage('save')
    await system.advance(100)
    expect((await expected).args).toEqual(['late', ''])
  })

  it('is a matter of time in any other system', async () => {
    await using system = await createSystem({ hosts: 0, logger: false })
    const probe = await createProbe<Store>(system, { timeoutMs: 1 })
    await expect(probe.expectMessage('save')).rejects.toThrow('nothing has come for 1 ms')
    await expect(probe.expectNoMessage()).rejects.toMatchObject({ code: 'EINVAL' })
  })
})
