import { subscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystem, type ActorSystem, type HostEvent } from '@ringpost/actors'
import { observer, parent, unloadable, victim } from '../dist/actors/lifeActors.js'

let system: ActorSystem
const hostEvents: HostEvent[] = []

beforeAll(async () => {
  subscribe('ringpost.actors.host', (event) => hostEvents.push(event as HostEvent))
  system = await createSystem({
    logger: false,
    hosts: 2,
    resourceLimits: { maxOldGenerationSizeMb: 48 },
    stuckMs: 4000,
    replacements: { maxRestarts: Infinity, backoff: { firstMs: 0, maxMs: 0 } },
    supervision: { maxRestarts: Infinity, backoff: { firstMs: 0, maxMs: 0 } },
    closing: { drainMs: 5000, graceMs: 5000 },
  })
})

afterAll(() => system.close())

/** Actors on different hosts. */
async function apart() {
  const one = await system.spawn(victim.with({ host: system.hosts[0]! }), 1)
  const places = system.hosts.filter((host) => host !== system.hosts[0])
  // A thread that was lost before may not have been replaced yet.
  if (places.length === 0) places.push(await nextHost())
  const other = await system.spawn(parent.with({ host: places[0]! }))
  return { one, other }
}

function nextHost(): Promise<number> {
  return new Promise((resolve) => {
    subscribe('ringpost.actors.host', function listen(event) {
      const { event: what, host } = event as HostEvent
      if (what === 'begun') resolve(host)
    })
  })
}

describe('a host that is lost', () => {
  it.each([
    ['exits', 'exit', 7, { why: 'exited', exitCode: 7 }],
    ['exits as if all were well', 'exit', 0, { why: 'exited', exitCode: 0 }],
    ['throws outside of a handler', 'throwLater', 'x', { why: 'uncaught', error: { message: 'x' } }],
    ['rejects what nobody awaits', 'rejectLater', 'x', { why: 'uncaught', error: { message: 'x' } }],
    ['runs out of memory', 'devour', undefined, { why: 'out of memory' }],
  ] as const)('because it %s fails its actors, which begin anew elsewhere', async (_, how, arg, loss) => {
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
    expect(await actor.ask.value()).toBe(5)
    expect(await actor.ask.place()).not.toBe(before)
    expect(await actor.ask.incarnation()).toBe(2)
  })

  it('fails what was asked there, and streams that were read from there', async () => {
    await using actor = await system.spawn(victim, 5)
    const items = actor.stream.forever()
    await items.next()
    const asked = expect(actor.ask.never()).rejects.toMatchObject({ code: 'EHOSTDOWN' })
    const read = expect(
      (async () => {
        for await (const item of items) void item
      })(),
    ).rejects.toMatchObject({ code: 'EHOSTDOWN' })
    actor.tell.exit(1)
    await asked
    await read
  })

  it('is replaced', async () => {
    await using actor = await system.spawn(victim, 5)
    const lost = await actor.ask.place()
    const begun = nextHost()
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
    const itself = await system.spawn(
      victim.with({ host: { sameAs: other } }),
      1,
    )
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
    one.tell.exit(1)
    expect(await child.ask.value()).toBe(1)
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
    const crowd = await Promise.all(
      Array.from({ length: 4 }, () => system.spawn(victim.with({ host: system.hosts[0]! }), 1)),
    )
    await using actor = await system.spawn(victim.with({ host: 'least' }), 1)
    expect(await actor.ask.place()).not.toBe(await crowd[0]!.ask.place())
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
    await other.ask.watch(one as never)
    await one.stop()
    // What the host of the one tells comes before what is asked afterwards by way of it.
    await expect.poll(() => other.ask.downs()).toEqual([{ reason: 'stopped' }])
  })

  it('fails an actor when one fails that it is linked to', async () => {
    const { one, other } = await apart()
    await using _ = other
    await other.ask.link(one as never)
    one.tell.exit(1)
    await expect.poll(() => other.ask.incarnation()).toBe(2)
    await one.stop()
  })
})

describe('stop', () => {
  it('is seen by a handler that leaves its thread no time', async () => {
    await using seen = await system.spawn(observer)
    const actor = await system.spawn(victim, 1)
    const computed = actor.with({ timeoutMs: Infinity }).ask.compute(seen as never, true)
    await expect.poll(() => seen.ask.next()).toBe('begun')
    await actor.stop({ drain: false })
    await computed
    expect(await seen.ask.next()).toBe('aborted')
  })

  it('ends the thread of an actor that does not stop, which others survive', async () => {
    await using seen = await system.spawn(observer.with({ host: 0 }))
    const actor = await system.spawn(victim, 1)
    await using beside = await system.spawn(victim.with({ host: { sameAs: actor } }), 7)
    const down = actor.down()
    const computed = actor.with({ timeoutMs: Infinity }).ask.compute(seen as never, false)
    const failed = expect(computed).rejects.toMatchObject({ code: 'EHOSTDOWN' })
    await expect.poll(() => seen.ask.next()).toBe('begun')
    await actor.stop({ graceMs: 5 })
    await failed
    expect(await down).toMatchObject({ reason: 'host lost', loss: { why: 'terminated' } })
    expect(await beside.ask.value()).toBe(7)
    await expect(actor.ask.value()).rejects.toMatchObject({ code: 'EHOSTDOWN' })
  })
})
