import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineActor, type ActorSystem, type HostEvent } from '@ringpost/actors'
import { observer, parent, sightings, victim } from '../dist/actors/lifeActors.js'
import { createSystem } from './system.ts'

const unloadable = defineActor('file:///nowhere/unloadable.js', 'unloadable', () => ({}))

let system: ActorSystem
const hostEvents: HostEvent[] = []

beforeAll(async () => {
  subscribe('ringpost.actors.host', (event) => hostEvents.push(event as HostEvent))
  system = await createSystem({
    logger: false,
    hosts: 2,
    resourceLimits: { maxOldGenerationSizeMb: 48 },
    replacements: { maxRestarts: Infinity, backoff: { firstMs: 0, maxMs: 0 } },
    supervision: { maxRestarts: Infinity, backoff: { firstMs: 0, maxMs: 0 } },
    closing: { drainMs: 5000, graceMs: 5000 },
  })
})

afterAll(() => system.close())

/** The hosts, when there are as many as the system is to have. */
async function bothHosts(): Promise<[number, number]> {
  while (system.hosts.length < 2) await nextHost()
  return [...system.hosts] as [number, number]
}

/** Actors on different hosts. */
async function apart() {
  const [here, there] = await bothHosts()
  const one = await system.spawn(victim.with({ host: here }), 1)
  const other = await system.spawn(parent.with({ host: there }))
  return { one, other }
}

/** What a promise is rejected with. */
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) void item
}

/** The next one that begins, once the given one is lost. */
function nextHost(after?: number): Promise<number> {
  let isLost = after === undefined
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      const { event, host } = message as HostEvent
      if (event === 'lost' && host === after) isLost = true
      if (event !== 'begun' || !isLost) return
      unsubscribe('ringpost.actors.host', listen)
      resolve(host)
    }
    subscribe('ringpost.actors.host', listen)
  })
}

describe('an actor of another host', () => {
  it('handles what it was sent before it was stopped', async () => {
    const actor = await system.spawn(victim, 5)
    const { ask } = actor.with({ timeoutMs: Infinity })
    const asked = Array.from({ length: 1000 }, () => ask.value())
    await actor.stop()
    expect(new Set(await Promise.all(asked))).toEqual(new Set([5]))
  })
})

describe('a host that is lost', () => {
  it.each([
    ['exits', 'exit', 7, { why: 'exited', exitCode: 7 }],
    ['exits as if all were well', 'exit', 0, { why: 'exited', exitCode: 0 }],
    [
      'throws outside of a handler',
      'throwLater',
      'x',
      { why: 'uncaught', error: { message: 'x' } },
    ],
    [
      'rejects what nobody awaits',
      'rejectLater',
      'x',
      { why: 'uncaught', error: { message: 'x' } },
    ],
    ['runs out of memory', 'devour', undefined, { why: 'out of memory' }],
  ] as const)(
    'because it %s fails its actors, which begin anew elsewhere',
    async (_, how, arg, loss) => {
      await bothHosts()
      await using actor = await system.spawn(victim, 5)
      const before = await actor.ask.place()
      actor.tell.add(1)
      const down = actor.down()
      ;(actor.tell[how] as (arg: unknown) => boolean)(arg)
      expect(await down).toMatchObject({
        reason: 'host lost',
        host: before,
        loss,
        error: { code: 'EHOSTDOWN' },
      })
      const anew = actor.with({ timeoutMs: Infinity })
      expect(await anew.ask.value()).toBe(5)
      expect(await anew.ask.place()).not.toBe(before)
      expect(await anew.ask.incarnation()).toBe(2)
    },
  )

  it('fails what was asked there, and streams that were read from there', async () => {
    await using actor = await system.spawn(victim, 5)
    await using beside = await system.spawn(victim.with({ host: { sameAs: actor } }), 5)
    // Longer than it takes until they fail for what they should.
    const patient = actor.with({ timeoutMs: Infinity })
    const items = patient.stream.forever()
    await items.next()
    const asked = codeOf(patient.ask.never())
    const read = codeOf(readAll(items))
    beside.tell.exit(1)
    expect([await asked, await read]).toEqual(['EHOSTDOWN', 'EHOSTDOWN'])
  })

  it('is replaced', async () => {
    await using actor = await system.spawn(victim, 5)
    const lost = await actor.ask.place()
    const begun = nextHost(lost)
    actor.tell.exit(1)
    const replacement = await begun
    expect(hostEvents).toContainEqual(expect.objectContaining({ event: 'lost', host: lost }))
    await using beside = await system.spawn(victim.with({ host: replacement }), 1)
    expect(await beside.ask.place()).toBe(replacement)
    await expect(system.spawn(victim.with({ host: lost }), 1)).rejects.toMatchObject({
      code: 'EHOSTDOWN',
    })
  })

  it('takes along the children of its actors, wherever they are', async () => {
    const { one, other } = await apart()
    await using _ = other
    await using __ = one
    const host = await one.ask.place()
    const child = await other.ask.have('child', host)
    expect(await child.ask.path()).toMatch(/^\/\d+\/child$/)
    const down = child.down()
    const itself = await system.spawn(victim.with({ host: { sameAs: other } }), 1)
    itself.tell.exit(1)
    expect(await down).toEqual({ reason: 'stopped' })
    expect(await other.ask.children()).toEqual([])
    await itself.stop()
  })

  it('is known to parents elsewhere, whose children begin anew', async () => {
    const { one, other } = await apart()
    await using _ = other
    await using __ = one
    const child = await other.ask.have('child', await one.ask.place())
    const down = child.down()
    one.tell.exit(1)
    await down
    expect(await child.with({ timeoutMs: Infinity }).ask.value()).toBe(1)
    expect(await child.ask.incarnation()).toBe(2)
    expect(await other.ask.children()).toEqual(['child'])
    expect(await other.ask.incarnation()).toBe(1)
  })
})

describe('spawn', () => {
  it('names the file that a host cannot load', async () => {
    await expect(system.spawn(unloadable)).rejects.toMatchObject({
      code: 'ELOAD',
      message: expect.stringContaining('file:///nowhere/unloadable.js'),
    })
  })

  it('puts an actor where another is', async () => {
    await using one = await system.spawn(victim, 1)
    await using two = await system.spawn(victim.with({ host: { sameAs: one } }), 1)
    expect(await two.ask.place()).toBe(await one.ask.place())
  })

  it('puts an actor where there are the fewest', async () => {
    const [crowded] = await bothHosts()
    const crowd = await Promise.all(
      Array.from({ length: 4 }, () => system.spawn(victim.with({ host: crowded }), 1)),
    )
    const placed = async (): Promise<number> => {
      await using actor = await system.spawn(victim.with({ host: 'least' }), 1)
      return actor.ask.place()
    }
    // Hosts that are processes say a moment later how many they have.
    await expect.poll(placed).not.toBe(crowded)
    await Promise.all(crowd.map((one) => one.stop()))
  })

  it('refuses a second system in a host', async () => {
    await using actor = await system.spawn(victim, 1)
    await expect(actor.ask.nestedSystem()).rejects.toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('isMainThread'),
    })
  })
})

describe('watch and link', () => {
  it('tell an actor why one of another host is no more', async () => {
    const { one, other } = await apart()
    await using _ = other
    await using seen = await system.spawn(observer.with({ host: 'here' }))
    await other.ask.watch(one as never, seen as never)
    // Goes the same way, behind the watch.
    await other.ask.have('child', await one.ask.place())
    const down = once(sightings, 'down')
    await one.stop()
    expect(await down).toEqual([{ reason: 'stopped' }])
  })

  it('fails an actor when one fails that it is linked to', async () => {
    const { one, other } = await apart()
    await using _ = other
    await using __ = one
    await using seen = await system.spawn(observer.with({ host: 'here' }))
    await other.ask.link(one as never, seen as never)
    const ending = once(sightings, 'ending')
    one.tell.exit(1)
    expect(await ending).toMatchObject([{ reason: 'restarting', error: { code: 'ELINKED' } }])
    expect(await other.ask.incarnation()).toBe(2)
  })
})

describe('stop', () => {
  it('is seen by a handler that leaves its thread no time', async () => {
    await using seen = await system.spawn(observer.with({ host: 'here' }))
    const actor = await system.spawn(victim, 1)
    const begun = once(sightings, 'begun')
    const aborted = once(sightings, 'aborted')
    const computed = actor.with({ timeoutMs: Infinity }).ask.compute(seen as never, true)
    await begun
    await actor.stop({ drain: false })
    await aborted
    expect(await computed).toBeUndefined()
  })

  it('ends the thread of an actor that does not stop, which others survive', async () => {
    await using seen = await system.spawn(observer.with({ host: 'here' }))
    const actor = await system.spawn(victim, 1)
    await using beside = await system.spawn(victim.with({ host: { sameAs: actor } }), 7)
    const down = actor.down()
    const begun = once(sightings, 'begun')
    const computed = actor.with({ timeoutMs: Infinity }).ask.compute(seen as never, false)
    const failed = codeOf(computed)
    await begun
    await actor.stop({ graceMs: 5 })
    expect(await failed).toBe('EHOSTDOWN')
    expect(await down).toMatchObject({ reason: 'host lost', loss: { why: 'terminated' } })
    expect(await beside.with({ timeoutMs: Infinity }).ask.value()).toBe(7)
    await expect(actor.ask.value()).rejects.toMatchObject({ code: 'EHOSTDOWN' })
  })
})
