import { describe, expect, it } from 'vitest'
import { AuditedHeap } from '../memory/auditedHeap.test-support.ts'
import { ownedByThread, PAGE_BYTES } from '../memory/layout.ts'
import { directionAt } from '../memory/pipeTable.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { INLINE_BYTES, record, recordBytes, segment } from './recordLayout.ts'
import { RingReader } from './ringReader.ts'
import { RingWriter } from './ringWriter.ts'
import { Slab } from './slab.ts'

const [SLOT, PIPE] = [1, 3]
const OWNER = ownedByThread(SLOT)

function newRing(heapPages = 64, firstPage?: number) {
  const arena = smallArena(heapPages, firstPage)
  const heap = new AuditedHeap(arena, SLOT)
  const at = directionAt(arena, PIPE, 0)
  const writer = new RingWriter(heap, PIPE, at)
  const reader = new RingReader(heap, new Slab(), PIPE, at)
  const write = (frame: Uint8Array): void => {
    writer.frame(frame, 0)
    writer.commit()
    writer.publish()
  }
  const read = (messages: number): void => {
    for (let n = 0; n < messages; n++) {
      if (reader.available() === 0) throw new Error('There is nothing to read')
      reader.read()
    }
    reader.release(0)
  }
  /** Writes and reads, so that as many messages as now are left unread all the time. */
  const flow = (messages: number): void => {
    for (let n = 0; n < messages; n++) {
      write(MESSAGE)
      read(1)
    }
  }
  const end = (): void => {
    reader.leave()
    new RingReader(heap, new Slab(), PIPE, at).discard()
    expect(heap.usedBytes()).toBe(0)
  }
  return { heap, writer, reader, write, read, flow, end }
}

const MESSAGE = Buffer.alloc(100)
/** What of a segment is not for the payload of the one record in it: a hop has its place too. */
const OVERHEAD = segment.data + 2 * record.headerBytes

describe('the payloads of a ring', () => {
  it('are aligned to 8 bytes, where they lie and where they are copied to', () => {
    const { heap, writer, reader, end } = newRing()
    const sizes = [1, 8, 13, 0, 5000, 16, INLINE_BYTES + 1, 3]
    const placesOf = (read: () => { byteOffset: number }[]): number[] =>
      sizes.flatMap(() => read().map(({ byteOffset }) => byteOffset % 8))
    for (let round = 0; round < 2; round++) {
      for (const size of sizes) {
        writer.frame(Buffer.alloc(size), 0)
        writer.commit()
      }
      writer.publish()
      const lend = (): Buffer[] =>
        reader.readShared(OWNER).map(({ data, blockRef, segmentRef }) => {
          if (blockRef !== 0) heap.free(blockRef, OWNER)
          if (segmentRef !== 0) reader.unpin(segmentRef, 0)
          return data
        })
      expect(reader.available()).toBe(sizes.length)
      expect(placesOf(round === 0 ? () => reader.read() : lend)).toEqual(sizes.map(() => 0))
    }
    reader.release(0)
    end()
  })
})

describe('the segments of a ring', () => {
  it.each([
    ['at the beginning of the heap', undefined],
    ['behind its first GiB, where another view of it begins', 2 ** 30 / PAGE_BYTES],
  ])('are a few small ones that go round while the reader keeps up, %s', (_, firstPage) => {
    const { heap, flow, end } = newRing(64, firstPage)
    flow(2000)
    expect(heap.allocated.length).toBeLessThanOrEqual(3)
    expect(heap.usedBytes()).toBeLessThanOrEqual(3 * segment.smallestBytes)
    end()
  })

  it('are filled to their ends', () => {
    const { heap, write, read, end } = newRing()
    const room = segment.smallestBytes - segment.data - record.headerBytes
    for (const bytes of [500, room - 500]) write(Buffer.alloc(bytes - recordBytes(0)))
    expect(heap.allocated).toEqual([segment.smallestBytes])
    read(2)
    end()
  })

  it('grow as soon as the reader is behind, so that a backlog is in few pieces', () => {
    const { heap, write, end } = newRing()
    const messages = 10_000
    for (let n = 0; n < messages; n++) write(MESSAGE)
    const [first, second] = heap.allocated
    expect([first, second! > first!]).toEqual([segment.smallestBytes, true])
    const payload = messages * recordBytes(MESSAGE.length)
    expect(heap.allocated.length).toBeLessThan(payload / segment.largestBytes + 10)
    expect(Math.max(...heap.allocated)).toBe(segment.largestBytes)
    expect(heap.usedBytes()).toBeLessThan(payload + 2 * segment.largestBytes)
    end()
  })

  it('are small again some time after the reader has caught up', () => {
    const { heap, write, read, flow, end } = newRing()
    for (let n = 0; n < 5000; n++) write(MESSAGE)
    read(5000)
    flow(2000)
    expect(heap.usedBytes()).toBeLessThanOrEqual(8 * segment.smallestBytes)
    const before = heap.allocated.length
    flow(2000)
    expect(heap.allocated.length).toBe(before)
    end()
  })

  it('stay as they are while the reader is a little behind', () => {
    const { heap, write, read, flow, end } = newRing()
    const behind = 30
    for (let n = 0; n < 5 * behind; n++) write(MESSAGE)
    read(4 * behind)
    const size = heap.allocated.at(-1)!
    const messagesOfSegment = size / recordBytes(MESSAGE.length)
    expect(behind).toBeLessThan(messagesOfSegment / 2)
    expect(behind).toBeGreaterThan(messagesOfSegment / 16)
    const before = heap.allocated.length
    flow(3000)
    // One more, so that two can go round.
    expect(heap.allocated.slice(before)).toEqual([size])
    end()
  })

  it('stay large enough for what is published together, though all of it is read each time', () => {
    const { heap, writer, read, end } = newRing()
    const burst = 400
    const flow = (times: number): void => {
      for (let n = 0; n < times * burst; n++) {
        writer.frame(MESSAGE, 0)
        writer.commit()
        if ((n + 1) % burst !== 0) continue
        writer.publish()
        read(burst)
      }
    }
    flow(4)
    expect(heap.allocated.at(-1)).toBe(segment.largestBytes)
    const before = heap.allocated.length
    flow(20)
    expect(heap.allocated.length).toBe(before)
    end()
  })

  it.each([
    ['the smallest, where a frame just fits', segment.smallestBytes - OVERHEAD, [1]],
    ['twice as large, where it just does not', segment.smallestBytes - OVERHEAD + 1, [2]],
    ['as large as a frame wants', 4 * segment.smallestBytes - OVERHEAD, [4]],
  ])('are %s', (_, length, sizes) => {
    const { heap, write, read, end } = newRing()
    write(Buffer.alloc(length))
    expect(heap.allocated).toEqual(sizes.map((size) => size * segment.smallestBytes))
    read(1)
    end()
  })

  it('begin small again after a large frame that nobody lags behind', () => {
    const { heap, write, read, flow, end } = newRing()
    write(Buffer.alloc(INLINE_BYTES))
    read(1)
    flow(2000)
    expect(heap.usedBytes()).toBeLessThanOrEqual(8 * segment.smallestBytes)
    end()
  })
})

describe('a frame', () => {
  it.each(['one by one', 'many at once'])(
    'is in a block of its own only when it is long, written %s',
    (how) => {
      const { heap, writer, reader, write, read, end } = newRing()
      // Segments are so long now that a longer frame would find a place in them.
      for (let n = 0; n < 2000; n++) write(MESSAGE)
      read(2000)
      const lengths = [INLINE_BYTES + 1, INLINE_BYTES, 2 * INLINE_BYTES, 10]
      const frames = lengths.map((length) => Buffer.alloc(length, length))
      if (how === 'one by one') for (const frame of frames) write(frame)
      else writer.writeMany(frames, 0, 0)
      writer.publish()
      for (const frame of frames) {
        expect(reader.available()).toBeGreaterThan(0)
        const [lent] = reader.readShared(OWNER)
        const { data, blockRef, segmentRef } = lent!
        expect([data.length, Buffer.compare(data, frame)]).toEqual([frame.length, 0])
        const isLong = frame.length > INLINE_BYTES
        expect([blockRef > 0, segmentRef > 0]).toEqual([isLong, !isLong])
        if (isLong) heap.free(blockRef, OWNER)
        else reader.unpin(segmentRef, 0)
      }
      end()
    },
  )
})

describe('a ring without memory', () => {
  /** A ring in a heap with so many pages, of which others take all but some. */
  function withPagesLeft(pages: number) {
    const ring = newRing(8)
    const taken = ring.heap.allocate((8 - pages) * PAGE_BYTES, OWNER)
    return { ...ring, giveBack: () => ring.heap.free(taken, OWNER) }
  }

  it('says of a long frame how much it wants, and goes on when there is memory', () => {
    const { heap, writer, write, read, giveBack, end } = withPagesLeft(1)
    const before = heap.usedBytes()
    expect(() => writer.frame(Buffer.alloc(3 * PAGE_BYTES), 0)).toThrow(
      expect.objectContaining({
        code: 'ENOMEM',
        message: expect.stringContaining(`${3 * PAGE_BYTES} bytes`),
      }),
    )
    writer.rollback()
    expect(heap.usedBytes()).toBe(before + segment.smallestBytes)
    write(MESSAGE)
    read(1)
    giveBack()
    write(Buffer.alloc(3 * PAGE_BYTES))
    read(1)
    end()
  })

  it('says of a segment how much it wants, and begins small when there is memory', () => {
    const { heap, writer, write, read, giveBack, end } = withPagesLeft(0)
    expect(() => writer.frame(MESSAGE, 0)).toThrow(
      expect.objectContaining({
        code: 'ENOMEM',
        message: expect.stringContaining(`${segment.smallestBytes} bytes`),
      }),
    )
    writer.rollback()
    giveBack()
    write(MESSAGE)
    read(1)
    expect(heap.allocated.at(-1)).toBe(segment.smallestBytes)
    end()
  })

  it('takes back what it had written of a message that found no memory for its end', () => {
    const { heap, writer, write, read, giveBack, end } = withPagesLeft(3)
    write(MESSAGE)
    const before = heap.usedBytes()
    writer.frame(Buffer.alloc(INLINE_BYTES + 1), record.more)
    writer.frame(Buffer.alloc(1000), record.more)
    expect(() => writer.frame(Buffer.alloc(2 * PAGE_BYTES), 0)).toThrow(
      expect.objectContaining({ code: 'ENOMEM' }),
    )
    writer.rollback()
    // The segment that it had begun is kept for the next try.
    expect(heap.usedBytes()).toBe(before + heap.allocated.at(-2)!)
    write(MESSAGE)
    read(2)
    giveBack()
    end()
  })
})

describe('a batch', () => {
  /** Counts how often elements of an array are looked at. */
  function counted(messages: readonly unknown[]) {
    const looks = { count: 0 }
    const watched = new Proxy(messages, {
      get: (target, key) => {
        if (key !== 'length') looks.count++
        return Reflect.get(target, key) as unknown
      },
    })
    return { watched, looks }
  }

  it('is not looked through for each message that is not of bytes', () => {
    const { writer } = newRing()
    const { watched, looks } = counted(Array.from({ length: 1000 }, (_, n) => `text ${n}`))
    expect(writer.packMany(watched, 0, 0)).toBe(0)
    expect(looks.count).toBeLessThan(5)
  })

  it('is not looked through beyond what is not of bytes, after a large message', () => {
    const { writer } = newRing(256)
    const mixed = Array.from({ length: 1000 }, (_, n) =>
      n % 2 === 0 ? Buffer.alloc(3000) : 'text',
    )
    const { watched, looks } = counted(mixed)
    expect(writer.packMany(watched, 0, 0)).toBe(1)
    expect(looks.count).toBeLessThan(20)
  })

  it('of large messages is looked through as far as there is room for them', () => {
    const { writer, read, end } = newRing(256)
    const { watched, looks } = counted(Array.from({ length: 1000 }, () => Buffer.alloc(3000)))
    let sent = 0
    for (let round = 1; round <= 4; round++) {
      sent = writer.packMany(watched, sent, 10)
      expect(sent).toBe(10 * round)
      writer.publish()
      read(10)
    }
    expect(looks.count).toBeLessThan(40 * 10)
    end()
  })
})
