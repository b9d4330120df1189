import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { PAGE_BYTES } from '../memory/layout.ts'
import { SharedSmallArena, smallArena } from '../memory/smallArena.test-support.ts'
import { directionAt } from '../memory/pipeTable.ts'
import { readerOf, writerOf } from './ring.ts'
import { RingModel, steps, type Step } from './ringModel.test-support.ts'
import { Slab } from './slab.ts'

const PIPE = 3
const SLOT = 9

describe('a ring', () => {
  const arenas = new SharedSmallArena(256)

  /** Bytes that are still in use when both sides of a ring that did this have closed. */
  function leakOf(taken: readonly Step[], place = arenas): number {
    return place.use((arena) => {
      const heap = new Heap(arena, SLOT)
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

  it('does so too where one view of the heap ends and the next one begins', () => {
    // So many pages one view covers.
    const around = new SharedSmallArena(256, 2 ** 30 / PAGE_BYTES - 2)
    fc.assert(
      fc.property(steps, (taken) => {
        expect(leakOf(taken, around)).toBe(0)
      }),
      { numRuns: 200 },
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

describe('a direction of a pipe', () => {
  it.each([
    ['a ring, which keeps all messages', false, ['one', 'two']],
    ['a place for the latest one', true, ['two']],
  ] as const)('is %s', (_, isConflating, received) => {
    const arena = smallArena(16)
    const heap = new Heap(arena, SLOT)
    const at = directionAt(arena, PIPE, 0)
    const writer = writerOf(heap, PIPE, at, isConflating)
    for (const text of ['one', 'two']) {
      writer.frame(Buffer.from(text), 0)
      writer.commit()
    }
    writer.publish()
    const reader = readerOf(heap, new Slab(), PIPE, at, isConflating)
    const messages: Buffer[][] = []
    reader.readMany(messages, 10)
    expect(messages.map(String)).toEqual(received)
  })
})
