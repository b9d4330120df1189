import { describe, expect, it } from 'vitest'
import { endOf, EndTable } from './endTable.ts'
import type { PipeEnd } from './thread.ts'

const anEnd = (): PipeEnd => ({ signalled: () => undefined, abandon: () => undefined })

describe('the table of a thread’s pipe ends', () => {
  it('finds what was set, by pipe and side', () => {
    const table = new EndTable()
    const [first, second, far] = [anEnd(), anEnd(), anEnd()]
    table.set(endOf(3, 0), first)
    table.set(endOf(3, 1), second)
    table.set(endOf(131_071, 1), far)
    expect(table.get(endOf(3, 0))).toBe(first)
    expect(table.get(endOf(3, 1))).toBe(second)
    expect(table.get(endOf(131_071, 1))).toBe(far)
    expect(table.get(endOf(2, 1))).toBeUndefined()
    expect(table.get(endOf(70_000, 0))).toBeUndefined()
  })

  it('forgets what was deleted, and keeps its neighbours', () => {
    const table = new EndTable()
    const kept = anEnd()
    table.set(8, anEnd())
    table.set(9, kept)
    table.delete(8)
    table.delete(8)
    table.delete(100_000)
    expect(table.get(8)).toBeUndefined()
    expect(table.get(9)).toBe(kept)
    table.delete(9)
    expect([...table.entries()]).toEqual([])
  })

  it('counts an end once that is set twice', () => {
    const table = new EndTable()
    const second = anEnd()
    table.set(5, anEnd())
    table.set(6, second)
    table.set(5, second)
    table.delete(5)
    expect([...table.entries()]).toEqual([[6, second]])
  })

  it('lists ends in the order of their numbers', () => {
    const table = new EndTable()
    for (const end of [900, 3, 256, 255]) table.set(end, anEnd())
    expect([...table.entries()].map(([end]) => end)).toEqual([3, 255, 256, 900])
  })

  it('may lose an end while it is listed', () => {
    const table = new EndTable()
    for (const end of [1, 2, 300]) table.set(end, anEnd())
    const seen: number[] = []
    for (const [end] of table.entries()) {
      seen.push(end)
      table.delete(2)
      table.delete(300)
    }
    expect(seen).toEqual([1])
  })
})
