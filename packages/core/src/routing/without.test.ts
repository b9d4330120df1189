import { describe, expect, it } from 'vitest'
import { without } from './without.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

describe('without', () => {
  it.each([1, 2, 9, 10, 100])('takes one of %d keys out of a set, and of a map', (count) => {
    const keys = numbers(count)
    const set = without(new Set(keys), 0)
    expect([...set]).toEqual(keys.slice(1))
    const map = without(new Map(keys.map((key) => [key, `${key}`])), count - 1)
    expect([...map]).toEqual(keys.slice(0, -1).map((key) => [key, `${key}`]))
  })

  it('copies no more than few keys', () => {
    const many = new Set(numbers(100))
    expect(without(many, 0)).toBe(many)
    const few = new Set(numbers(4))
    expect(without(few, 0)).not.toBe(few)
  })
})
