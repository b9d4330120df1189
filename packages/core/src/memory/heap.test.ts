import { describe, expect, it } from 'vitest'
import { Heap } from './heap.ts'
import { ownedByThread } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

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
})
