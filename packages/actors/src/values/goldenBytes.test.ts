import { describe, expect, it } from 'vitest'
import { decode, encode } from './samples.test-support.ts'

const shared = { x: 1 }
const sparse: unknown[] = []
sparse[1] = 1
const hollow: unknown[] = []
hollow.length = 1
const cycle: unknown[] = []
cycle.push(cycle)

const error = new RangeError('far')
error.stack = 'here'
Object.assign(error, { code: 5 })

describe('the bytes of a value', () => {
  it.each<[string, unknown, string]>([
    // msgpack's own
    ['null', null, 'c0'],
    ['false', false, 'c2'],
    ['true', true, 'c3'],
    ['0', 0, '00'],
    ['127', 127, '7f'],
    ['128', 128, 'cc80'],
    ['256', 256, 'cd0100'],
    ['65,536', 65_536, 'ce00010000'],
    ['2 ** 32', 2 ** 32, 'cf0000000100000000'],
    ['2 ** 53 - 1', 2 ** 53 - 1, 'cf001fffffffffffff'],
    ['2 ** 53', 2 ** 53, 'cb4340000000000000'],
    ['-1', -1, 'ff'],
    ['-32', -32, 'e0'],
    ['-33', -33, 'd0df'],
    ['-129', -129, 'd1ff7f'],
    ['-32,769', -32_769, 'd2ffff7fff'],
    ['-(2 ** 31) - 1', -(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    ['-0', -0, 'cb8000000000000000'],
    ['1.5', 1.5, 'cb3ff8000000000000'],
    ['NaN', Number.NaN, 'cb7ff8000000000000'],
    ['-Infinity', -Infinity, 'cbfff0000000000000'],
    ['2n ** 53n', 2n ** 53n, 'd30020000000000000'],
    ['2n ** 64n - 1n', 2n ** 64n - 1n, 'cfffffffffffffffff'],
    ['an empty string', '', 'a0'],
    ['a string', 'aä', 'a361c3a4'],
    ['a string of 32 bytes', 'a'.repeat(32), `d920${'61'.repeat(32)}`],
    ['a string of 256 bytes', 'a'.repeat(256), `da0100${'61'.repeat(256)}`],
    ['a string of 65,536 bytes', 'a'.repeat(65_536), `db00010000${'61'.repeat(65_536)}`],
    ['a Buffer', Buffer.from([1, 2]), 'c4020102'],
    ['a Buffer of 256 bytes', Buffer.alloc(256), `c50100${'00'.repeat(256)}`],
    ['a Buffer of 65,536 bytes', Buffer.alloc(65_536), `c600010000${'00'.repeat(65_536)}`],
    ['an array', [1, [2]], '92019102'],
    ['an array of 16', Array.from({ length: 16 }, () => 1), `dc0010${'01'.repeat(16)}`],
    [
      'an array of 65,536',
      Array.from({ length: 65_536 }, () => 1),
      `dd00010000${'01'.repeat(65_536)}`,
    ],
    ['an object', { a: 1, b: {} }, '82a16101a16280'],
    [
      'an object of 16 fields',
      Object.fromEntries(Array.from('abcdefghijklmnop', (key) => [key, 0])),
      `de0010${Array.from('abcdefghijklmnop', (key) => `a1${key.charCodeAt(0).toString(16)}00`).join('')}`,
    ],
    ['a Date of whole seconds', new Date(1_000), 'd6ff00000001'],
    ['a Date', new Date(1_001), 'd7ff003d090000000001'],
    ['a Date beyond 2 ** 32 seconds', new Date(2 ** 32 * 1_000), 'd7ff0000000100000000'],
    ['a Date before 1970', new Date(-1), 'c70cff3b8b87c0ffffffffffffffff'],
    // extensions
    ['undefined', undefined, 'd40000'],
    ['an invalid Date', new Date(Number.NaN), 'd40100'],
    ['half a surrogate pair', 'a\ud800', 'd602610000d8'],
    ['a Map', new Map<unknown, unknown>([['a', 1]]), 'c9000000040392a16101'],
    ['a Set', new Set([1, 2]), 'c90000000304920102'],
    ['a RegExp', /ab/g, 'c9000000060592a26162a167'],
    [
      'an Error',
      error,
      'c90000002b' +
        '0695' +
        'aa52616e67654572726f72'.repeat(2) +
        'a3666172' +
        'a468657265' +
        'df00000001a4636f646505',
    ],
    ['a boxed number', Object(5), 'c9000000010705'],
    ['a hole', sparse, '92d4080001'],
    ['a hole alone', hollow, '91d40800'],
    ['an object twice', [shared, shared], 'c90000000b099281a17801d60a00000001'],
    ['a cycle', cycle, 'c9000000070991d60a00000000'],
    ['a small bigint', 5n, 'd44205'],
    ['a negative bigint', -129n, 'd542ff7f'],
    ['a large bigint', 2n ** 64n, 'c70942010000000000000000'],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, 'c70374100102'],
    ['a Uint8Array', new Uint8Array([1, 2]), 'c70374010102'],
    ['a Uint16Array', new Uint16Array([1, 2]), 'c705740401000200'],
    ['a Uint8Array of 255 bytes', new Uint8Array(255), `c801007401${'00'.repeat(255)}`],
    ['a DataView', new DataView(new Uint8Array([1, 2, 3]).buffer, 1), 'c70374110203'],
  ])('%s', (_, value, bytes) => {
    expect(encode(value).toString('hex')).toBe(bytes)
    expect(decode(Buffer.from(bytes, 'hex'))).toStrictEqual(value)
  })

  it('a ref', () => {
    const ref = new (class Ref {})()
    const context = { toRef: () => Buffer.from('ab'), fromRef: () => ref }
    expect(encode(ref, context).toString('hex')).toBe('d50b6162')
    expect(decode(Buffer.from('d50b6162', 'hex'), context)).toBe(ref)
  })

  it.each<[string, string, unknown]>([
    ['a float32', 'ca3fc00000', 1.5],
    ['numbers longer than they need be', '94cc01cd0001ce00000001d200000001', [1, 1, 1, 1]],
    ['strings longer than they need be', '93d90161da000161db0000000161', ['a', 'a', 'a']],
    ['keys longer than they need be', '81d90161c3', { a: true }],
    ['a Date with nanoseconds', 'd7ff0000000400000001', new Date(1_000)],
    ['an integer above all numbers', 'd38000000000000000', -(2n ** 63n)],
    ['an empty object as a map32', 'df00000000', {}],
    ['a key that occurs twice', '82a16101a16102', { a: 2 }],
  ])('may be others: %s', (_, bytes, value) => {
    expect(decode(Buffer.from(bytes, 'hex'))).toEqual(value)
  })

  it('may be those of an Error without a stack, of an unknown class', () => {
    const copy = decode(Buffer.from('c7090695a158a159a17ac080', 'hex')) as Error
    expect(Object.getPrototypeOf(copy)).toBe(Error.prototype)
    expect(String(copy)).toBe('Y: z')
  })
})
