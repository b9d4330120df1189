import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyMask } from './mask.ts'

it('masks each byte with its own byte of the key, wherever the bytes lie', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 600, size: 'max' }),
      fc.nat(7),
      fc.nat(7),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      (payload, offset, phase, key) => {
        const memory = new Uint8Array(offset + payload.length + 5)
        const bytes = memory.subarray(1)
        bytes.set(payload, offset)
        applyMask(bytes, offset, offset + payload.length, key, phase)
        const expected = payload.map((byte, i) => byte ^ key[(phase + i) & 3]!)
        expect(bytes.subarray(offset, offset + payload.length)).toEqual(expected)
        // Nothing beside it is touched.
        expect(memory.subarray(0, 1 + offset).every((byte) => byte === 0)).toBe(true)
        expect(memory.subarray(-4).every((byte) => byte === 0)).toBe(true)
      },
    ),
  )
})
