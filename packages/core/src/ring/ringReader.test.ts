import { describe, expect, it, vi } from 'vitest'
import { AuditedHeap } from '../memory/auditedHeap.test-support.ts'
import { ownedByThread } from '../memory/layout.ts'
import { directionAt } from '../memory/pipeTable.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { INLINE_BYTES, record, segment } from './recordLayout.ts'
import { RingReader } from './ringReader.ts'
import { RingWriter } from './ringWriter.ts'
import { Slab } from './slab.ts'

const [SLOT, PIPE] = [1, 3]
const OWNER = ownedByThread(SLOT)

/** A ring with these messages in it, each of frames of these lengths. */
function ringWith(...messages: (readonly number[])[]) {
  const arena = smallArena(64)
  const heap = new AuditedHeap(arena, SLOT)
  const at = directionAt(arena, PIPE, 0)
  const writer = new RingWriter(heap, PIPE, at)
  const reader = new RingReader(heap, new Slab(), PIPE, at)
  const write = (lengths: readonly number[]): void => {
    lengths.forEach((length, i) => {
      writer.frame(Buffer.alloc(length, length), i < lengths.length - 1 ? record.more : 0)
    })
    writer.commit()
    writer.publish()
  }
  for (const lengths of messages) write(lengths)
  return { arena, heap, writer, reader, write }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('messages that are not read', () => {
  it('are counted with those that have come since the last look', () => {
    const { reader, write } = ringWith([60], [60])
    expect([reader.available(), reader.unread]).toEqual([2, 2])
    reader.read()
    write([60])
    write([60])
    expect(reader.available()).toBe(1)
    expect([reader.unread, reader.available()]).toEqual([3, 3])
  })
})

describe('a stream', () => {
  /** Looks at shared memory, and at what passes the time, of one call. */
  function loadsOf(act: () => void): number {
    const load = vi.spyOn(Atomics, 'load')
    try {
      act()
      return load.mock.calls.length
    } finally {
      load.mockRestore()
    }
  }

  it('is given time to gather when few messages were there, and none when nothing was', () => {
    const { reader, write } = ringWith([60])
    expect(loadsOf(() => reader.availableInStream())).toBe(1)
    reader.read()
    write([60])
    expect(loadsOf(() => expect(reader.availableInStream()).toBe(1))).toBe(17)
    expect(loadsOf(() => reader.availableInStream())).toBe(0)
    reader.read()
    expect(loadsOf(() => expect(reader.availableInStream()).toBe(0))).toBe(33)
    expect(loadsOf(() => reader.availableInStream())).toBe(1)
  })

  it('is not waited for by who only looks, or stops looking', () => {
    const { reader, write } = ringWith([60])
    reader.availableInStream()
    reader.read()
    expect(loadsOf(() => reader.available())).toBe(1)
    expect(loadsOf(() => reader.unread)).toBe(1)
    // And the spare segment.
    expect(loadsOf(() => expect(reader.park()).toBe(true))).toBe(2)
    write([60])
    expect(reader.availableInStream()).toBe(1)
  })
})

describe('messages that are lent', () => {
  it('are left in shared memory, as many in one go as lie in one segment', () => {
    const { arena, heap, reader } = ringWith(...times(1000, [60]))
    const segments = heap.allocated.length
    let [lent, borrowed] = [0, 0]
    for (; reader.available() > 0; borrowed++) {
      const { messages, segmentRef, blocks } = reader.borrow(1000, OWNER)
      expect([segmentRef > 0, blocks]).toEqual([true, []])
      for (const frame of messages.flat()) {
        if (frame.buffer !== arena.buffer) throw new Error('A frame was copied')
      }
      lent += messages.length
    }
    expect([lent, borrowed]).toEqual([1000, segments])
  })

  it('are no more than were asked for', () => {
    const { reader } = ringWith(...times(5, [60]))
    expect(reader.available()).toBe(5)
    expect(reader.borrow(3, OWNER).messages.length).toBe(3)
    expect([reader.available(), reader.unreleased]).toEqual([2, 0])
  })

  it('have their long frames in blocks, and others behind them are lent with them', () => {
    const { arena, heap, reader } = ringWith([60], [INLINE_BYTES + 1], [60], [60])
    expect(reader.available()).toBe(4)
    const { messages, blocks } = reader.borrow(4, OWNER)
    expect(messages.map(([frame]) => frame!.length)).toEqual([60, INLINE_BYTES + 1, 60, 60])
    expect(messages.every(([frame]) => frame!.buffer === arena.buffer)).toBe(true)
    expect(blocks.map((ref) => heap.ownerOf(ref))).toEqual([OWNER])
  })

  it('may be lent frame by frame', () => {
    const { arena, heap, reader } = ringWith([60, INLINE_BYTES + 1, 0])
    expect(reader.available()).toBe(1)
    const frames = reader.readShared(OWNER)
    expect(frames.map(({ data }) => data.length)).toEqual([60, INLINE_BYTES + 1, 0])
    expect(frames.map(({ data }) => data.buffer === arena.buffer)).toEqual([true, true, true])
    const [first, second, third] = frames
    expect([first!.blockRef, third!.blockRef, second!.segmentRef]).toEqual([0, 0, 0])
    expect(heap.ownerOf(second!.blockRef)).toBe(OWNER)
    expect(reader.isPinned).toBe(true)
    for (const { segmentRef } of [first!, third!]) reader.unpin(segmentRef, 0)
    expect(reader.isPinned).toBe(false)
  })

  it('may be lent in blocks only, with the other frames copied', () => {
    const { arena, heap, reader } = ringWith([60, INLINE_BYTES + 1, 0])
    expect(reader.available()).toBe(1)
    const parts = reader.readParts(OWNER)
    expect(parts.map(({ data }) => data.length)).toEqual([60, INLINE_BYTES + 1, 0])
    expect(parts.map(({ data }) => data.buffer === arena.buffer)).toEqual([false, true, false])
    expect(parts.map(({ blockRef }) => blockRef > 0)).toEqual([false, true, false])
    expect(heap.ownerOf(parts[1]!.blockRef)).toBe(OWNER)
    expect(reader.isPinned).toBe(false)
  })

  it('are the reader’s own when they had been copied out before', () => {
    const { arena, reader } = ringWith(...times(3, [60]))
    expect(reader.available()).toBe(3)
    reader.read()
    const [frame] = reader.readShared(OWNER)
    expect(frame).toMatchObject({ blockRef: 0, segmentRef: 0 })
    expect(frame!.data.buffer).not.toBe(arena.buffer)
    expect(reader.isPinned).toBe(false)
  })
})

describe('messages that are read', () => {
  it('are private copies, cut from a few buffers when they are small', () => {
    const { arena, reader } = ringWith(...times(1000, [30, 30]))
    const messages: Buffer[][] = []
    while (reader.available() > 0) reader.readMany(messages, 7)
    const buffers = new Set(messages.flat().map(({ buffer }) => buffer))
    expect([messages.length, buffers.has(arena.buffer as never)]).toEqual([1000, false])
    expect(buffers.size).toBeLessThan(20)
    // So much one small message keeps alive at most.
    for (const { byteLength } of buffers) {
      expect(byteLength).toBeLessThanOrEqual(segment.largestBytes)
    }
  })

  it('are not taken from what a segment held before', () => {
    // However many lie in it when it is used anew: behind them is what was left of the last time.
    for (let count = 2; count < 30; count++) {
      const { reader, write } = ringWith()
      for (let round = 0; round < 20; round++) {
        for (let n = 1; n <= count; n++) write([n])
        const lengths: number[] = []
        // The first is copied, and perhaps others with it; the rest is lent where it is not.
        expect(reader.available()).toBe(count)
        lengths.push(reader.read()[0]!.length)
        while (lengths.length < count) {
          const { messages, segmentRef } = reader.borrow(count, OWNER)
          for (const [frame] of messages) lengths.push(frame!.length)
          reader.unpin(segmentRef, messages.length)
        }
        expect(lengths).toEqual(Array.from({ length: count }, (_, i) => i + 1))
        reader.release(0)
      }
    }
  })

  it('tell whether the next one is copied with others', () => {
    const { reader, write } = ringWith([30], [30, 40], [INLINE_BYTES + 1], [30])
    const isSmall: boolean[] = []
    while (reader.available() > 0) {
      isSmall.push(reader.isNextSmall())
      reader.skip()
    }
    expect(isSmall).toEqual([true, true, false, true])
    write([20, INLINE_BYTES + 1])
    expect([reader.available(), reader.isNextSmall()]).toEqual([1, false])
    expect(reader.read().map(({ length }) => length)).toEqual([20, INLINE_BYTES + 1])
  })
})

describe('a reader that parks', () => {
  it('leaves no memory in use but the segment that messages are in', () => {
    const { heap, reader } = ringWith(...times(100, [60]))
    while (reader.available() > 0) reader.read()
    const last = heap.allocated.at(-1)!
    expect(heap.usedBytes()).toBeGreaterThan(last)
    expect(reader.park()).toBe(true)
    expect(heap.usedBytes()).toBe(last)
    expect(reader.park()).toBe(true)
  })
})
