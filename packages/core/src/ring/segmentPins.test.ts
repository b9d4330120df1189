import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SegmentPins } from './segmentPins.ts'

describe('the segments that are lent', () => {
  it('are none at first', () => {
    const pins = new SegmentPins()
    expect([pins.size, pins.drain(1), pins.unpin(1), pins.takeDrained()]).toEqual([
      0,
      false,
      false,
      [],
    ])
  })

  it('may be reused when they are drained and given back as often as they were lent', () => {
    const pins = new SegmentPins()
    pins.pin(1)
    pins.pin(1)
    expect([pins.unpin(1), pins.drain(1), pins.size]).toEqual([false, true, 1])
    pins.pin(2)
    expect(pins.size).toBe(2)
    expect([pins.unpin(1), pins.unpin(1), pins.size]).toEqual([true, false, 1])
  })

  it('may be reused at once when they are drained with nothing of them lent', () => {
    const pins = new SegmentPins()
    pins.pin(1)
    expect([pins.unpin(1), pins.size, pins.drain(1)]).toEqual([false, 0, false])
  })

  it('are lent no more when the reader is left with them', () => {
    const pins = new SegmentPins()
    for (const ref of [1, 2]) {
      pins.pin(ref)
      pins.drain(ref)
    }
    pins.pin(3)
    expect([pins.takeDrained(), pins.size, pins.takeDrained()]).toEqual([[1, 2], 1, []])
  })

  it('are counted as a list of all that is lent would count them', () => {
    const step = fc.record({
      do: fc.constantFrom('pin', 'pin', 'drain', 'unpin', 'unpin', 'takeDrained'),
      which: fc.nat(9),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const pins = new SegmentPins()
        let lent: number[] = []
        let current = 1
        for (const { do: does, which } of steps) {
          if (does === 'pin') {
            pins.pin(current)
            lent.push(current)
          } else if (does === 'drain') {
            expect(pins.drain(current)).toBe(lent.includes(current))
            // A segment comes back when it has been given back, or another one comes.
            do current = (current % 5) + 1
            while (lent.includes(current))
          } else if (does === 'unpin' && lent.length > 0) {
            const [ref] = lent.splice(which % lent.length, 1)
            expect(pins.unpin(ref!)).toBe(ref !== current && !lent.includes(ref!))
          } else if (does === 'takeDrained') {
            const drained = new Set(lent.filter((ref) => ref !== current))
            expect(new Set(pins.takeDrained())).toEqual(drained)
            lent = lent.filter((ref) => ref === current)
          }
          if (new Set(lent).size === 5) return
          expect(pins.size).toBe(new Set(lent).size)
        }
      }),
    )
  })
})
