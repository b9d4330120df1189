import { describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorError } from '../errors.ts'
import type { ActorSchema } from './actorSchema.ts'
import { checkArguments } from './checking.ts'
import { issuesOf } from './issues.ts'
import { number, schema } from './schemas.test-support.ts'

const thrownBy = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('arguments', () => {
  it('are what their schemas make of them', () => {
    const trimmed = schema<string>((value) => ({ value: String(value).trim() }))
    expect(checkArguments([trimmed, number], [' a ', 1], 'x')).toEqual(['a', 1])
    expect(checkArguments(number, [1], 'x')).toEqual([1])
    expect(checkArguments([], [], 'x')).toEqual([])
  })

  it('that are missing may be filled in, and are missing still where they are not', () => {
    const filled = schema<number>((value) => ({ value: (value as number | undefined) ?? 7 }))
    const optional = schema<number | undefined>((value) => ({ value: value as undefined }))
    expect(checkArguments([number, filled], [1], 'x')).toEqual([1, 7])
    expect(checkArguments([number, optional], [1], 'x')).toEqual([1])
    expect(checkArguments([optional], [undefined], 'x')).toEqual([undefined])
  })

  it('are refused with all issues, and where they are', () => {
    const point = schema<object>(() => ({
      issues: [
        { message: 'no x', path: ['at', { key: 'x' }] },
        { message: 'no y', path: [0, Symbol('y')] },
      ],
    }))
    expect(thrownBy(() => checkArguments([number, point], ['1', {}], 'map.draw'))).toMatchObject({
      name: 'ActorError',
      code: 'ESCHEMA',
      message: 'map.draw: argument 0: no number (and 2 more)',
      issues: [
        { message: 'no number', path: [0] },
        { message: 'no x', path: [1, 'at', 'x'] },
        { message: 'no y', path: [1, 0, 'Symbol(y)'] },
      ],
    })
  })

  it('are refused with the beginnings of long messages and keys', () => {
    const long = 'x'.repeat(1_000_000)
    const whole = schema<object>(() => ({ issues: [{ message: long, path: [long, 7] }] }))
    const error = thrownBy(() => checkArguments(whole, [1], 'x')) as ActorError
    expect(error.issues).toEqual([
      { message: long.slice(0, 1024), path: [0, long.slice(0, 128), 7] },
    ])
    expect(error.message.length).toBeLessThan(2000)
  })

  it('are refused with a path that is no plain array', () => {
    class Path extends Array<PropertyKey> {
      constructor(...keys: PropertyKey[]) {
        super()
        this.push(...keys)
      }
    }
    const whole = schema<object>(() => ({ issues: [{ message: 'no', path: new Path() }] }))
    expect(thrownBy(() => checkArguments(whole, [1], 'x'))).toMatchObject({
      issues: [{ path: [0] }],
    })
  })

  it('are refused where there are too many', () => {
    expect(thrownBy(() => checkArguments(number, [1, 2], 'x'))).toMatchObject({
      code: 'ESCHEMA',
      issues: [{ path: [1] }],
    })
  })

  it('may be checked asynchronously', async () => {
    const later = schema<number>(async (value) => number['~standard'].validate(value))
    expect(await checkArguments([later, number], [1, 2], 'x')).toEqual([1, 2])
    await expect(checkArguments([number, later], [1, 'two'], 'x')).rejects.toMatchObject({
      code: 'ESCHEMA',
      message: 'x: argument 1: no number',
    })
  })

  it('are refused where a schema throws or rejects', async () => {
    const cause = new Error('broken')
    const throwing = schema<never>(() => {
      throw cause
    })
    const rejecting = schema<never>(() => Promise.reject(cause))
    for (const broken of [throwing, rejecting])
      await expect(checkArguments([rejecting, broken], [1, 2], 'x')).rejects.toMatchObject({
        code: 'ESCHEMA',
        cause,
      })
  })
})

describe('issues that another node tells of', () => {
  it('are taken as far as they are some, and no more than 32', () => {
    const issue = { message: 'wrong', path: [0, 'a'] }
    expect(issuesOf(undefined)).toBeUndefined()
    expect(issuesOf([issue, null, { message: 1 }, { message: 'a', path: [0, {}, 'b'] }])).toEqual([
      issue,
      { message: 'a', path: [0, 'b'] },
    ])
    expect(issuesOf(Array.from({ length: 100 }, () => issue))).toHaveLength(32)
    const long = { message: 'x'.repeat(5000), path: Array.from({ length: 100 }, () => 0) }
    const [cut] = issuesOf([long])!
    expect(cut!.message).toHaveLength(1024)
    expect(cut!.path).toHaveLength(32)
  })
})

describe('a definition', () => {
  it('is refused with what is no schema', () => {
    const factory = () => ({ add: (by: number) => by })
    const wrong: readonly (readonly [string, unknown])[] = [
      ['add', { messages: { add: {} } }],
      ['add', { messages: { add: [null] } }],
      ['add', { messages: { add: { '~standard': { version: 2, validate: () => ({}) } } } }],
      ['spawn', { spawn: 'number' }],
      ['check', { check: 'sometimes' }],
    ]
    for (const [what, given] of wrong)
      expect(
        thrownBy(() =>
          defineActor(import.meta.url, 'wrong', factory, { schema: given as ActorSchema }),
        ),
      ).toMatchObject({ code: 'EINVAL', message: expect.stringContaining(what) as string })
  })
})
