import { describe, expect, it } from 'vitest'
import { Stint } from './stint.ts'

/** As stint.ts has them. */
const [LEAST_EFFORT, LONGEST_MS] = [2048, 1]

describe('a stint', () => {
  let now = 0
  const stint = (): Stint => {
    now = 1000
    return new Stint(() => now)
  }

  /** Spends until it is over or `most` is spent; how much that was. */
  function spent(on: Stint, most: number, msEach = 0): number {
    let effort = 0
    while (effort < most) {
      now += msEach
      effort++
      if (!on.spend(1)) break
    }
    return effort
  }

  it('has room for the least there is, however long that takes', () => {
    expect(spent(stint(), 10_000, 5)).toBe(LEAST_EFFORT)
  })

  it('goes on for as long as it may last', () => {
    const one = stint()
    expect(spent(one, 100_000)).toBe(100_000)
    now += LONGEST_MS
    expect(spent(one, 1000)).toBeLessThan(1000)
    expect(one.isOver).toBe(true)
  })

  it('begins anew with each call, and after a rest as long when it was over', () => {
    const one = stint()
    spent(one, LEAST_EFFORT - 1, 5)
    one.renew()
    expect(spent(one, 10_000, 5)).toBe(LEAST_EFFORT)
    one.renew()
    expect(one.isOver).toBe(true)
    now += LONGEST_MS
    one.renew()
    expect(one.isOver).toBe(false)
    expect(spent(one, 10_000, 5)).toBe(LEAST_EFFORT)
  })

  it('begins anew at once when others had their turn', () => {
    const one = stint()
    spent(one, 10_000, 5)
    one.begin()
    expect(spent(one, 10_000, 5)).toBe(LEAST_EFFORT)
  })

  it('counts what costs more as more', () => {
    const one = stint()
    let messages = 0
    do {
      now += 5
      messages++
    } while (one.spend(1000))
    expect(messages).toBe(3)
  })
})
