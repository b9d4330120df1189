import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, codeOf } from '../testing/bytes.test-support.ts'
import { decodeMetadata, encodeMetadata, METADATA_BYTES } from './metadata.ts'

describe('metadata', () => {
  it('is written as the RFC has it', () => {
    const metadata = encodeMetadata([
      ['Socket-Type', bytes('"DEALER"')],
      ['Identity', Buffer.alloc(0)],
    ])
    const expected = '0b "Socket-Type" 00 00 00 06 "DEALER" 08 "Identity" 00 00 00 00'
    expect(metadata).toEqual(bytes(expected))
  })

  it('is read in whatever case names are written', () => {
    const metadata = decodeMetadata(
      bytes('0b "sOCKET-tYPE" 00 00 00 03 "SUB" 03 "X-a" 00000001 07'),
    )
    expect(metadata.get('Socket-Type')).toEqual(bytes('"SUB"'))
    expect(metadata.get('x-A')).toEqual(bytes('07'))
    expect(metadata.get('Identity')).toBeUndefined()
    expect(metadata.size).toBe(2)
    expect([...metadata].map(([name]) => name)).toEqual(['sOCKET-tYPE', 'X-a'])
  })

  it('is read as it was written', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9\-_.+]{1,255}$/)
    const properties = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 50 })), {
      selector: ([each]) => each.toLowerCase(),
      maxLength: 8,
    })
    fc.assert(
      fc.property(properties, (written) => {
        const read = [...decodeMetadata(encodeMetadata(written))]
        expect(read).toEqual(written.map(([each, value]) => [each, Buffer.from(value)]))
      }),
    )
  })

  it('keeps nothing of the bytes it was read from', () => {
    const source = bytes('01 "a" 00 00 00 01 "b"')
    const metadata = decodeMetadata(source)
    source.fill(0)
    expect(metadata.get('a')).toEqual(bytes('"b"'))
  })

  it.each([
    ['a name of no length', '00 00 00 00 00'],
    ['a single byte left over', '01 "a" 00 00 00 00 00'],
    ['a name that is cut off', '05 "abc"'],
    ['a size that is cut off', '01 "a" 00 00 00'],
    ['a value that is cut off', '01 "a" 00 00 00 02 "b"'],
    ['a value of 4 GiB', '01 "a" ff ff ff ff "b"'],
    ['a property that comes twice', '01 "a" 00 00 00 00 01 "A" 00 00 00 00'],
  ])('is refused with %s', (_, wire) => {
    expect(codeOf(() => decodeMetadata(bytes(wire)))).toBe('INVALID_METADATA')
  })

  it('is refused when it is too long, and not written either', () => {
    const value = Buffer.alloc(METADATA_BYTES - 6)
    expect(decodeMetadata(encodeMetadata([['a', value]])).size).toBe(1)
    const longer = Buffer.concat([encodeMetadata([['a', value]]), bytes('01 "b" 00000000')])
    expect(codeOf(() => decodeMetadata(longer))).toBe('INVALID_METADATA')
    expect(() => encodeMetadata([['ab', value]])).toThrow(RangeError)
  })

  it.each(['', 'a b', 'ä', 'a'.repeat(256)])('is not written with the name %j', (name) => {
    expect(() => encodeMetadata([[name, Buffer.alloc(0)]])).toThrow(RangeError)
  })
})
