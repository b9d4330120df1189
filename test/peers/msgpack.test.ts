import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ByteWriter, readValue, writeValue } from '../../packages/actors/src/values/index.ts'
import { python } from './interpreter.ts'

const testFolder = dirname(createRequire(import.meta.url).resolve('@ringpost/test/package.json'))

/** What Python takes each value for, and what it sends back. */
function exchange(values: readonly unknown[]): (readonly [string, unknown])[] {
  const writer = new ByteWriter()
  for (const value of values) writeValue(writer, value)
  const program = join(testFolder, 'peers/msgpackPeer.py')
  const { status, stdout, stderr } = spawnSync(python('msgpack'), [program], {
    input: writer.take(),
  })
  expect(stderr.toString()).toBe('')
  expect(status).toBe(0)
  return readValue(stdout, 0, stdout.length) as (readonly [string, unknown])[]
}

const samples: readonly (readonly [unknown, string])[] = [
  [null, 'None'],
  [true, 'True'],
  [0, '0'],
  [-1, '-1'],
  [-33, '-33'],
  [65_536, '65536'],
  [-(2 ** 31), '-2147483648'],
  [2 ** 40, '1099511627776'],
  [-(2 ** 53) + 1, '-9007199254740991'],
  [2n ** 64n - 1n, '18446744073709551615'],
  [-(2n ** 63n), '-9223372036854775808'],
  [1.5, '1.5'],
  [-0, '-0.0'],
  [Infinity, 'inf'],
  [Number.NaN, 'nan'],
  ['text, täxt, 😀', "'text, täxt, 😀'"],
  ['x'.repeat(70_000), `'${'x'.repeat(70_000)}'`],
  [Buffer.from('bytes'), "b'bytes'"],
  [Buffer.alloc(300), `b'${'\\x00'.repeat(300)}'`],
  [[1, [2, []]], '[1, [2, []]]'],
  [{ a: 1, b: { c: [null] } }, "{'a': 1, 'b': {'c': [None]}}"],
  [new Date(1_500_000_000_000), 'Timestamp(seconds=1500000000, nanoseconds=0)'],
  [new Date(-1), 'Timestamp(seconds=-1, nanoseconds=999000000)'],
  [undefined, "ExtType(code=0, data=b'\\x00')"],
  [5n, "ExtType(code=66, data=b'\\x05')"],
  [new Uint8Array([1]), "ExtType(code=116, data=b'\\x01\\x01')"],
  [new Set(['a']), "ExtType(code=4, data=b'\\x91\\xa1a')"],
  [/a/g, "ExtType(code=5, data=b'\\x92\\xa1a\\xa1g')"],
]

describe('values and the msgpack of Python', () => {
  const answers = exchange(samples.map(([value]) => value))

  it.each(samples.map(([value, text], n) => [text.slice(0, 40), value, text, n] as const))(
    '%s',
    (_, value, text, n) => {
      expect(answers[n]![0]).toBe(text)
      expect(answers[n]![1]).toStrictEqual(value)
    },
  )
})
