import { describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorContext } from '../host/actorContext.ts'
import type { ActorRef } from '../host/ref.ts'
import { explore, type ExploreOptions, type Scenario } from './explore.ts'
import { createProbe } from './probe.ts'
import type { TestSystem } from './testSystem.ts'

// What the runtime promises, under many schedules and with faults at any moment.

const RUNS = Number(process.env['RINGPOST_RUNS'] ?? 8)

const patient = { maxRestarts: Infinity, backoff: { firstMs: 10, maxMs: 10 } }

const expectAlways = (scenario: Scenario, options: ExploreOptions = {}): Promise<unknown> =>
  explore(scenario, { runs: RUNS, supervision: patient, replacements: patient, ...options })

const worker = defineActor(
  import.meta.url,
  'worker',
  (ctx: ActorContext) => {
    let last = 0
    return {
      answer: (n: number): number => n,
      later: async (n: number) => {
        await Promise.resolve()
        return n
      },
      fail: (): number => {
        throw new Error('wrong')
      },
      never: () => new Promise<number>(() => undefined),
      crash() {
        throw new Error('crash')
      },
      quit() {
        ctx.stop()
      },
      place: () => [ctx.host, ctx.incarnation] as const,
      passOn: (to: ActorRef<{ place(): readonly [number, number] }>) =>
        to.with({ timeoutMs: Infinity }).ask.place(),
      note(n: number) {
        if (n <= last) throw new Error(`${n} after ${last}`)
        last = n
      },
      noted: () => last,
      *items(until: number) {
        for (let n = 0; n < until; n++) yield n
      },
    }
  },
  { mailbox: 4 },
)

interface Child {
  crash(): void
  place(): [host: number, incarnation: number]
}

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => error)

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) void item
}

const spawnApart = (system: TestSystem) =>
  Promise.all(system.hosts.map((host) => system.spawn(worker.with({ host }))))

const pick = <T>(system: TestSystem, from: readonly T[]): T => from[system.draw(from.length)]!

describe('under any schedule', () => {
  it('whatever is asked settles, whatever dies and whenever', async () => {
    await expectAlways(async (system) => {
      const actors = await spawnApart(system)
      const outcomes: Promise<unknown>[] = []
      for (let n = 0; n < 12; n++) {
        const one = pick(system, actors).with({ timeoutMs: Infinity })
        const verb = pick(system, ['answer', 'later', 'fail', 'send', 'stream', 'passOn', 'end'])
        if (verb === 'send') outcomes.push(outcome(one.send.answer(n)))
        else if (verb === 'stream') outcomes.push(outcome(readAll(one.stream.items(n * 20))))
        else if (verb === 'passOn') outcomes.push(outcome(one.ask.passOn(pick(system, actors))))
        else if (verb === 'end') one.tell[pick(system, ['crash', 'quit'] as const)]()
        else outcomes.push(outcome(one.ask[verb as 'answer'](n)))
        await system.steps(system.draw(6))
      }
      outcomes.push(outcome(actors[0]!.with({ timeoutMs: Infinity }).ask.never()))
      await system.steps(system.draw(20))
      for (const host of system.hosts) {
        system.kill(host)
        await system.steps(system.draw(30))
      }
      await system.advance(1000)
      for (const actor of actors) await actor.stop({ drain: false })
      await Promise.all(outcomes)
    })
  })

  it('an actor whose host is lost comes back once, and every ref leads to it', async () => {
    await expectAlways(
      async (system) => {
        const [one, other] = await spawnApart(system)
        const [first] = await one!.ask.place()
        const before = outcome(other!.ask.passOn(one!))
        await system.steps(system.draw(12))
        system.kill(first)
        await before
        // Until it is known everywhere, what is asked fails.
        await system.settle()
        const [[host, incarnation], place] = await Promise.all([
          one!.ask.place(),
          other!.ask.passOn(one!),
        ])
        expect(place).toEqual([host, incarnation])
        expect(host).not.toBe(first)
        expect(incarnation).toBe(2)
      },
      { timeFlows: true },
    )
  })

  it('what one says to another comes in its order, and all of it', async () => {
    await expectAlways(
      async (system) => {
        const [to] = await spawnApart(system)
        const sent: Promise<void>[] = []
        for (let n = 1; n <= 20; n++) {
          sent.push(to!.send.note(n))
          if (n % 5 === 0) await system.steps(system.draw(10))
        }
        await Promise.all(sent)
        expect(await to!.ask.noted()).toBe(20)
        expect((await to!.ask.place())[1]).toBe(1)
      },
      { timeFlows: true },
    )
  })

  it('an actor that waits for its restart keeps what waits for it', async () => {
    await expectAlways(async (system) => {
      const [ref] = await spawnApart(system)
      ref!.tell.crash()
      const answers = [1, 2, 3].map((n) => ref!.ask.answer(n))
      await system.advance(20)
      expect(await Promise.all(answers)).toEqual([1, 2, 3])
      expect((await ref!.ask.place())[1]).toBe(2)
    })
  })

  it('siblings restart together when told to, each as often as the others', async () => {
    const family = defineActor(import.meta.url, 'family', async (ctx: ActorContext) => {
      ctx.supervise({ strategy: 'one-for-all', ...patient })
      const children = await Promise.all(
        [1, 2, undefined].map((host) => ctx.spawn(worker.with({ host: host ?? 'here' }))),
      )
      return {
        children: () => children as unknown as ActorRef<Child>[],
      }
    })
    await expectAlways(
      async (system) => {
        const parent = await system.spawn(family.with({ host: 'here' }))
        const children = await parent.ask.children()
        for (let n = 0; n < 3; n++) {
          pick(system, children).tell.crash()
          await system.steps(system.draw(10))
        }
        await system.advance(100)
        const begun = await Promise.all(children.map((child) => child.ask.place()))
        const incarnations = begun.map(([, incarnation]) => incarnation)
        expect(new Set(incarnations).size).toBe(1)
        expect(incarnations[0]).toBeGreaterThan(1)
      },
      { hosts: 2 },
    )
  })

  it('one of several has the name that all of them want', async () => {
    const wanting = defineActor(import.meta.url, 'wanting', (ctx: ActorContext) => ({
      want: (name: string) =>
        ctx.registry.register(name, ctx.self).then(
          () => true,
          () => false,
        ),
    }))
    await expectAlways(async (system) => {
      const all = await Promise.all(
        system.hosts.map((host) => system.spawn(wanting.with({ host }))),
      )
      const got = await Promise.all(all.map((one) => one.ask.want('king')))
      expect(got.filter(Boolean)).toHaveLength(1)
      const king = await system.registry.find('king')
      expect(king!.equals(all[got.indexOf(true)] as never)).toBe(true)
    })
  })

  it('a pool does each task once, or says that the host was lost', async () => {
    await expectAlways(
      async (system) => {
        const done = await createProbe<{ done(n: number): void }>(system)
        const pool = await system.pool(task, { size: 2 }, done.ref)
        const outcomes = Array.from({ length: 10 }, (_, n) =>
          pool.ask.run(n).then(
            () => n,
            (error: { code: unknown }) => error.code,
          ),
        )
        await system.steps(system.draw(40))
        if (system.draw(2) === 1) system.kill(pick(system, system.hosts))
        const results = await Promise.all(outcomes)
        await system.settle()
        const counts = new Map<number, number>()
        while (done.waiting > 0) {
          const [n] = (await done.expectMessage('done')).args
          counts.set(n, (counts.get(n) ?? 0) + 1)
        }
        for (const [n, result] of results.entries()) {
          expect([n, 'EHOSTDOWN']).toContain(result)
          expect(counts.get(n) ?? 0).toBeLessThanOrEqual(1)
        }
      },
      { timeFlows: true },
    )
  })

  it('who watches an actor learns of its end, whatever it is', async () => {
    await expectAlways(
      async (system) => {
        const [one, other] = await spawnApart(system)
        const probe = await createProbe(system)
        probe.watch(one!)
        const down = one!.down()
        await system.settle()
        one!.tell.answer(1)
        await system.steps(system.draw(3))
        if (system.draw(2) === 1) one!.tell.quit()
        else system.kill((await one!.ask.place())[0])
        expect(['stopped', 'host lost']).toContain((await down).reason)
        expect(await probe.expectDown(one!)).toEqual(await down)
        expect(await other!.ask.answer(1)).toBe(1)
      },
      { timeFlows: true },
    )
  })
})

const task = defineActor(
  import.meta.url,
  'task',
  (_ctx: ActorContext, done: ActorRef<{ done(n: number): void }>) => ({
    run(n: number) {
      done.tell.done(n)
    },
  }),
)
