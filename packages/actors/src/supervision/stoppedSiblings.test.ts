import { expect, it, onTestFinished } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorContext } from '../host/actorContext.ts'
import { createTestSystem } from '../testing/testSystem.ts'

/** What the ends of actors wait for, by test. */
const gates = new Map<string, Promise<void>>()

const slow = defineActor(import.meta.url, 'slow', (ctx: ActorContext, gate: string) => {
  ctx.onStop(() => gates.get(gate))
  return { ready: () => true }
})

const failing = defineActor(import.meta.url, 'failing', (ctx: ActorContext) => ({
  fail(): void {
    throw new Error('once')
  },
  incarnation: () => ctx.incarnation,
}))

const parent = defineActor(
  import.meta.url,
  'parent',
  async (ctx: ActorContext, gate: string, host: number) => {
    ctx.supervise({ strategy: 'one-for-all' })
    const stopping = await ctx.spawn(slow.with({ name: 'a', host }), gate)
    const other = await ctx.spawn(failing.with({ name: 'b' }))
    return {
      stopOneWhileTheOtherFails() {
        void stopping.stop()
        other.tell.fail()
      },
      incarnation: () => ctx.incarnation,
      children: () => ctx.children.size,
      other: () => other.ask.incarnation(),
    }
  },
)

it.each([
  ['in the same thread', 0],
  ['on another host', 1],
])('a child that is being stopped %s is not restarted, and that is no failure', async (_, at) => {
  const system = await createTestSystem({ seed: 1, hosts: 2 })
  onTestFinished(() => system.close())
  let open: () => void
  gates.set('closed', new Promise((resolve) => (open = resolve)))
  const [first, second] = system.hosts
  const host = at === 0 ? first! : second!
  const family = await system.spawn(parent.with({ host: first! }), 'closed', host)
  await family.ask.stopOneWhileTheOtherFails()
  // Time for more restarts than are allowed.
  await system.advance(60_000)
  open!()
  await system.advance(60_000)
  expect(await family.ask.incarnation()).toBe(1)
  expect(await family.ask.other()).toBe(2)
  expect(await family.ask.children()).toBe(1)
})
