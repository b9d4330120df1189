import { describe, expect, it } from 'vitest'
import { defaultPolicy } from './options.ts'
import { Restarts, type RestartLimits } from './restarts.ts'

const limits = (overrides: Partial<RestartLimits> = {}): RestartLimits => ({
  maxRestarts: 3,
  withinMs: 1000,
  backoff: { firstMs: 10, maxMs: 60, factor: 2, jitter: 0, quietMs: 500 },
  ...overrides,
})

describe('Restarts', () => {
  it('waits longer each time, up to a limit', () => {
    const restarts = new Restarts(limits({ maxRestarts: Infinity }))
    expect([0, 1, 2, 3, 4].map((now) => restarts.next(now))).toEqual([10, 20, 40, 60, 60])
  })

  it('waits the shortest time again after a quiet one', () => {
    const restarts = new Restarts(limits({ maxRestarts: Infinity }))
    restarts.next(0)
    restarts.next(100)
    expect(restarts.next(599)).toBe(40)
    expect(restarts.next(1099)).toBe(10)
  })

  it('gives up at one failure more than the window allows', () => {
    const restarts = new Restarts(limits())
    expect([0, 1, 2].map((now) => restarts.next(now))).not.toContain(undefined)
    expect(restarts.next(3)).toBeUndefined()
  })

  it('forgets failures that are older than the window', () => {
    const restarts = new Restarts(limits())
    for (const now of [0, 400, 800]) restarts.next(now)
    expect(restarts.next(999)).toBeUndefined()
    expect(restarts.next(1000)).toBeDefined()
    expect(restarts.next(1001)).toBeUndefined()
  })

  it('never restarts where none is allowed', () => {
    expect(new Restarts(limits({ maxRestarts: 0 })).next(0)).toBeUndefined()
  })

  it('spreads waits by the jitter', () => {
    const backoff = { ...limits().backoff, jitter: 0.5 }
    expect(new Restarts(limits({ backoff }), () => 0).next(0)).toBe(5)
    expect(new Restarts(limits({ backoff }), () => 0.5).next(0)).toBe(10)
    expect(new Restarts(limits({ backoff }), () => 1).next(0)).toBe(15)
  })

  it('holds no more times than the window allows restarts', () => {
    const restarts = new Restarts({ ...defaultPolicy, maxRestarts: 2, withinMs: 10 })
    for (let now = 0; now < 10_000; now++) restarts.next(now)
    expect(restarts.next(20_000)).toBeDefined()
  })
})
