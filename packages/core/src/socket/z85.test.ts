import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeZ85, encodeZ85 } from './z85.ts'

describe('Z85', () => {
  it('writes the bytes of the specification as its text', () => {
    const bytes = Buffer.from([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b])
    expect(encodeZ85(bytes)).toBe('HelloWorld')
    expect(decodeZ85('HelloWorld')).toEqual(bytes)
  })

  it('reads back what it wrote', () => {
    const groups = fc
      .uint8Array({ maxLength: 64 })
      .map((bytes) => bytes.subarray(0, bytes.length & ~3))
    fc.assert(
      fc.property(groups, (bytes) => {
        expect(decodeZ85(encodeZ85(bytes))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  it('takes the largest group and nothing above it', () => {
    expect(decodeZ85('%nSc0')).toEqual(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    expect(decodeZ85('%nSc1')).toBeUndefined()
    expect(decodeZ85('#####')).toBeUndefined()
  })

  it.each(['abcd', 'abcdef', 'ab"cd', 'ab cd', 'éabcd', '~~~~~'])('refuses %j', (text) => {
    expect(decodeZ85(text)).toBeUndefined()
  })

  it('writes only whole groups of four bytes', () => {
    expect(() => encodeZ85(new Uint8Array(5))).toThrow(RangeError)
  })
})
