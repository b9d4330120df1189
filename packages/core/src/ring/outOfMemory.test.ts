import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { directionAt } from '../memory/pipeTable.ts'
import { header, ownedByThread, PAGE_BYTES } from '../memory/layout.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { LatestValueReader, LatestValueWriter } from './latestValue.ts'
import { INLINE_BYTES, record, segment } from './recordLayout.ts'
import { RingReader } from './ringReader.ts'
import { RingWriter } from './ringWriter.ts'
import { withMemoryFor } from './scarceMemory.test-support.ts'
import { Slab } from './slab.ts'

const [SLOT, PIPE] = [1, 0]

describe('a ring without memory', () => {
  const outOfMemory = expect.objectContaining({ code: 'ENOMEM' })

  it('takes no block where it has no room to name it', () => {
    const arena = smallArena(3)
    const heap = new Heap(arena, SLOT)
    heap.allocate(3 * PAGE_BYTES, ownedByThread(SLOT))
    const writer = new RingWriter(heap, PIPE, directionAt(arena, PIPE, 0))
    expect(() => writer.frame(Buffer.alloc(PAGE_BYTES), 0)).toThrow(outOfMemory)
    expect(heap.usedBytes()).toBe(3 * PAGE_BYTES)
  })

  it('keeps the segment that a block found no memory for, and tells nobody who waits for some', () => {
    const arena = smallArena(4)
    const table = new ThreadTable(arena)
    const heap = new Heap(arena, SLOT)
    const taken = heap.allocate(2 * PAGE_BYTES, ownedByThread(SLOT))
    const at = directionAt(arena, PIPE, 0)
    const [writer, reader] = [
      new RingWriter(heap, PIPE, at),
      new RingReader(heap, new Slab(), PIPE, at),
    ]
    // The first segment is full: the next message wants another one, for which there is the last page.
    writer.frame(Buffer.alloc(segment.smallestBytes - 32), 0)
    writer.commit()
    table.awaitMemory(table.claim(1, -1))
    const [first, second, third] = [1, 2, 3].map(() => {
      expect(() => writer.frame(Buffer.alloc(PAGE_BYTES), 0)).toThrow(outOfMemory)
      return heap.usedBytes()
    })
    expect([second, third]).toEqual([first, first])
    expect(arena.words[header.memoryAwaited]).toBe(1)
    heap.free(taken, ownedByThread(SLOT))
    expect(arena.words[header.memoryAwaited]).toBe(0)
    writer.frame(Buffer.alloc(PAGE_BYTES, 'a'), 0)
    writer.commit()
    writer.publish()
    reader.read()
    expect(String(reader.read()).length).toBe(PAGE_BYTES)
    reader.leave()
    new RingReader(heap, new Slab(), PIPE, at).discard()
    expect(heap.usedBytes()).toBe(0)
  })
})

describe('what was received', () => {
  it('stays readable for others when the buffer of one frame is transferred', () => {
    const arena = smallArena(16)
    const heap = new Heap(arena, SLOT)
    const at = directionAt(arena, PIPE, 0)
    const [writer, reader] = [
      new RingWriter(heap, PIPE, at),
      new RingReader(heap, new Slab(), PIPE, at),
    ]
    for (const text of ['first', 'second', 'third']) {
      writer.frame(Buffer.from(text), 0)
      writer.commit()
    }
    writer.publish()
    expect(reader.available()).toBe(3)
    const [first] = reader.read()
    try {
      // Some versions of Node refuse, some copy instead.
      structuredClone(first, { transfer: [first!.buffer as ArrayBuffer] })
    } catch (error) {
      expect(error).toMatchObject({ name: 'DataCloneError' })
    }
    expect(String(first)).toBe('first')
    expect([String(reader.read()), String(reader.read())]).toEqual(['second', 'third'])
  })
})

describe('a reader that is left with lent messages', () => {
  it('frees the segments that it has left and not been given back', () => {
    const arena = smallArena(16)
    const heap = new Heap(arena, SLOT)
    const at = directionAt(arena, PIPE, 0)
    const writer = new RingWriter(heap, PIPE, at)
    for (let n = 0; n < 200; n++) {
      writer.frame(Buffer.alloc(INLINE_BYTES / 16), 0)
      writer.commit()
    }
    writer.publish()
    const reader = new RingReader(heap, new Slab(), PIPE, at)
    while (reader.available() > 0) reader.borrow(10, ownedByThread(SLOT))
    expect(reader.isPinned).toBe(true)
    reader.leave()
    new RingReader(heap, new Slab(), PIPE, at).discard()
    expect(heap.usedBytes()).toBe(0)
  })
})

describe('a reader that lends without memory for a copy', () => {
  /** Of several frames, those in the ring are copied; of this size, each into a buffer of its own. */
  const COPIED_BYTES = 5000

  it('ends before the message, and leaves it whole', () => {
    const arena = smallArena(16)
    const heap = new Heap(arena, SLOT)
    const at = directionAt(arena, PIPE, 0)
    const owner = ownedByThread(SLOT)
    const writer = new RingWriter(heap, PIPE, at)
    writer.frame(Buffer.from('first'), 0)
    writer.commit()
    writer.frame(Buffer.alloc(2 * INLINE_BYTES, 'a'), record.more)
    writer.frame(Buffer.alloc(COPIED_BYTES, 'b'), 0)
    writer.commit()
    writer.publish()
    const reader = new RingReader(heap, new Slab(), PIPE, at)
    const lengths: number[][] = []
    const borrow = (): void => {
      const { messages, segmentRef, blocks } = reader.borrow(reader.available(), owner)
      for (const message of messages) lengths.push(message.map(({ length }) => length))
      for (const ref of blocks) expect(heap.free(ref, owner)).toBe(true)
      reader.unpin(segmentRef, messages.length)
    }
    expect(withMemoryFor(0, borrow)).toBe(true)
    expect(lengths).toEqual([[5]])
    expect(withMemoryFor(0, borrow)).toBe(false)
    expect(withMemoryFor(0, () => reader.readParts(owner))).toBe(false)
    expect(reader.isPinned).toBe(false)
    borrow()
    expect(lengths).toEqual([[5], [2 * INLINE_BYTES, COPIED_BYTES]])
    reader.leave()
    new RingReader(heap, new Slab(), PIPE, at).discard()
    expect(heap.usedBytes()).toBe(0)
  })
})

describe('the latest value', () => {
  function conflating() {
    const arena = smallArena(16)
    const heap = new Heap(arena, SLOT)
    const at = directionAt(arena, PIPE, 0)
    const writer = new LatestValueWriter(heap, PIPE, at)
    const write = (text: string): void => {
      writer.frame(Buffer.from(text), 0)
      writer.commit()
    }
    return { heap, write, reader: new LatestValueReader(heap, PIPE, at) }
  }

  it('waits on where there is no memory to copy it', () => {
    const { heap, write, reader } = conflating()
    write('first')
    expect(withMemoryFor(0, () => reader.read())).toBe(false)
    expect(reader.read().map(String)).toEqual(['first'])
    expect([reader.available(), heap.usedBytes()]).toEqual([0, 0])
  })

  it('is the one that was written meanwhile', () => {
    const { heap, write, reader } = conflating()
    write('first')
    expect(
      withMemoryFor(
        0,
        () => reader.read(),
        () => write('second'),
      ),
    ).toBe(false)
    expect(reader.read().map(String)).toEqual(['second'])
    expect([reader.available(), heap.usedBytes()]).toEqual([0, 0])
  })
})
