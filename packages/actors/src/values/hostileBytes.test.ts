import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, graphs, values } from './samples.test-support.ts'
import { Random } from './random.test-support.ts'
import { ValueError } from './valueError.ts'
import { readValue } from './values.ts'

function refusal(hex: string): ValueError {
  try {
    decode(Buffer.from(hex, 'hex'))
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
  throw new Error('it was read')
}

describe('bytes that are no value', () => {
  it.each([
    ['nothing', ''],
    ['0xc1', 'c1'],
    ['a second value', '0101'],
    ['an array that is cut off', '9201'],
    ['an array of 4 G elements', 'ddffffffff0101010101'],
    ['an array of 4 G elements in another', '91ddffffffff'],
    ['an object of 4 G fields', 'dfffffffff0101010101'],
    ['a string of 4 GB', 'dbffffffff61'],
    ['binary of 4 GB', 'c6ffffffff61'],
    ['an extension of 4 GB', 'c9ffffffff4261'],
    ['an object with an array as a key', '819101c0'],
    ['an object with an object as a key', '8180c0'],
    ['an object with a number as a key', '8101c0'],
    ['an object with undefined as a key', '81d40000c0'],
    ['a string that is not UTF-8', 'a2c328'],
    ['a string with half a surrogate pair', 'a3eda080'],
    ['a longer string that is not UTF-8', `d930${'61'.repeat(47)}ff`],
    ['a key that is not UTF-8', '81a1ffc0'],
    ['a string that is not UTF-8 and has U+FFFD', 'a4efbfbdff'],
    ['an unknown extension', 'd47f00'],
    ['an extension that is cut off', 'd442'],
    ['a number that is cut off', 'cb00000000000000'],
    ['a hole as the value', 'd40800'],
    ['a hole in an object', '81a161d40800'],
    ['a hole in a Map', 'c705039201d40800'],
    ['a timestamp of 3 bytes', 'c703ff000000'],
    ['a timestamp of 2e9 nanoseconds', 'c70cff77359400' + '0000000000000001'],
    ['a timestamp beyond all dates', 'c70cff00000000' + '7fffffffffffffff'],
    ['a bigint of no bytes', 'c70042'],
    ['an unknown kind of array', 'd57463ff'],
    ['a Uint16Array of 3 bytes', 'c70474' + '04010203'],
    ['binary without a kind', 'c70074'],
    ['UTF-16 of 3 bytes', 'c70302610061'],
    ['a Map with a key and no value', 'd5039101'],
    ['a Map that is an object', 'd40380'],
    ['a Map of 4 G entries', 'c70503ddfffffffe'],
    ['a Set that is longer than its extension', 'd50492' + '0101'],
    ['a Set that is shorter than its extension', 'c703049101' + '01'],
    ['a RegExp of three parts', 'c7040593a0a0a0'],
    ['a RegExp of numbers', 'c7030592' + '0101'],
    ['a RegExp that is none', 'c7040592a128a0'],
    ['a RegExp with unknown flags', 'c7040592a0a15a'],
    ['an Error of one part', 'd5069101'],
    ['an Error whose message is a number', 'c7060695a0a001c080'],
    ['an Error whose stack is a number', 'c7060695a0a0a00180'],
    ['an Error whose fields are an array', 'c7060695a0a0a0c090'],
    ['an Error with a field that it has anyway', 'c70d0695a0a0a0c081a5737461636b01'],
    ['an Error with 4 G fields', 'c70a0695a0a0a0c0dfffffffff'],
    ['an object as boxed', 'd40780'],
    ['undefined as boxed', 'c70307d40000'],
    ['a reference where there are none', 'd60a00000000'],
    ['a reference to an object that has not begun', 'c7080991d60a00000001'],
    ['a reference to a place beyond all', 'c7080991d60affffffff'],
    ['a reference to the boxed value in itself', 'c70909c70607d60a00000000'],
    ['a reference of 2 bytes', 'c70609' + '91d50a0000'],
    ['references in one another', 'c70309d40990'],
    ['an actor ref where there are none', 'd40b61'],
  ])('%s', (_, hex) => {
    expect(refusal(hex).code).toBe('EBADMSG')
  })

  it('more than 500 levels deep', () => {
    expect(refusal('91'.repeat(501)).message).toBe('the value is too deep')
    expect(refusal('81a161'.repeat(100_000)).message).toBe('the value is too deep')
    expect(() => decode(Buffer.from(`${'91'.repeat(499)}90`, 'hex'))).not.toThrow()
  })

  it.each([3, 4, 7, 9])('in extensions of type %i that lie in one another', (type) => {
    let bytes = Buffer.from([0xc0])
    for (let n = 0; n < 2_000; n++) {
      const content =
        type < 5
          ? [Buffer.from([type, type === 3 ? 0x92 : 0x91]), bytes]
          : [Buffer.from([type]), bytes]
      if (type === 3) content.push(Buffer.from([0xc0]))
      const inner = Buffer.concat(content)
      const header = Buffer.from([0xc9, 0, 0, 0, 0])
      header.writeUInt32BE(inner.length - 1, 1)
      bytes = Buffer.concat([header, inner])
    }
    expect(refusal(bytes.toString('hex')).code).toBe('EBADMSG')
  })

  it('above the limit', () => {
    const bytes = encode('x'.repeat(100))
    expect(() => decode(bytes, { maxBytes: 50 })).toThrow(ValueError)
    expect(() => decode(encode([[[1]]]), { maxDepth: 2 })).toThrow('the value is too deep')
  })

  it('with more holes than a value may have', () => {
    const count = 2 ** 20 + 1
    const bytes = Buffer.alloc(5 + count * 3)
    bytes[0] = 0xdd
    bytes.writeUInt32BE(count, 1)
    for (let n = 0; n < count; n++) bytes.set([0xd4, 8, 0], 5 + n * 3)
    expect(() => decode(bytes)).toThrow('there are more than 1048576 holes')
  })

  it('outside of the Buffer, which is a mistake of the caller', () => {
    expect(() => readValue(Buffer.alloc(2), 0, 3)).toThrow(RangeError)
    expect(() => readValue(Buffer.alloc(2), 2, 1)).toThrow(RangeError)
  })

  it('are not read beyond the end, where more follow', () => {
    const bytes = Buffer.from('92ff01020304', 'hex')
    expect(() => readValue(bytes, 0, 2)).toThrow('an array of 2 elements is cut off')
    expect(readValue(bytes, 0, 3)).toEqual([-1, 1])
    const string = Buffer.from('a461626364', 'hex')
    for (const end of [1, 2, 3, 4]) expect(() => readValue(string, 0, end)).toThrow(ValueError)
  })
})

describe('a key of a hostile object', () => {
  it('changes no prototype', () => {
    const copy = decode(Buffer.from('81a95f5f70726f746f5f5f81a161' + '01', 'hex')) as { a?: number }
    expect(copy.a).toBeUndefined()
    expect(Object.keys(copy)).toEqual(['__proto__'])
    const error = decode(encodeErrorField('__proto__')) as Error
    expect(error).toBeInstanceOf(Error)
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype)
  })

  it('does not stay for longer than others do', () => {
    for (let n = 0; n < 5_000; n++) {
      const key = `key${n}`
      expect(decode(encode({ [key]: n }))).toEqual({ [key]: n })
    }
  })
})

function encodeErrorField(key: string): Buffer {
  const error = new Error('x')
  Object.defineProperty(error, key, { value: { admin: true }, enumerable: true })
  return encode(error)
}

const seed = Date.now() % 0x8000_0000

describe(`whatever bytes there are, seed ${seed}`, () => {
  const inPrototype = Object.getOwnPropertyNames(Object.prototype)
  const random = new Random(seed)

  /** The milliseconds of CPU that it took, however busy the cores are with others. */
  function read(bytes: Buffer): number {
    const before = process.cpuUsage()
    try {
      decode(bytes, { fromRef: (name) => name.toString() })
    } catch (error) {
      if (!(error instanceof ValueError) || error.code !== 'EBADMSG') throw error
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }

  it('gives a value or a ValueError: 50,000 at random', () => {
    let slowest = 0
    for (let n = 0; n < 50_000; n++) {
      const bytes = Buffer.from(Array.from({ length: random.below(40) }, () => random.below(256)))
      slowest = Math.max(slowest, read(bytes))
    }
    expect(slowest).toBeLessThan(2_000)
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(inPrototype)
  })

  it('gives a value or a ValueError: 50,000 that were values', () => {
    const samples = fc.sample(fc.oneof(values, graphs), { numRuns: 500, seed })
    const written = samples.map((value) => encode(value)).filter(({ length }) => length < 500)
    const before = process.memoryUsage().arrayBuffers
    let slowest = 0
    for (let n = 0; n < 50_000; n++) {
      slowest = Math.max(slowest, read(mutate(written[n % written.length]!, random)))
    }
    expect(slowest).toBeLessThan(2_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6)
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(inPrototype)
  })
})

/** Up to three times: another byte, one byte less, one more, or one that means a size of four bytes. */
function mutate(bytes: Buffer, random: Random): Buffer {
  let mutant = Buffer.from(bytes)
  for (let left = random.below(3) + 1; left > 0; left--) {
    const at = random.below(mutant.length)
    const kind = random.below(4)
    const byte = kind === 3 ? longForms[random.below(longForms.length)]! : random.below(256)
    const rest = mutant.subarray(kind === 2 ? at : at + 1)
    const inserted = kind === 1 ? [] : [byte]
    mutant = Buffer.concat([mutant.subarray(0, at), Buffer.from(inserted), rest])
  }
  return mutant
}

const longForms = [0xc6, 0xc9, 0xdb, 0xdd, 0xdf]
