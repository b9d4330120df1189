import { describe, expect, it } from 'vitest'
import { ActorError } from '../errors.ts'
import { bareFailureOf, errorOf, failureOf } from './failures.ts'

const crossed = (error: unknown): Error => errorOf(failureOf(error))

describe('an error that another node is told of', () => {
  it('keeps what it is, and its own fields', () => {
    const cause = Object.assign(new TypeError('why'), { depth: 1 })
    const error = Object.assign(new RangeError('far', { cause }), {
      code: 'EFAR',
      at: { x: 1 },
      when: new Date(0),
    })
    const there = crossed(error)
    expect(there).toBeInstanceOf(RangeError)
    expect(there).toMatchObject({ name: 'RangeError', message: 'far', code: 'EFAR' })
    expect(there).toMatchObject({ at: { x: 1 }, when: new Date(0) })
    expect(there.cause).toBeInstanceOf(TypeError)
    expect(there.cause).toMatchObject({ message: 'why', depth: 1 })
  })

  it('leaves behind what cannot be sent, or is too much, and its stack', () => {
    const error = Object.assign(new Error('much'), {
      act: () => 1,
      large: 'x'.repeat(20_000),
      ...Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`field${n}`, n])),
    })
    const { fields, ...others } = failureOf(error)
    expect(Object.keys(fields!)).toHaveLength(32)
    expect(Object.keys(others)).toEqual(['name', 'message'])
    expect(fields).not.toHaveProperty('act')
    expect(fields).not.toHaveProperty('large')
  })

  it('is little enough for every node when it is told alone', () => {
    const long = 'x'.repeat(100_000)
    const issues = [{ message: long, path: [long] }]
    const error = new ActorError('ESCHEMA', long, { issues, cause: new Error(long) })
    expect(bareFailureOf(Object.assign(error, { field: 1 }))).toEqual({
      name: 'ActorError',
      message: long.slice(0, 1024),
      code: 'ESCHEMA',
    })
    expect(bareFailureOf(Object.assign(error, { isFromHandler: true }))).toHaveProperty('fields', {
      isFromHandler: true,
    })
    expect(failureOf(Object.assign(new Error('no'), { code: long }))).not.toHaveProperty('code')
  })

  it('has the issues of a schema', () => {
    const issues = [{ message: 'no number', path: [0, 'age'] }]
    const there = crossed(new ActorError('ESCHEMA', 'wrong', { issues }))
    expect(there).toBeInstanceOf(ActorError)
    expect(there).toMatchObject({ code: 'ESCHEMA', issues })
    expect(Object.keys(crossed(new ActorError('ENOACTOR')))).not.toContain('issues')
  })

  it('cannot take the place of what an error has', () => {
    const fields: unknown = JSON.parse(
      '{"message":"m","stack":"s","name":"n","code":"ENOACTOR","__proto__":{"bad":1},"own":1}',
    )
    const there = errorOf({ name: 'Error', message: 'told', fields })
    expect(there).toMatchObject({ name: 'Error', message: 'told', own: 1 })
    expect(there).not.toHaveProperty('code')
    expect(there.stack).not.toBe('s')
    expect(Object.getPrototypeOf(there)).toBe(Error.prototype)
    expect((there as { bad?: unknown }).bad).toBeUndefined()
  })
})
