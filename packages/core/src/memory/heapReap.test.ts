import { describe, expect, it } from 'vitest'
import { Heap } from './heap.ts'
import { ownedByThread, PAGE_BYTES, PageKind, UNITS_PER_PAGE } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

const [DEAD, REAPER] = [1, 2]

describe('what a thread leaves that dies', () => {
  it('in the middle of giving a long block back is given back whole', () => {
    const arena = smallArena(20)
    const [dead, reaper] = [new Heap(arena, DEAD), new Heap(arena, REAPER)]
    const first = dead.allocate(8 * PAGE_BYTES, ownedByThread(DEAD)) / UNITS_PER_PAGE
    const page = (i: number): number => arena.tables.pageMap + first + i
    // As far as it had come: from the end down.
    Atomics.store(arena.words, page(0), PageKind.claimed | DEAD)
    for (const i of [7, 6, 5]) Atomics.store(arena.words, page(i), PageKind.free)
    reaper.reap(DEAD, new Set([ownedByThread(DEAD)]))
    for (let i = 0; i < 8; i++) expect(arena.words[page(i)]).toBe(PageKind.free)
    expect(reaper.usedBytes()).toBe(0)
    expect(reaper.allocate(20 * PAGE_BYTES, ownedByThread(REAPER))).not.toBe(0)
  })

  it('in the middle of taking a long block is given back', () => {
    const arena = smallArena(20)
    const [dead, reaper] = [new Heap(arena, DEAD), new Heap(arena, REAPER)]
    const first = dead.allocate(8 * PAGE_BYTES, ownedByThread(DEAD)) / UNITS_PER_PAGE
    const page = (i: number): number => arena.tables.pageMap + first + i
    Atomics.store(arena.words, page(0), PageKind.claimed | DEAD)
    for (const i of [5, 6, 7]) Atomics.store(arena.words, page(i), PageKind.free)
    reaper.reap(DEAD, new Set())
    expect(reaper.allocate(20 * PAGE_BYTES, ownedByThread(REAPER))).not.toBe(0)
  })
})
