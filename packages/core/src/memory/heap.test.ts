import { describe, expect, it } from 'vitest'
import { Heap } from './heap.ts'
import { header, ownedByThread, PAGE_BYTES } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'
import { ThreadTable } from './threadTable.ts'

const SLOT = 1
const OWNER = ownedByThread(SLOT)
/** Two of them fill a page. */
const HALF_A_PAGE = 32_768

describe('a heap', () => {
  it('finds what is free again behind any number of full pages', () => {
    const heap = new Heap(smallArena(40), SLOT)
    const kept = Array.from({ length: 32 }, () => heap.allocate(HALF_A_PAGE, OWNER))
    const passing: number[] = []
    for (let n = 0; n < 1000; n++) {
      const ref = heap.allocate(HALF_A_PAGE, OWNER)
      expect(ref).not.toBe(0)
      passing.push(ref)
      if (passing.length > 4) heap.free(passing.shift()!, OWNER)
    }
    // It needed few pages more: a long block still finds its own in a row.
    expect(heap.allocate(10 * 65_536, OWNER)).not.toBe(0)
    expect(new Set(kept).size).toBe(32)
    expect(heap.usedBytes()).toBe((32 + 4) * HALF_A_PAGE + 10 * 65_536)
  })

  it('finds the last free block in whichever of its pages it is', () => {
    const arena = smallArena(20)
    const heap = new Heap(arena, SLOT)
    const kept = Array.from({ length: 40 }, () => heap.allocate(HALF_A_PAGE, OWNER))
    expect(heap.allocate(HALF_A_PAGE, OWNER)).toBe(0)
    for (const ref of kept) {
      heap.free(ref, OWNER)
      expect(heap.allocate(HALF_A_PAGE, OWNER)).toBe(ref)
      expect(heap.allocate(HALF_A_PAGE, OWNER)).toBe(0)
    }
  })

  it('tells nobody of memory by a try that fails', () => {
    const arena = smallArena(3)
    const table = new ThreadTable(arena)
    const waiting = table.claim(1, -1)
    const [heap, other] = [new Heap(arena, SLOT), new Heap(arena, SLOT + 1)]
    const page = heap.allocate(PAGE_BYTES, OWNER)
    heap.allocate(PAGE_BYTES, OWNER)
    heap.allocate(HALF_A_PAGE, OWNER)
    heap.free(page, OWNER)
    table.awaitMemory(waiting)
    for (const pages of [2, 3]) expect(other.allocate(pages * PAGE_BYTES, OWNER)).toBe(0)
    expect(arena.words[header.memoryAwaited]).toBe(1)
    heap.free(page, OWNER)
    expect(arena.words[header.memoryAwaited]).toBe(1)
    const last = heap.allocate(PAGE_BYTES, OWNER)
    heap.free(last, OWNER)
    expect(arena.words[header.memoryAwaited]).toBe(0)
  })
})
