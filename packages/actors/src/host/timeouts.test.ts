import { describe, expect, it } from 'vitest'
import { ManualClock } from '../testing/manualClock.ts'
import { Timeout, Timeouts } from './timeouts.ts'

class Wait extends Timeout {
  expiredAfter: number | undefined

  override expire(afterMs: number): void {
    this.expiredAfter = afterMs
  }
}

function waits() {
  const clock = new ManualClock()
  const timeouts = new Timeouts(clock)
  const add = (lastsMs: number): Wait => {
    const wait = new Wait()
    timeouts.add(wait, lastsMs)
    return wait
  }
  return { clock, timeouts, add }
}

describe('Timeouts', () => {
  it('end waits that last differently, each at its time', () => {
    const { clock, add } = waits()
    const [short, long, alsoShort] = [add(10), add(30), add(9.5)]
    clock.advance(9)
    const late = add(10)
    clock.advance(1)
    expect([short, alsoShort].map((wait) => wait.expiredAfter)).toEqual([10, 10])
    expect(late.expiredAfter).toBeUndefined()
    clock.advance(20)
    expect([late, long].map((wait) => wait.expiredAfter)).toEqual([10, 30])
    expect(clock.next).toBeUndefined()
  })

  it('begin anew where all that lasted as long are over, and end with a close', () => {
    const { clock, timeouts, add } = waits()
    const first = add(10)
    clock.advance(10)
    expect(first.expiredAfter).toBe(10)
    const second = add(10)
    expect(clock.next).toBe(20)
    clock.advance(10)
    expect(second.expiredAfter).toBe(10)
    const third = add(10)
    timeouts.close()
    expect(clock.next).toBeUndefined()
    clock.advance(10)
    expect(third.expiredAfter).toBeUndefined()
  })

  it('keep one timer for all that last as long, however many come and go', () => {
    const { clock, timeouts, add } = waits()
    for (let n = 0; n < 100; n++) {
      timeouts.remove(add(10))
      clock.advance(1)
    }
    const last = add(10)
    clock.advance(9)
    expect(last.expiredAfter).toBeUndefined()
    clock.advance(1)
    expect(last.expiredAfter).toBe(10)
    expect(clock.next).toBeUndefined()
  })
})
