import { describe, expect, it } from 'vitest'
import { ActorError } from '../errors.ts'
import { roundTrip } from './samples.test-support.ts'

function arrived<T extends Error>(error: T): T {
  return roundTrip(error) as T
}

describe('an error', () => {
  it.each([
    new Error('a'),
    new EvalError('b'),
    new RangeError('c'),
    new ReferenceError('d'),
    new SyntaxError('e'),
    new TypeError('f'),
    new URIError('g'),
  ])('of the language stays one: %s', (error) => {
    const copy = arrived(error)
    expect(copy).toBeInstanceOf(error.constructor)
    expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(error))
    expect(Object.getOwnPropertyNames(copy).toSorted()).toEqual(
      Object.getOwnPropertyNames(error).toSorted(),
    )
    expect(Object.keys(copy)).toEqual([])
    expect(copy.message).toBe(error.message)
    expect(copy.stack).toBe(error.stack)
  })

  it('has its chain of causes', () => {
    const error = new Error('top', { cause: new TypeError('middle', { cause: { code: 7 } }) })
    const copy = arrived(error)
    expect(copy.cause).toBeInstanceOf(TypeError)
    expect((copy.cause as Error).cause).toEqual({ code: 7 })
    expect(Object.keys(copy)).toEqual([])
  })

  it('may be its own cause', () => {
    const error = new Error('round')
    error.cause = error
    const copy = arrived(error)
    expect(copy.cause).toBe(copy)
  })

  it('of several has them all', () => {
    const copy = arrived(new AggregateError([new RangeError('one'), 'two'], 'many'))
    expect(copy).toBeInstanceOf(AggregateError)
    expect(copy.errors[0]).toBeInstanceOf(RangeError)
    expect(copy.errors[1]).toBe('two')
    expect(Object.keys(copy)).toEqual([])
  })

  it('of ours stays one, also within others', () => {
    const issues = [{ message: 'no number', path: [0] }]
    const lost = new ActorError('EHOSTDOWN', 'gone', { cause: new ActorError('ESTOPPED') })
    const copy = arrived(new ActorError('ESCHEMA', 'wrong', { issues, cause: [lost, lost] }))
    expect(copy).toBeInstanceOf(ActorError)
    expect(copy).toMatchObject({ name: 'ActorError', code: 'ESCHEMA', message: 'wrong', issues })
    const [first, second] = copy.cause as ActorError[]
    expect(first).toBe(second)
    expect(first).toBeInstanceOf(ActorError)
    expect(first!.cause).toBeInstanceOf(ActorError)
  })

  it('that only has a name or a code of ours is not one of ours', () => {
    const named = Object.assign(new Error('a'), { name: 'ActorError', code: 'EMINE' })
    const coded = Object.assign(new Error('b'), { code: 'EEXIST' })
    const other = Object.assign(new RangeError('c'), { name: 'ActorError', code: 'EEXIST' })
    for (const error of [named, coded, other]) {
      const copy = arrived(error)
      expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(error))
      expect(copy).toMatchObject({ name: error.name, code: error.code })
    }
  })

  it('of another class is an Error with the name and the fields', () => {
    class Overdrawn extends Error {
      override readonly name = 'Overdrawn'
      readonly code = 'E_OVERDRAWN'
      readonly details = { missing: 5n, at: new Date(0) }
    }
    const copy = arrived(new Overdrawn('no money'))
    expect(Object.getPrototypeOf(copy)).toBe(Error.prototype)
    expect(copy.name).toBe('Overdrawn')
    expect(String(copy)).toBe('Overdrawn: no money')
    expect(copy.code).toBe('E_OVERDRAWN')
    expect(copy.details).toEqual({ missing: 5n, at: new Date(0) })
  })

  it('of a class made of one of the language is one of that', () => {
    class OutOfStock extends RangeError {}
    expect(Object.getPrototypeOf(arrived(new OutOfStock('none')))).toBe(RangeError.prototype)
  })

  it('of an aborted signal stays a DOMException', () => {
    const copy = arrived(AbortSignal.abort().reason as DOMException)
    expect(copy).toBeInstanceOf(DOMException)
    expect(copy.name).toBe('AbortError')
    expect(copy.code).toBe(20)
    expect(copy.message).toBe('This operation was aborted')
  })

  it('leaves out the fields that cannot be carried, one by one', () => {
    const error = Object.assign(new Error('partly', { cause: () => 1 }), {
      before: 1,
      retry: () => 1,
      nested: { deep: [1, 2, Symbol('no')] },
      after: 2,
    })
    Object.defineProperty(error, 'moody', {
      enumerable: true,
      get() {
        throw new Error('not now')
      },
    })
    const copy = arrived(error)
    expect(Object.keys(copy)).toEqual(['before', 'after'])
    expect(copy.cause).toBeUndefined()
  })

  it('leaves out such fields where objects occur twice, too', () => {
    const shared = { x: 1 }
    const bad = { shared, other: {}, no: () => 1 }
    const error = Object.assign(new Error('partly'), {
      bad,
      good: shared,
      other: bad.other,
      again: bad,
    })
    const [copy, outside, other] = roundTrip([error, shared, bad.other]) as [
      typeof error,
      object,
      object,
    ]
    expect(Object.keys(copy)).toEqual(['good', 'other'])
    expect(copy.good).toBe(outside)
    expect(copy.other).toBe(other)
  })

  it('is carried whatever its own properties do', () => {
    const error = new Error('kept')
    const thrown = {
      get() {
        throw new Error('not now')
      },
    }
    Object.defineProperty(error, 'stack', { value: 5 })
    Object.defineProperty(error, 'name', thrown)
    const copy = arrived(error)
    expect(copy.name).toBe('Error')
    expect(copy.message).toBe('kept')
  })

  it('is made without a stack of its own, and stacks are taken afterwards as before', () => {
    const { stackTraceLimit } = Error
    const error = new Error('no stack')
    delete error.stack
    expect(arrived(error).stack ?? '').not.toContain(' at ')
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
  })
})
