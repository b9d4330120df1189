import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { frameFlag, readLongSize, writeFrameHeader } from './frame.ts'

function header(flags: number, length: number): Buffer {
  const target = Buffer.alloc(16)
  return target.subarray(0, writeFrameHeader(target, 0, flags, length))
}

describe('a frame’s header', () => {
  it.each([
    ['an empty frame', 0, 0, '00 00'],
    ['the longest short frame', 0, 255, '00 ff'],
    ['the shortest long frame', 0, 256, '02 00 00 00 00 00 00 01 00'],
    ['a frame with more to come', frameFlag.more, 5, '01 05'],
    ['a long frame with more to come', frameFlag.more, 65_536, '03 00 00 00 00 00 01 00 00'],
    ['a command', frameFlag.command, 26, '04 1a'],
    ['a long command', frameFlag.command, 1000, '06 00 00 00 00 00 00 03 e8'],
    ['a frame of more than 4 GiB', 0, 0x1_2345_6789, '02 00 00 00 01 23 45 67 89'],
  ])('of %s is that of the RFC', (_, flags, length, expected) => {
    expect(header(flags, length)).toEqual(bytes(expected))
  })

  it('says the length that was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 256, max: Number.MAX_SAFE_INTEGER }), (length) => {
        expect(readLongSize(header(0, length), 0)).toBe(length)
      }),
    )
  })
})
