import { describe, expect, it } from 'vitest'
import { Roster } from './roster.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

/** How many of its keys leave before there is another table. */
function leaveUntilCopied(count: number): number {
  const roster = new Roster(new Set(numbers(count)))
  const { table } = roster
  let left = 0
  while (roster.table === table) roster.delete(left++)
  return left
}

describe('a roster', () => {
  it.each([1, 2, 9, 10, 100, 5000])('takes one of %d keys out of a set, and of a map', (count) => {
    const keys = numbers(count)
    const set = new Roster(new Set(keys))
    set.delete(0)
    set.delete(0)
    expect([...set.table]).toEqual(keys.slice(1))
    const map = new Roster<number, Map<number, string>>(new Map(keys.map((key) => [key, `${key}`])))
    map.delete(count - 1)
    expect([...map.table]).toEqual(keys.slice(0, -1).map((key) => [key, `${key}`]))
  })

  it('is copied when as many have left as are left, or few are', () => {
    expect([1, 8, 9, 10, 20, 100].map(leaveUntilCopied)).toEqual([1, 1, 1, 2, 7, 47])
  })

  it('is not copied while there are many', () => {
    expect(leaveUntilCopied(10_000)).toBe(10_000 - 4096)
  })

  it('is copied again when others have come and left', () => {
    const roster = new Roster(new Set(numbers(12)))
    let copies = 0
    for (let key = 0; key < 1000; key++) {
      const { table } = roster
      table.add(key + 12)
      roster.delete(key)
      if (roster.table !== table) copies++
    }
    expect([...roster.table]).toEqual(numbers(12).map((key) => key + 1000))
    expect(copies).toBe(200)
  })
})
