import { describe, expect, it } from 'vitest'
import { copyValue } from './copyValue.ts'
import { encode } from './samples.test-support.ts'
import { ValueError } from './valueError.ts'

class Account {
  owner = 'nobody'
}
class Pairs extends Map {}
class Names extends Array<string> {}

function thrownBy(value: unknown): ValueError {
  try {
    encode(value, { name: 'args' })
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
  throw new Error('it was written')
}

describe('what is not carried', () => {
  const deep: unknown[] = []
  for (let inner = deep, n = 0; n < 500; n++) {
    const next: unknown[] = []
    inner.push(next)
    inner = next
  }
  const changing = new Map<unknown, unknown>()
  changing.set('a', {
    get more() {
      return changing.set('b', 1).size
    },
  })

  it.each<[string, unknown]>([
    ['args is a function', () => 1],
    ['args[0] is a class', [Account]],
    ['args[0].options.onDone is a function', [{ options: { onDone: () => 1 } }]],
    ['args.tag is a symbol', { tag: Symbol('tag') }],
    ['args[1] is an instance of the class Account', [0, new Account()]],
    ['args is an instance of the class Pairs', new Pairs()],
    ['args is an instance of the class Names', new Names()],
    [
      'args is an instance of a class',
      Object.create(Object.create(Object.create(null) as object) as object),
    ],
    ['args["two words"] is a Promise', { 'two words': Promise.resolve() }],
    ['args is a WeakMap', new WeakMap()],
    ['args is a WeakSet', new WeakSet()],
    ['args is an instance of the class WeakRef', new WeakRef({})],
    ['args is a SharedArrayBuffer, which cannot leave its process', new SharedArrayBuffer(1)],
    ['args is an instance of the class MessagePort', new MessageChannel().port1],
    ['args is an instance of the class URL', new URL('http://localhost')],
    ['args is a generator', (function* () {})()],
    ['args is a symbol', Object(Symbol('boxed'))],
    [
      'args<key 1> is a function',
      new Map<unknown, unknown>([
        [1, 1],
        [() => 1, 1],
      ]),
    ],
    ['args<value 0>.f is a function', new Map([[1, { f: () => 1 }]])],
    ['args<element 1> is a function', new Set<unknown>([1, () => 1])],
    ['args changed while it was written', changing],
  ])('%s', (message, value) => {
    const error = thrownBy(value)
    expect(error.message).toBe(message)
    expect(error.code).toBe('EVALUE')
  })

  it('is no array in spite of its prototype', () => {
    for (const { prototype } of [
      Uint8Array,
      Buffer,
      Float64Array,
      Map,
      Date,
      RegExp,
      ArrayBuffer,
    ]) {
      expect(thrownBy(Object.create(prototype as object)).code).toBe('EVALUE')
      expect(() => copyValue(Object.create(prototype as object))).toThrow(ValueError)
    }
  })

  it('lies too deep', () => {
    const { message } = thrownBy([deep])
    expect(message).toMatch(/^args(\[0\]){10}…(\[0\]){10} lies more than 500 levels deep/)
    expect(encode(deep[0]).length).toBe(500)
  })

  it('is a property whose getter throws, which is the cause', () => {
    const cause = new Error('not today')
    const error = thrownBy({
      get balance() {
        throw cause
      },
    })
    expect(error.message).toBe('args.balance cannot be read: not today')
    expect(error.cause).toBe(cause)
  })

  it('is a proxy that throws', () => {
    const refuse = (): never => {
      // oxlint-disable-next-line no-throw-literal
      throw 'a text'
    }
    const error = thrownBy([new Proxy({}, { ownKeys: refuse })])
    expect(error.message).toBe('args[0] cannot be read: string')
    expect(error.cause).toBe('a text')
    expect(thrownBy(new Proxy({}, { getPrototypeOf: refuse })).code).toBe('EVALUE')
    expect(thrownBy({ [`${'k'.repeat(100)}`]: 0n, a: new Proxy([], { get: refuse }) }).code).toBe(
      'EVALUE',
    )
  })

  it('is an array of millions of holes, found out in no time', () => {
    const array: number[] = []
    array[2 ** 32 - 2] = 1
    expect(thrownBy({ array }).message).toMatch(/^args.array\[1048576\] is one hole more than/)
  })

  it('shows of a long key the beginning', () => {
    const { message } = thrownBy({ ['k'.repeat(100)]: () => 1 })
    expect(message).toBe(`args["${'k'.repeat(80)}"…] is a function`)
  })
})
