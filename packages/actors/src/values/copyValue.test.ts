import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyValue, isImmutable } from './copyValue.ts'
import { graphs, isSameGraph, roundTrip, values } from './samples.test-support.ts'
import { ValueError } from './valueError.ts'

describe('a copy', () => {
  it('is what would arrive elsewhere', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(isSameGraph(copyValue(value), roundTrip(value))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('has an object twice where the first had, and in itself', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(isSameGraph(graph, copyValue(graph))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('shares nothing with what it is of', () => {
    const value = {
      list: [{ a: 1 }],
      bytes: Buffer.from([1]),
      array: new Uint8Array(1),
      at: new Date(5),
    }
    const copy = copyValue(value) as typeof value
    expect(copy).toStrictEqual(value)
    value.list[0]!.a = 2
    value.bytes[0] = 2
    value.array[0] = 2
    value.at.setTime(6)
    expect(copy).toStrictEqual({
      list: [{ a: 1 }],
      bytes: Buffer.from([1]),
      array: new Uint8Array(1),
      at: new Date(5),
    })
  })

  it('has __proto__ as an own property', () => {
    const copy = copyValue(JSON.parse('{"__proto__":{"a":1}}')) as { a?: number }
    expect(copy.a).toBeUndefined()
    expect(Object.keys(copy)).toEqual(['__proto__'])
  })

  it.each<[string, unknown]>([
    ['value is a function', () => 1],
    ['value is a symbol', Symbol('a')],
    ['value.a[0] is a function', { a: [() => 1] }],
    ['value is an instance of the class Account', new (class Account {})()],
    [
      'value.a cannot be read: never',
      {
        get a() {
          throw new Error('never')
        },
      },
    ],
  ])('is not made where %s', (message, value) => {
    expect(() => copyValue(value)).toThrow(new ValueError('EVALUE', message))
  })

  it('is not made of what is too deep', () => {
    expect(() => copyValue([[[1]]], { maxDepth: 2 })).toThrow(/more than 2 levels/)
    expect(copyValue([[[1]]], { maxDepth: 3 })).toEqual([[[1]]])
  })

  it('has refs anew', () => {
    class Ref {}
    const ref = new Ref()
    const context = { toRef: () => Buffer.from('a'), fromRef: (bytes: Buffer) => bytes.toString() }
    expect(copyValue([ref, { ref }], context)).toEqual(['a', { ref: 'a' }])
    expect(
      copyValue(new Map([[1, ref]]), {
        ...context,
        toRef: (value) => (value === ref ? Buffer.from('a') : undefined),
      }),
    ).toEqual(new Map([[1, 'a']]))
  })

  it('may be made by a getter in the middle of another', () => {
    const inner = new Map([[1, { a: 1 }]])
    const value = {
      first: new Set([1]),
      get middle() {
        return copyValue([inner])
      },
      last: [{ b: 2 }],
    }
    expect(copyValue(value)).toEqual({ first: new Set([1]), middle: [inner], last: [{ b: 2 }] })
  })

  it('is not needed of what cannot change', () => {
    for (const value of [1, 'a', true, null, undefined, 5n]) expect(isImmutable(value)).toBe(true)
    for (const value of [{}, [], Symbol('a'), () => 1, Object(1)])
      expect(isImmutable(value)).toBe(false)
  })
})
