import { expect, it, onTestFinished } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorContext } from '../host/actorContext.ts'
import { createTestSystem, type TestSystem } from '../testing/testSystem.ts'

const never = new Promise<never>(() => undefined)

/** Ends never by itself. */
const hanging = defineActor(import.meta.url, 'hanging', (ctx: ActorContext) => {
  ctx.onStop(() => never)
  return { hang: () => never }
})

/** Has children of which one handles something for ever. */
const busyParent = defineActor(import.meta.url, 'busyParent', async (ctx: ActorContext) => {
  const child = await ctx.spawn(hanging.with({ name: 'child' }))
  child.tell.hang()
  return { incarnation: () => ctx.incarnation }
})

const member = defineActor(import.meta.url, 'member', (ctx: ActorContext) => ({
  fail(): void {
    throw new Error('once')
  },
  incarnation: () => ctx.incarnation,
  host: () => ctx.host,
}))

/** The other one of its children fails as well when one does. */
const family = defineActor(
  import.meta.url,
  'family',
  async (
    ctx: ActorContext,
    kind: 'hanging' | 'busyParent' | 'member',
    host: number,
    graceMs: number,
  ) => {
    ctx.supervise({ strategy: 'one-for-all', graceMs })
    const definition = { hanging, busyParent, member }[kind] as typeof member
    const sibling = await ctx.spawn(definition.with({ name: 'sibling', host }))
    const failing = await ctx.spawn(member.with({ name: 'failing' }))
    return {
      fail: () => failing.tell.fail(),
      stopSibling: () => void sibling.stop(),
      sibling: () => sibling,
      incarnation: () => failing.ask.incarnation(),
      children: () => [...ctx.children.keys()],
    }
  },
)

const places = [
  ['in the same thread', 0],
  ['on another host', 1],
] as const

async function begun(
  kind: 'hanging' | 'busyParent' | 'member',
  at: number,
): Promise<{
  system: TestSystem
  hosts: readonly number[]
  parent: Awaited<ReturnType<typeof spawned>>
}> {
  const system = await createTestSystem({ hosts: 2 })
  onTestFinished(() => system.close())
  const { hosts } = system
  const parent = await spawned(system, kind, hosts[0]!, hosts[at]!)
  return { system, hosts, parent }
}

const spawned = (
  system: TestSystem,
  kind: 'hanging' | 'busyParent' | 'member',
  host: number,
  siblingHost: number,
) => system.spawn(family.with({ host }), kind, siblingHost, 1000)

it.each(places)(
  'a sibling %s that is being stopped and does not end is left alone after its time',
  async (_, at) => {
    const { system, parent } = await begun('hanging', at)
    await parent.ask.stopSibling()
    await system.settle()
    await parent.ask.fail()
    await system.advance(999)
    expect(await parent.ask.children()).toEqual(['sibling', 'failing'])
    await system.advance(100)
    expect(await parent.ask.incarnation()).toBe(2)
    expect(await parent.ask.children()).toEqual(['failing'])
  },
)

it.each(places)(
  'a sibling %s whose child does not end is restarted after its time',
  async (_, at) => {
    const { system, parent } = await begun('busyParent', at)
    await parent.ask.fail()
    await system.advance(999)
    const sibling = await parent.ask.sibling()
    const waiting = sibling.ask.incarnation()
    await system.advance(100)
    expect(await waiting).toBe(2)
    expect(await parent.ask.incarnation()).toBe(2)
    // The child of its former life is left alone as well, and is not taken for that of this life.
    await system.advance(10_000)
    parent.tell.fail()
    await system.advance(1100)
    expect(await sibling.ask.incarnation()).toBe(3)
    expect(await parent.ask.incarnation()).toBe(3)
  },
)

it('a sibling whose host does nothing is restarted elsewhere after twice its time', async () => {
  const { system, hosts, parent } = await begun('member', 1)
  const release = system.hold(hosts[1]!)
  onTestFinished(release)
  await parent.ask.fail()
  await system.advance(1999)
  expect(await parent.ask.children()).toEqual(['sibling', 'failing'])
  const sibling = await parent.ask.sibling()
  await system.advance(100)
  expect(await parent.ask.incarnation()).toBe(2)
  expect(await sibling.ask.incarnation()).toBe(2)
  expect(await sibling.ask.host()).not.toBe(hosts[1])
})

it('an actor that is stopped is gone after twice its time, whatever its hooks wait for', async () => {
  const system = await createTestSystem({ hosts: 0 })
  onTestFinished(() => system.close())
  const actor = await system.spawn(hanging)
  actor.tell.hang()
  await system.settle()
  const down = actor.down()
  const stopped = actor.stop({ graceMs: 1000 })
  await system.advance(2000)
  await stopped
  expect(await down).toEqual({ reason: 'stopped' })
})
