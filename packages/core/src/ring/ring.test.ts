import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { SharedSmallArena } from '../memory/smallArena.test-support.ts'
import { RingModel, steps, type Step } from './ringModel.test-support.ts'

const PIPE = 3

describe('a ring', () => {
  const arenas = new SharedSmallArena(256)

  /** Bytes that are still in use when both sides of a ring that did this have closed. */
  function leakOf(taken: readonly Step[]): number {
    return arenas.use((arena) => {
      const heap = new Heap(arena, 9)
      const before = heap.usedBytes()
      const ring = new RingModel(arena, PIPE)
      for (const step of taken) {
        ring.take(step)
        ring.check()
      }
      ring.end()
      const leak = heap.usedBytes() - before
      heap.trim(undefined)
      return leak
    })
  }

  it('behaves as an array would, and gives all of its memory back', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        expect(leakOf(taken)).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('does not reuse a segment of which messages are lent when the next message goes on elsewhere', () => {
    const leak = leakOf([
      { do: 'write', sizes: [1], blocks: false },
      { do: 'write', sizes: [60, 1004], blocks: false },
      { do: 'publish' },
      // In one go: a message of the first segment, and one that leads out of it.
      { do: 'borrow', limit: 2 },
      // The writer would find it, have no use for its size, and allocate it for something else.
      { do: 'write', sizes: [4000], blocks: false },
      { do: 'write', sizes: [1000], blocks: true },
      { do: 'giveBack', which: 0 },
    ])
    expect(leak).toBe(0)
  })
})
