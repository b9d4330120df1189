import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorContext } from '../host/actorContext.ts'
import type { ActorRef } from '../host/ref.ts'
import { explore, replay, type Scenario } from './explore.ts'
import { FailedSchedule } from './failedSchedule.ts'

const register = defineActor(import.meta.url, 'register', () => {
  let value = 0
  return {
    read: () => value,
    write(to: number) {
      value = to
    },
  }
})

/** Adds one, and forgets that others may do the same between its reading and its writing. */
const hasty = defineActor(
  import.meta.url,
  'hasty',
  (_ctx: ActorContext, at: ActorRef<{ read(): number; write(to: number): void }>) => ({
    async increment() {
      await at.ask.write((await at.ask.read()) + 1)
    },
  }),
)

const increments =
  (count: number): Scenario =>
  async (system) => {
    const shared = await system.spawn(register)
    const all = await Promise.all(Array.from({ length: count }, () => system.spawn(hasty, shared)))
    await Promise.all(all.map((one) => one.ask.increment()))
    expect(await shared.ask.read()).toBe(count)
  }

const failureOf = (promise: Promise<unknown>): Promise<FailedSchedule> =>
  promise.then(
    () => {
      throw new Error('no run has failed')
    },
    (error: FailedSchedule) => error,
  )

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('explore', () => {
  it('finds the schedule that a scenario fails under, and replays it', async () => {
    const failed = await failureOf(explore(increments(2), { runs: 50 }))
    expect(failed).toBeInstanceOf(FailedSchedule)
    expect(failed.message).toContain(`RINGPOST_SEED=${String(failed.schedule)}`)
    expect(failed.message).toContain('read')
    expect(failed.cause).toMatchObject({ actual: 1, expected: 2 })
    const again = await failureOf(replay(failed.schedule, increments(2)))
    expect(again.trace).toEqual(failed.trace)
  })

  it('passes where no schedule fails', async () => {
    const explored = await explore(increments(1), { runs: 20 })
    expect(explored).toMatchObject({ runs: 20, isComplete: false })
    expect(explored.steps).toBeGreaterThan(100)
  })

  it('tries every schedule of a small scenario', async () => {
    const orders = new Set<string>()
    const scenario: Scenario = async (system) => {
      const shared = await system.spawn(register)
      shared.tell.write(1)
      const others = await Promise.all([2, 3].map(() => system.spawn(register)))
      const order: number[] = []
      const ask = async (other: (typeof others)[0], index: number): Promise<void> => {
        await other.ask.read()
        order.push(index)
      }
      await Promise.all(others.map(ask))
      orders.add(order.join())
    }
    const { isComplete, runs } = await explore(scenario, { all: true, hosts: 0, runs: 1000 })
    expect(isComplete).toBe(true)
    expect(runs).toBeGreaterThan(1)
    expect(orders).toEqual(new Set(['0,1', '1,0']))
  })

  it('tries no more schedules than it may', async () => {
    const { isComplete, runs } = await explore(increments(1), { all: true, runs: 3 })
    expect({ isComplete, runs }).toEqual({ isComplete: false, runs: 3 })
  })

  it('names the choices of a schedule that it found among all', async () => {
    const failed = await failureOf(explore(increments(2), { all: true, hosts: 0, runs: 2000 }))
    expect(failed.schedule).toBeInstanceOf(Array)
    const again = await failureOf(replay(failed.schedule, increments(2), { hosts: 0 }))
    expect(again.trace).toEqual(failed.trace)
  })

  it('tries the seeds that it is given, or the one of the environment', async () => {
    const seen: unknown[] = []
    const scenario: Scenario = (system) => seen.push(system.schedule)
    await explore(scenario, { seeds: [7, 9], hosts: 0 })
    vi.stubEnv('RINGPOST_SEED', '11')
    await explore(scenario, { hosts: 0 })
    expect(seen).toEqual([7, 9, 11])
  })

  it('fails a run that waits for what cannot come', async () => {
    const scenario: Scenario = async () => {
      await new Promise(() => undefined)
    }
    const failed = await failureOf(explore(scenario, { runs: 1, hosts: 0 }))
    expect(failed.cause).toMatchObject({ code: 'ESTUCK' })
  })

  it('fails a run that comes to no end', async () => {
    const endless = defineActor(import.meta.url, 'endless', (ctx) => ({
      go() {
        ;(ctx.self as ActorRef<{ go(): void }>).tell.go()
      },
    }))
    const scenario: Scenario = async (system) => {
      const ref = await system.spawn(endless)
      ref.tell.go()
      await system.settle()
    }
    const failed = await failureOf(explore(scenario, { runs: 1, hosts: 0, maxSteps: 500 }))
    expect(failed.cause).toMatchObject({ code: 'ESTEPS' })
  })

  it('lets time go on by itself when told to', async () => {
    const scenario: Scenario = async (system) => {
      const ref = await system.spawn(register)
      const [host] = system.hosts
      system.kill(host!)
      await system.settle()
      await ref.ask.read()
    }
    await explore(scenario, { runs: 5, hosts: 1, timeFlows: true })
    expect((await failureOf(explore(scenario, { runs: 5, hosts: 1 }))).cause).toMatchObject({
      code: 'ESTUCK',
    })
  })

  it('refuses no runs at all', async () => {
    await expect(explore(() => undefined, { runs: 0 })).rejects.toMatchObject({ code: 'EINVAL' })
  })
})
