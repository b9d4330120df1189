import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'
import { LoadMeter } from './loadMeter.ts'
import { Sizer } from './sizer.ts'

const range = { min: 1, max: 4, growAfterMs: 100, idleMs: 1000 }

describe('the size of an elastic pool', () => {
  it('grows by one whenever work has been waiting, to the limit', () => {
    const sizer = new Sizer(range)
    let size = 1
    const sizes: number[] = []
    for (let now = 0; now < 600; now += 100) {
      sizer.report(0, { busy: size, isShort: true })
      size = sizer.decide(size, now).size
      sizes.push(size)
    }
    expect(sizes).toEqual([2, 3, 4, 4, 4, 4])
  })

  it('shrinks to what was needed when that was too many for so long', () => {
    const sizer = new Sizer(range)
    sizer.report(0, { busy: 1, isShort: false })
    sizer.report(7, { busy: 1, isShort: false })
    expect(sizer.decide(4, 0)).toEqual({ size: 4, againInMs: 1000 })
    sizer.report(7, { busy: 0, isShort: false })
    expect(sizer.decide(4, 999)).toEqual({ size: 4, againInMs: 1 })
    expect(sizer.decide(4, 1000)).toEqual({ size: 2, againInMs: 1000 })
    expect(sizer.decide(2, 2000)).toEqual({ size: 1 })
    sizer.report(0, { busy: 0, isShort: false })
    expect(sizer.decide(1, 3000)).toEqual({ size: 1 })
  })

  it('stays when all were needed in the meantime', () => {
    const sizer = new Sizer(range)
    sizer.report(0, { busy: 1, isShort: false })
    sizer.decide(2, 0)
    sizer.report(0, { busy: 2, isShort: false })
    expect(sizer.decide(2, 500)).toEqual({ size: 2 })
    sizer.report(0, { busy: 1, isShort: false })
    expect(sizer.decide(2, 1000)).toEqual({ size: 2, againInMs: 1000 })
  })

  it('stays between its limits, and comes down to the least when nobody needs it', () => {
    const load = fc.record({
      host: fc.nat(3),
      busy: fc.nat(6),
      isShort: fc.boolean(),
      afterMs: fc.integer({ min: 1, max: 3000 }),
    })
    fc.assert(
      fc.property(fc.array(load), (loads) => {
        const sizer = new Sizer(range)
        let size = 1
        let now = 0
        const decide = (): number | undefined => {
          const decision = sizer.decide(size, now)
          size = decision.size
          expect(size >= 1 && size <= 4).toBe(true)
          return decision.againInMs
        }
        for (const { host, busy, isShort, afterMs } of loads) {
          now += afterMs
          sizer.report(host, { busy, isShort })
          decide()
        }
        for (const host of [0, 1, 2, 3]) sizer.forget(host)
        let againInMs = decide()
        for (let asked = 0; againInMs !== undefined && asked < 10; asked++) {
          now += againInMs
          againInMs = decide()
        }
        expect(size).toBe(1)
      }),
    )
  })
})

describe('the load of a caller', () => {
  it('is the most that were busy at once, and whether work waited all the time', () => {
    const meter = new LoadMeter()
    meter.busyChanged(1)
    meter.busyChanged(1)
    meter.busyChanged(-1)
    meter.waitingChanged(1)
    expect(meter.report()).toEqual({ busy: 2, isShort: false })
    meter.waitingChanged(1)
    meter.waitingChanged(-1)
    expect(meter.report()).toEqual({ busy: 1, isShort: true })
    meter.waitingChanged(-1)
    meter.waitingChanged(1)
    expect(meter.report()).toEqual({ busy: 1, isShort: false })
    meter.waitingChanged(-1)
    meter.busyChanged(-1)
    expect(meter.isIdle).toBe(true)
    meter.report()
    expect(meter.report()).toEqual({ busy: 0, isShort: false })
  })
})

describe('the wait before a member is replaced', () => {
  it('is none at first, then twice as long each time, and none after a quiet time', () => {
    const backoff = new Backoff()
    backoff.began(0)
    expect(backoff.ended(10)).toBe(0)
    expect([1, 2, 3].map(() => backoff.ended(20))).toEqual([50, 100, 200])
    for (let n = 0; n < 20; n++) backoff.ended(30)
    expect(backoff.ended(40)).toBe(10_000)
    backoff.began(50)
    expect(backoff.ended(5050)).toBe(0)
  })
})
