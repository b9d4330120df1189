import { describe, expect, it } from 'vitest'
import { without } from './without.ts'

describe('without', () => {
  it('is the same table as long as others are left', () => {
    const set = new Set(['a', 'b'])
    expect(without(set, 'a')).toBe(set)
    expect([...set]).toEqual(['b'])
    const map = new Map([
      ['a', 1],
      ['b', 2],
    ])
    expect(without(map, 'b')).toBe(map)
    expect([...map]).toEqual([['a', 1]])
  })

  it('is an empty one of the same kind when the last is gone, and leaves the old one alone', () => {
    const set = new Set(['a'])
    expect(without(set, 'a')).toEqual(new Set())
    expect(set.size).toBe(1)
    const map = new Map([['a', 1]])
    expect(without(map, 'a')).toEqual(new Map())
    expect(map.size).toBe(1)
  })
})
