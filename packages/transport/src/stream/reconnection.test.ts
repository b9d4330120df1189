import { describe, expect, it } from 'vitest'
import { Reconnection } from './reconnection.ts'

const waits = (reconnection: Reconnection, count: number): (number | undefined)[] =>
  Array.from({ length: count }, () => reconnection.nextMs())

describe('reconnection', () => {
  it('waits for the interval and a random part of it', () => {
    for (const wait of waits(new Reconnection({ intervalMs: 100, mostMs: 0 }), 100)) {
      expect(wait).toBeGreaterThanOrEqual(100)
      expect(wait).toBeLessThan(200)
    }
  })

  it('doubles the interval up to a maximum, and begins anew after a success', () => {
    const reconnection = new Reconnection({ intervalMs: 100, mostMs: 500 })
    expect(waits(reconnection, 5)).toEqual([100, 200, 400, 500, 500])
    reconnection.succeeded()
    expect(reconnection.nextMs()).toBe(100)
  })

  it('is none where the interval is negative', () => {
    expect(new Reconnection({ intervalMs: -1, mostMs: 0 }).nextMs()).toBeUndefined()
  })
})
