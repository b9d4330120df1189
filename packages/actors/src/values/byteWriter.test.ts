import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from './byteWriter.ts'

describe('a writer of bytes', () => {
  it('gives what was written, in the order of the network', () => {
    const writer = new ByteWriter()
    writer.u8(1)
    writer.u16(0x0203)
    writer.u32(0x84050607)
    writer.f64(1.5)
    writer.append(Buffer.from('ab'))
    expect(writer.size).toBe(17)
    expect(writer.take().toString('hex')).toBe('01020384050607' + '3ff8000000000000' + '6162')
    expect(writer.size).toBe(0)
    expect(writer.take().length).toBe(0)
  })

  it('keeps positions while it grows', () => {
    const writer = new ByteWriter()
    writer.append(Buffer.alloc(100))
    writer.take()
    const at = writer.length
    writer.u32(0)
    writer.append(Buffer.alloc(100_000, 7))
    writer.setU32(0x01020304, at)
    const taken = writer.take()
    expect(taken.length).toBe(100_004)
    expect(taken.subarray(0, 6).toString('hex')).toBe('010203040707')
  })

  it('shows what was written where it lies, again and again where it is of one size', () => {
    const writer = new ByteWriter()
    writer.u8(9)
    writer.take()
    const begin = writer.length
    const write = (text: string): string => {
      writer.truncate(begin)
      writer.append(Buffer.from(text))
      return writer.written().toString()
    }
    expect(['ab', 'cd', 'efg', 'hi', ''].map(write)).toEqual(['ab', 'cd', 'efg', 'hi', ''])
    const long = 'x'.repeat(100_000)
    expect([write(long), write('jk')]).toEqual([long, 'jk'])
    expect(writer.take().toString()).toBe('jk')
    writer.append(Buffer.from('lm'))
    expect(writer.written().toString()).toBe('lm')
  })

  it('forgets what is cut off', () => {
    const writer = new ByteWriter()
    writer.u8(1)
    const { length } = writer
    writer.append(Buffer.alloc(100_000))
    writer.truncate(length)
    writer.u8(2)
    expect(writer.take().toString('hex')).toBe('0102')
  })

  it('never writes again where it was taken', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3_000), fc.nat(40_000))), (sizes) => {
        const writer = new ByteWriter()
        const taken = sizes.map(([small, large], n) => {
          const size = n % 7 === 0 ? large : small
          writer.append(Buffer.alloc(size, n))
          return { bytes: writer.take(), size, n }
        })
        for (const { bytes, size, n } of taken)
          expect(bytes.equals(Buffer.alloc(size, n))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
