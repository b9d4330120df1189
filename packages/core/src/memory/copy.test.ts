import fc from 'fast-check'
import { expect, it } from 'vitest'
import { copyInto } from './copy.ts'

const SIZE = 20_000

it('copies bytes of any length and alignment, to shared memory and from it', () => {
  const place = fc.nat({ max: 64 })
  const length = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 10_000 }))
  fc.assert(
    fc.property(length, place, place, place, (size, from, at, begin) => {
      const bytes = Uint8Array.from({ length: size + from }, (_, index) => index * 7)
      const source = bytes.subarray(from)
      const shared = new Uint8Array(new SharedArrayBuffer(SIZE), begin)
      copyInto(shared, source, at)
      expect(shared.subarray(at, at + size)).toEqual(source)
      expect(
        shared.findIndex((byte, index) => byte !== 0 && (index < at || index >= at + size)),
      ).toBe(-1)
      const back = new Uint8Array(SIZE)
      copyInto(back, shared.subarray(at, at + size), from)
      expect(back.subarray(from, from + size)).toEqual(source)
      expect(back[from + size]).toBe(0)
    }),
  )
})

it('copies nothing', () => {
  const target = new Uint8Array(new SharedArrayBuffer(4))
  copyInto(target, new Uint8Array(0), 4)
  expect([...target]).toEqual([0, 0, 0, 0])
})

it('refuses what there is no room for', () => {
  const target = new Uint8Array(new SharedArrayBuffer(2000))
  for (const size of [10, 500, 1500]) {
    expect(() => copyInto(target, new Uint8Array(size), 1995)).toThrow(RangeError)
  }
})
