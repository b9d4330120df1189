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

it('copies what only looks like bytes', () => {
  for (const size of [10, 500, 5000]) {
    const bytes = new Uint8Array(size).fill(7)
    const proxy = new Proxy(bytes, { get: (it, key) => Reflect.get(it, key, it) as unknown })
    const target = new Uint8Array(new SharedArrayBuffer(size + 1))
    copyInto(target, proxy, 1)
    expect(target.subarray(1)).toEqual(bytes)
  }
})

it('copies no byte twice of what claims to be longer than it is', () => {
  class Boasting extends Uint8Array {
    override get length(): number {
      return 3000
    }
  }
  const target = new Uint8Array(new SharedArrayBuffer(4000))
  copyInto(target, new Boasting(1500).fill(7), 0)
  expect(target.lastIndexOf(7)).toBe(1499)
})

it('takes no notice of what becomes of Buffer later', () => {
  const { fill } = Buffer.prototype
  Buffer.prototype.fill = () => expect.unreachable()
  try {
    const target = new Uint8Array(new SharedArrayBuffer(5000))
    copyInto(target, new Uint8Array(5000).fill(7), 0)
    expect(target.every((byte) => byte === 7)).toBe(true)
  } finally {
    Buffer.prototype.fill = fill
  }
})
