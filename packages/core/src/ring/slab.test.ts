import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Slab } from './slab.ts'

describe('a slab', () => {
  it('gives pieces that have room, lie on words and do not overlap', () => {
    const sizes = fc.oneof(
      { weight: 9, arbitrary: fc.nat(100) },
      { weight: 2, arbitrary: fc.nat(5000) },
    )
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 60, size: 'max' }), (wanted) => {
        const slab = new Slab()
        const pieces = wanted.map((size, i) => {
          const { words } = slab.take(size)
          const begin = slab.offset / 4
          // Whole words may be written.
          const piece = words.subarray(begin, begin + Math.ceil(size / 4))
          return { isWhole: piece.length * 4 >= size, piece: piece.fill(i) }
        })
        for (const [i, { isWhole, piece }] of pieces.entries()) {
          expect([i, isWhole && piece.every((word) => word === i)]).toEqual([i, true])
        }
      }),
    )
  })

  it('shows each buffer as bytes and as words', () => {
    const slab = new Slab()
    for (const size of [8, 100_000]) {
      const { buffer, bytes, words } = slab.take(size)
      words[slab.offset / 4] = -1
      expect([...bytes.subarray(slab.offset, slab.offset + 4)]).toEqual([255, 255, 255, 255])
      expect([bytes.buffer, words.buffer]).toEqual([buffer, buffer])
      expect(bytes.length).toBe(buffer.byteLength)
    }
  })

  it('cuts small pieces from one buffer, to its end', () => {
    const slab = new Slab()
    const { buffer } = slab.take(1024)
    expect(slab.offset).toBe(0)
    for (let end = 1024; end < buffer.byteLength; end += 1024) {
      expect(slab.take(1024).buffer).toBe(buffer)
      expect(slab.offset).toBe(end)
    }
    const next = slab.take(1024).buffer
    expect(next === buffer).toBe(false)
    expect([next.byteLength, slab.offset]).toEqual([buffer.byteLength, 0])
  })

  it('gives a large piece a buffer that holds nothing else, and goes on in the other one', () => {
    const slab = new Slab()
    const { buffer } = slab.take(10)
    const quarter = buffer.byteLength / 4
    expect(slab.take(quarter).buffer).toBe(buffer)
    for (const size of [quarter + 1, 1_000_000]) {
      const large = slab.take(size)
      expect([large.buffer.byteLength, slab.offset]).toEqual([Math.ceil(size / 8) * 8, 0])
    }
    expect(slab.take(4).buffer).toBe(buffer)
    expect(slab.offset).toBe(16 + quarter)
  })
})
