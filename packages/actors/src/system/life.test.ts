import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorContext } from '../host/actorContext.ts'
import type { ActorFailure } from '../supervision/failures.ts'
import type { SupervisionOptions } from '../supervision/options.ts'
import type { ActorRef } from '../host/ref.ts'
import { createSystem, type ActorSystem } from './system.ts'

/** What the actors here did, in order. */
let events: string[] = []

const flaky = defineActor(import.meta.url, 'flaky', (ctx: ActorContext, failures: number) => {
  const { name, incarnation } = ctx
  events.push(`${name} begins ${incarnation}`)
  ctx.onStop(({ reason }) => events.push(`${name} ends ${incarnation}: ${reason}`))
  if (incarnation > 1 && incarnation <= failures) throw new Error(`begin ${incarnation}`)
  let n = 0
  return {
    add(by: number) {
      n += by
    },
    value: () => n,
    incarnation: () => ctx.incarnation,
    crash(message: string) {
      throw new Error(message)
    },
    refuse(message: string): void {
      throw new Error(message)
    },
    async wait() {
      await new Promise(() => undefined)
    },
    async *forever() {
      for (let item = 0; ; item++) yield item
    },
    quit() {
      ctx.stop()
    },
    async holdUp() {
      ctx.signal.addEventListener('abort', () => {
        holdUpThread()
        queueMicrotask(holdUpThread)
      })
      await new Promise(() => undefined)
    },
    whenAborted() {
      return new Promise<string>((resolve) =>
        ctx.signal.addEventListener('abort', () => resolve('aborted'), { once: true }),
      )
    },
  }
})

/** For so long that all timers of a millisecond or two are due. */
const holdUpThread = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)

interface Flaky {
  add(by: number): void
  value(): number
  incarnation(): number
  crash(message: string): void
  wait(): void
  quit(): void
}

const family = defineActor(
  import.meta.url,
  'family',
  async (ctx: ActorContext, names: string[], supervision: SupervisionOptions, failures: number) => {
    events.push(`${ctx.name} begins ${ctx.incarnation}`)
    ctx.supervise({ backoff: { firstMs: 0 }, ...supervision })
    for (const name of names) await ctx.spawn(flaky.with({ name }), failures)
    return {
      child: (name: string) => ctx.children.get(name)! as ActorRef as ActorRef<Flaky>,
      children: () => [...ctx.children.keys()],
      incarnation: () => ctx.incarnation,
      spawn: async (name: string) => {
        await ctx.spawn(flaky.with({ name }), 0)
      },
      async fail() {
        await Promise.resolve()
        throw new Error('the parent itself')
      },
    }
  },
)

let system: ActorSystem

beforeAll(async () => {
  system = await createSystem({ hosts: 0, logger: false, supervision: { backoff: { firstMs: 0 } } })
})

afterAll(() => system.close())

const make = (
  names: string[],
  supervision: SupervisionOptions = {},
  { name = 'parent', failures = 0 } = {},
) => {
  events = []
  return system.spawn(family.with({ name }), names, supervision, failures)
}

/** What a promise is rejected with. */
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

async function crash(
  parent: { ask: { child(name: string): Promise<ActorRef<Flaky>> } },
  name: string,
) {
  const child = await parent.ask.child(name)
  child.tell.crash('wrong')
}

describe('spawn', () => {
  it('names actors by their place among their relatives', async () => {
    await using parent = await make(['a', 'b'])
    expect(await parent.ask.children()).toEqual(['a', 'b'])
    const anonymous = await system.spawn(flaky, 0)
    expect([...system.actors.keys()]).toEqual(['parent', expect.stringMatching(/^\d+$/)])
    await anonymous.stop()
    expect([...system.actors.keys()]).toEqual(['parent'])
  })

  it('refuses a name that a sibling has, and takes it again when that has ended', async () => {
    const first = await system.spawn(flaky.with({ name: 'x' }), 0)
    await expect(system.spawn(flaky.with({ name: 'x' }), 0)).rejects.toMatchObject({
      code: 'EEXIST',
    })
    await first.stop()
    await using second = await system.spawn(flaky.with({ name: 'x' }), 0)
    expect(second.equals(first)).toBe(false)
  })

  it.each([
    { name: '' },
    { name: 'a/b' },
    { name: 'a'.repeat(256) },
    { mailbox: -1 },
    { mailbox: 0.5 },
    { host: 'there' as never },
    { host: -1 },
    { host: { sameAs: 'me' } as never },
  ])('refuses %j', (options) => {
    expect(() => flaky.with(options)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })

  it('refuses a host that there is not', async () => {
    await expect(system.spawn(flaky.with({ host: 1 }), 0)).rejects.toMatchObject({
      code: 'ENOHOST',
    })
    await using found = await system.spawn(flaky.with({ host: 0 }), 0)
    await using beside = await system.spawn(flaky.with({ host: { sameAs: found } }), 0)
    expect(await beside.ask.value()).toBe(0)
  })

  it('fails with what the factory throws, and leaves no name behind', async () => {
    const bad = family.with({ name: 'bad' })
    await expect(system.spawn(bad, ['a', 'a'], {}, 0)).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(system.spawn(bad, [], { maxRestarts: -1 }, 0)).rejects.toMatchObject({
      code: 'EINVAL',
    })
    expect([...system.actors.keys()]).toEqual([])
  })

  it('gives each life arguments of its own', async () => {
    await using parent = await make(['a'])
    const names = await parent.ask.children()
    await crash(parent, 'a')
    expect(await parent.ask.children()).toEqual(names)
  })
})

describe('a ref', () => {
  it('is made again of what it prints, for as long as the actor lives', async () => {
    await using parent = await make(['a'])
    const child = await parent.ask.child('a')
    const again = system.ref<Flaky>(String(child))
    expect(again.equals(child as never)).toBe(true)
    again.tell.add(2)
    expect(await child.ask.value()).toBe(2)
    await parent.stop()
    await expect(again.ask.value()).rejects.toMatchObject({ code: 'ENOACTOR' })
    for (const text of ['actor:0/1', 'actor:0/1.2.3', 'actor:a/1.1', ''])
      expect(() => system.ref(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })

  it('knows the path of its actor while that lives', async () => {
    await using parent = await make(['a'])
    const child = await parent.ask.child('a')
    expect(await child.path()).toBe('/parent/a')
    expect(await parent.path()).toBe('/parent')
    await parent.stop()
    expect(await codeOf(child.path())).toBe('ENOACTOR')
  })
})

describe('stop', () => {
  it('handles what is in the mailbox first', async () => {
    const actor = await system.spawn(flaky, 0)
    actor.tell.add(1)
    const value = actor.ask.value()
    await actor.stop()
    expect(await value).toBe(1)
    await expect(actor.ask.value()).rejects.toMatchObject({ code: 'ENOACTOR' })
  })

  it('at once refuses what is in the mailbox', async () => {
    const actor = await system.spawn(flaky, 0)
    const value = actor.ask.value()
    const stopped = actor.stop({ drain: false })
    await expect(value).rejects.toMatchObject({ code: 'ENOACTOR' })
    await stopped
  })

  it('at once tells the handler that is under way', async () => {
    const actor = await system.spawn(flaky, 0)
    const answer = actor.ask.whenAborted()
    await Promise.resolve()
    const stopped = actor.stop({ drain: false })
    expect(await answer).toBe('aborted')
    await stopped
  })

  it('leaves a handler alone that does not end in time', async () => {
    const actor = await system.spawn(flaky, 0)
    const answer = actor.ask.wait()
    const failed = codeOf(answer)
    await actor.stop({ graceMs: 1 })
    expect(await failed).toBe('ESTOPPED')
  })

  it('fails the streams that are read', async () => {
    const actor = await system.spawn(flaky, 0)
    const items = actor.stream.forever()
    await items.next()
    await actor.stop()
    const rest = (async () => {
      for await (const item of items) void item
    })()
    await expect(rest).rejects.toMatchObject({ code: 'ESTOPPED' })
  })

  it('stops children first, and calls hooks of the last registered first', async () => {
    const parent = await make(['a', 'b'], { strategy: 'rest-for-one' })
    events = []
    await parent.stop()
    expect(events).toEqual(['b ends 1: stopped', 'a ends 1: stopped'])
  })

  it('is what an actor does itself', async () => {
    const actor = await system.spawn(flaky, 0)
    const down = actor.down()
    actor.tell.quit()
    expect(await down).toEqual({ reason: 'stopped' })
  })
})

describe('an actor that fails', () => {
  it('begins anew at the same address, and its mailbox waits', async () => {
    events = []
    await using actor = await system.spawn(flaky.with({ name: 'a' }), 0)
    actor.tell.add(1)
    actor.tell.crash('wrong')
    actor.tell.add(10)
    expect(await actor.ask.value()).toBe(10)
    expect(await actor.ask.incarnation()).toBe(2)
    expect(events).toEqual(['a begins 1', 'a ends 1: restarting', 'a begins 2'])
  })

  it('goes on where only an asker has the error', async () => {
    await using actor = await system.spawn(flaky, 0)
    actor.tell.add(1)
    await expect(actor.ask.refuse('no')).rejects.toThrow('no')
    expect(await actor.ask.value()).toBe(1)
    expect(await actor.ask.incarnation()).toBe(1)
  })

  it('is restarted again and again while its factory fails', async () => {
    await using parent = await make(['a'], {}, { failures: 3 })
    events = []
    await crash(parent, 'a')
    expect(await (await parent.ask.child('a')).ask.incarnation()).toBe(4)
    expect(events).toEqual([
      'a ends 1: restarting',
      'a begins 2',
      'a ends 2: restarting',
      'a begins 3',
      'a ends 3: restarting',
      'a begins 4',
    ])
  })

  it('ends when it fails too often', async () => {
    const supervision: SupervisionOptions = { maxRestarts: 2, exceeded: 'stop' }
    await using parent = await make(['a'], supervision)
    const down = (await parent.ask.child('a')).down()
    for (let i = 0; i < 3; i++) await crash(parent, 'a')
    expect(await down).toMatchObject({ reason: 'failed', error: { message: 'wrong' } })
    expect(await parent.ask.children()).toEqual([])
    expect(await parent.ask.incarnation()).toBe(1)
  })

  it('ends at the top when it fails too often', async () => {
    const actor = await system.spawn(flaky, 0)
    const down = actor.down()
    for (let i = 0; i < 6; i++) actor.tell.crash('wrong')
    expect(await down).toMatchObject({ reason: 'failed', error: { message: 'wrong' } })
  })

  it('is published with what was decided', async () => {
    const failures: ActorFailure[] = []
    const listen = (failure: unknown): number => failures.push(failure as ActorFailure)
    subscribe('ringpost.actors.failure', listen)
    await using actor = await system.spawn(flaky.with({ name: 'a' }), 0)
    actor.tell.crash('wrong')
    await actor.ask.value()
    unsubscribe('ringpost.actors.failure', listen)
    expect(failures).toMatchObject([
      { path: '/a', error: { message: 'wrong' }, during: 'message', directive: 'restart' },
    ])
  })
})

describe('a supervisor', () => {
  it('decides by the error and the child', async () => {
    const seen: unknown[] = []
    await using local = await createSystem({
      hosts: 0,
      logger: false,
      supervision: {
        decide(error, child) {
          seen.push((error as Error).message, child)
          return 'resume'
        },
      },
    })
    const actor = await local.spawn(flaky.with({ name: 'a' }), 0)
    actor.tell.add(1)
    actor.tell.crash('one')
    await expect(actor.ask.refuse('two')).rejects.toThrow('two')
    expect(await actor.ask.value()).toBe(1)
    expect(seen).toEqual([
      'one',
      { name: 'a', path: '/a', during: 'message' },
      'two',
      { name: 'a', path: '/a', during: 'ask' },
    ])
  })

  it('restarts all children, in their order', async () => {
    await using parent = await make(['a', 'b', 'c'], { strategy: 'one-for-all' })
    events = []
    await crash(parent, 'b')
    await (await parent.ask.child('c')).ask.value()
    expect(events).toEqual([
      'c ends 1: restarting',
      'b ends 1: restarting',
      'a ends 1: restarting',
      'a begins 2',
      'b begins 2',
      'c begins 2',
    ])
  })

  it('restarts those that came later', async () => {
    await using parent = await make(['a', 'b', 'c'], { strategy: 'rest-for-one' })
    events = []
    await crash(parent, 'b')
    await (await parent.ask.child('c')).ask.value()
    expect(events).toEqual([
      'c ends 1: restarting',
      'b ends 1: restarting',
      'b begins 2',
      'c begins 2',
    ])
  })

  it('answers what a restarted sibling was doing with an error', async () => {
    await using parent = await make(['a', 'b'], { strategy: 'one-for-all' })
    const a = await parent.ask.child('a')
    const b = await parent.ask.child('b')
    const waiting = codeOf(a.ask.wait())
    a.tell.add(1)
    b.tell.crash('wrong')
    expect(await waiting).toBe('ESTOPPED')
    expect(await a.ask.value()).toBe(1)
    expect(await a.ask.incarnation()).toBe(2)
  })

  it('deals with all that fail while it restarts others', async () => {
    await using parent = await make(['a', 'b'], { strategy: 'one-for-all', maxRestarts: 50 })
    for (let i = 0; i < 10; i++) await crash(parent, i % 2 === 0 ? 'a' : 'b')
    expect(await (await parent.ask.child('a')).ask.value()).toBe(0)
    expect(await (await parent.ask.child('b')).ask.value()).toBe(0)
  })

  it('fails with its child’s error when that is too much, and begins anew with new children', async () => {
    await using parent = await make(['a', 'b'], { maxRestarts: 0 })
    events = []
    await crash(parent, 'a')
    expect(await parent.ask.incarnation()).toBe(2)
    expect(events).toEqual([
      'a ends 1: stopped',
      'b ends 1: stopped',
      'parent begins 2',
      'a begins 1',
      'b begins 1',
    ])
  })

  it('goes on with its children where its own supervisor lets it', async () => {
    await using local = await createSystem({
      hosts: 0,
      logger: false,
      supervision: { decide: () => 'resume' },
    })
    const parent = await local.spawn(family, ['a'], { maxRestarts: 0 }, 0)
    const a = await parent.ask.child('a')
    a.tell.add(1)
    await crash(parent, 'a')
    expect(await (await parent.ask.child('a')).ask.value()).toBe(1)
  })

  it('stops children before it begins anew', async () => {
    await using parent = await make(['a'])
    events = []
    parent.tell.fail()
    expect(await parent.ask.incarnation()).toBe(2)
    expect(events).toEqual(['a ends 1: stopped', 'parent begins 2', 'a begins 1'])
  })

  it('keeps nothing of children that have ended', async () => {
    await using parent = await make([])
    for (let i = 0; i < 100; i++) {
      await parent.ask.spawn('a')
      const child = await parent.ask.child('a')
      const down = child.down()
      child.tell.quit()
      await down
      expect(await parent.ask.children()).toEqual([])
    }
  })
})

describe('hooks', () => {
  const hooked = defineActor(import.meta.url, 'hooked', (ctx: ActorContext) => {
    ctx.onStop(() => events.push('first'))
    ctx.onStop(async () => {
      await Promise.resolve()
      events.push('second')
      throw new Error('hook')
    })
    return { none() {} }
  })

  it('are awaited one after the other, and make a stop a failure when they throw', async () => {
    events = []
    const actor = await system.spawn(hooked)
    const down = actor.down()
    await actor.stop()
    expect(events).toEqual(['second', 'first'])
    expect(await down).toMatchObject({ reason: 'failed', error: { message: 'hook' } })
  })
})

describe('down', () => {
  it('says so when there is no such actor', async () => {
    const actor = await system.spawn(flaky, 0)
    await actor.stop()
    expect(await actor.down()).toEqual({ reason: 'no such actor' })
  })

  it('ends with the signal', async () => {
    await using actor = await system.spawn(flaky, 0)
    const stop = new AbortController()
    const down = actor.down({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(down).rejects.toThrow('enough')
    await expect(actor.down({ signal: stop.signal })).rejects.toThrow('enough')
  })
})

describe('a system', () => {
  it('spawns nothing when it closes', async () => {
    const local = await createSystem({ hosts: 0 })
    const closed = local.close()
    await expect(local.spawn(flaky, 0)).rejects.toMatchObject({ code: 'ECLOSED' })
    await closed
  })

  it('closes although an actor does not stop', async () => {
    const local = await createSystem({ hosts: 0, closing: { drainMs: 1, graceMs: 1 } })
    const actor = await local.spawn(flaky, 0)
    const failed = codeOf(actor.ask.wait())
    await local.close()
    expect(await failed).toBe('ESTOPPED')
  })

  it('ends its actors before itself, although its thread was held up', async () => {
    const local = await createSystem({ hosts: 0, closing: { drainMs: 1, graceMs: 1 } })
    const actor = await local.spawn(flaky, 0)
    const failed = codeOf(actor.ask.holdUp())
    await local.close()
    expect(await failed).toBe('ESTOPPED')
  })

  it.each([{ hosts: -1 }, { stuckMs: 0 }, { stuckMs: NaN }, { supervision: { maxRestarts: -1 } }])(
    'refuses %j',
    async (options) => {
      await expect(createSystem({ hosts: 0, ...options })).rejects.toMatchObject({ code: 'EINVAL' })
    },
  )
})
