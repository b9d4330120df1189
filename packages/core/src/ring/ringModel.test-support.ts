import fc from 'fast-check'
import type { Arena } from '../memory/arena.ts'
import { AuditedHeap } from '../memory/auditedHeap.test-support.ts'
import { direction, ownedByThread, pipe, UNIT_BYTES } from '../memory/layout.ts'
import { directionAt, pipeAt } from '../memory/pipeTable.ts'
import { span } from './frameSpans.ts'
import { PACK_BYTES, packed, unpack } from './packedFrames.ts'
import { INLINE_BYTES, record, segment } from './recordLayout.ts'
import { RingReader } from './ringReader.ts'
import { RingWriter } from './ringWriter.ts'
import { withMemoryFor } from './scarceMemory.test-support.ts'
import { Slab } from './slab.ts'

/** The sizes of one message's frames. */
export type Sizes = readonly number[]

const [WRITER, READER] = [0, 1]
const [WRITERS, READERS] = [ownedByThread(WRITER), ownedByThread(READER)]

type Reading = 'read' | 'readMany' | 'readParts' | 'borrow'

/** One step of a writer or reader. Where it is not allowed in a state, it does nothing. */
export type Step =
  | { do: 'write'; sizes: Sizes; blocks: boolean }
  | { do: 'writeMany' | 'packMany'; sizes: Sizes; limit: number }
  | { do: 'pack'; messages: readonly Sizes[]; isLong: boolean; behind: number }
  | { do: 'rollback'; sizes: Sizes }
  | { do: 'publish' }
  | { do: 'parkWriter'; limit: number }
  | { do: 'read' }
  | { do: 'readParts' }
  | { do: 'failToRead'; how: Reading; copies: number }
  | { do: 'readMany'; limit: number }
  | { do: 'transfer'; limit: number }
  | { do: 'readShared' }
  | { do: 'borrow'; limit: number }
  | { do: 'giveBack'; which: number }
  | { do: 'skip' }
  | { do: 'release'; lowWaterMark: number }
  | { do: 'parkReader' }
  | { do: 'unparkReader' }

/** Records that just fit a segment, and those that just do not; frames that just get a block. */
const edges = [1024, 4096, 16_384].flatMap((bytes) =>
  [-20, -17, -16, -15, -12].map((d) => bytes + d),
)
const frameBytes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 70 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2500 }) },
  { weight: 2, arbitrary: fc.constantFrom(...edges, INLINE_BYTES, INLINE_BYTES + 1) },
  { weight: 1, arbitrary: fc.integer({ min: 8000, max: 40_960 }) },
)
const message = fc.oneof(
  { weight: 3, arbitrary: fc.array(frameBytes, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(frameBytes, { minLength: 2, maxLength: 6 }) },
)
const limit = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }))
const count = fc.integer({ min: 1, max: 40 })
const step = (weight: number, arbitrary: fc.Arbitrary<Step>): fc.WeightedArbitrary<Step> => ({
  weight,
  arbitrary,
})

export const steps = fc.array(
  fc.oneof(
    step(8, fc.record({ do: fc.constant('write'), sizes: message, blocks: fc.boolean() })),
    step(
      4,
      fc.record({
        do: fc.constantFrom('writeMany', 'packMany'),
        sizes: fc.array(frameBytes, { maxLength: 40 }),
        limit,
      }),
    ),
    step(
      4,
      fc.record({
        do: fc.constant('pack'),
        messages: fc.array(message, { minLength: 1, maxLength: 10 }),
        isLong: fc.boolean(),
        behind: fc.nat(5),
      }),
    ),
    step(2, fc.record({ do: fc.constant('rollback'), sizes: message })),
    step(8, fc.record({ do: fc.constant('publish') })),
    step(1, fc.record({ do: fc.constant('parkWriter'), limit })),
    step(4, fc.record({ do: fc.constant('read') })),
    step(2, fc.record({ do: fc.constant('readParts') })),
    step(
      3,
      fc.record({
        do: fc.constant('failToRead'),
        how: fc.constantFrom('read', 'readMany', 'readParts', 'borrow'),
        copies: fc.nat(3),
      }),
    ),
    step(3, fc.record({ do: fc.constant('readMany'), limit: count })),
    step(3, fc.record({ do: fc.constant('transfer'), limit: count })),
    step(3, fc.record({ do: fc.constant('readShared') })),
    step(3, fc.record({ do: fc.constant('borrow'), limit: count })),
    step(4, fc.record({ do: fc.constant('giveBack'), which: fc.nat(7) })),
    step(2, fc.record({ do: fc.constant('skip') })),
    step(2, fc.record({ do: fc.constant('release'), lowWaterMark: fc.nat(10) })),
    step(1, fc.record({ do: fc.constant('parkReader') })),
    step(1, fc.record({ do: fc.constant('unparkReader') })),
  ),
  { maxLength: 100, size: 'max' },
)

/** Something lent that has to stay as it is until it is given back. */
interface Lent {
  readonly frames: readonly Buffer[]
  readonly expected: readonly Buffer[]
  giveBack(): void
  /** Messages that count as unread while they are lent. */
  readonly held: number
}

/** A ring and what it ought to do: a queue of messages, and some counts. */
export class RingModel {
  readonly writer: RingWriter
  readonly reader: RingReader
  readonly #heaps: readonly AuditedHeap[]
  readonly #at: number
  readonly #pipeId: number
  /** Written, and not yet published. */
  #unpublished: Buffer[][] = []
  readonly #queue: Buffer[][] = []
  /** How many of the queue the reader knows of; it looks again when it has read them all. */
  #seen = 0
  readonly #lent: Lent[] = []
  #held = 0
  #read = 0
  #released = 0
  #written = 0
  #isWriterParked = false
  #isReaderParked = false
  #seed = 0

  constructor(arena: Arena, pipeId: number) {
    const at = pipeAt(arena, pipeId)
    arena.words.fill(0, at, at + pipe.words)
    this.#heaps = [new AuditedHeap(arena, WRITER), new AuditedHeap(arena, READER)]
    this.#at = directionAt(arena, pipeId, 0)
    this.#pipeId = pipeId
    this.writer = new RingWriter(this.#heaps[WRITER]!, pipeId, this.#at)
    this.reader = new RingReader(this.#heaps[READER]!, new Slab(), pipeId, this.#at)
  }

  take(next: Step): void {
    switch (next.do) {
      case 'write':
        return this.#write(next.sizes, next.blocks)
      case 'writeMany':
      case 'packMany':
        return this.#writeMany(next.do, next.sizes, next.limit)
      case 'pack':
        return this.#writePack(next.messages, next.isLong, next.behind)
      case 'rollback':
        return this.#rollback(next.sizes)
      case 'publish':
        return this.#publish()
      case 'parkWriter':
        return this.#parkWriter(next.limit)
      case 'read':
        return this.#whenAvailable(() => this.#took(this.reader.read()))
      case 'readParts':
        return this.#whenAvailable(() => this.#readParts())
      case 'failToRead':
        return this.#whenAvailable(() => this.#failToRead(next.how, next.copies))
      case 'readMany':
        return this.#readMany(next.limit)
      case 'transfer':
        return this.#whenAvailable(() => this.#transfer(next.limit))
      case 'readShared':
        return this.#whenAvailable(() => this.#readShared())
      case 'borrow':
        return this.#whenAvailable(() => this.#borrow(next.limit))
      case 'giveBack':
        return this.#giveBack(next.which)
      case 'skip':
        return this.#whenAvailable(() => {
          this.reader.skip()
          this.#shift()
        })
      case 'release':
        return this.#release(next.lowWaterMark)
      case 'parkReader':
        return this.#parkReader()
      case 'unparkReader':
        Atomics.store(this.#heaps[READER]!.arena.words, this.#at + direction.readerParked, 0)
        this.#isReaderParked = false
    }
  }

  /** What holds at any time. */
  check(): void {
    same(this.writer.backlog, (this.#written - this.#released) | 0)
    same(this.reader.unreleased, this.#read - this.#held - this.#released)
    const waiting = this.#written - this.#released
    same(this.writer.hasRoom(0), true)
    same(this.writer.hasRoom(waiting + 1), true)
    same(this.writer.room(0), Infinity)
    same(this.writer.room(waiting + 1) >= 1, true)
    if (waiting > 0) same(this.writer.room(waiting), 0)
    if (waiting > 0) same(this.writer.hasRoom(waiting), false)
    same(this.reader.isPinned, this.#lent.length > 0)
  }

  /** Both sides close; what is left is thrown away by a third. */
  end(): void {
    while (this.#lent.length > 0) this.#giveBack(0)
    this.writer.publish()
    this.reader.leave()
    new RingReader(this.#heaps[WRITER]!, new Slab(), this.#pipeId, this.#at).discard()
  }

  /** Writes frames; `refs` are the blocks among them that were filled in place. */
  #frames(sizes: Sizes, blocks: boolean): { frames: Buffer[]; refs: number[] } {
    const refs: number[] = []
    const frames = sizes.map((bytes, i) => {
      const frame = this.#content(bytes)
      const flags = i < sizes.length - 1 ? record.more : 0
      if (blocks && i % 2 === 0) refs.push(this.#block(frame, flags))
      else this.writer.frame(frame, flags)
      return frame
    })
    return { frames, refs }
  }

  #block(frame: Buffer, flags: number): number {
    const heap = this.#heaps[WRITER]!
    const ref = heap.allocate(Math.max(frame.length, 1), WRITERS)
    heap.bytes(ref, frame.length).set(frame)
    this.writer.block(ref, frame.length, flags)
    return ref
  }

  #rollback(sizes: Sizes): void {
    const { refs } = this.#frames(sizes, true)
    this.writer.rollback()
    for (const ref of refs) same(this.#heaps[WRITER]!.free(ref, WRITERS), true)
  }

  #content(bytes: number): Buffer {
    const frame = Buffer.alloc(bytes)
    const seed = (this.#seed += 7)
    for (let i = 0; i < bytes; i++) frame[i] = seed + i * 3
    return frame
  }

  #write(sizes: Sizes, blocks: boolean): void {
    const { frames, refs } = this.#frames(sizes, blocks)
    for (const ref of refs) this.writer.adopt(ref, WRITERS)
    this.#unpublished.push(frames)
    this.writer.commit()
    this.#written++
  }

  #writeMany(how: 'writeMany' | 'packMany', sizes: Sizes, limit: number): void {
    const messages = sizes.map((bytes) => this.#content(bytes))
    const room = limit === 0 ? Infinity : Math.max(limit - (this.#written - this.#released), 0)
    const stop = Math.min(messages.length, room)
    // It stops at the end, and at something else than bytes.
    const behind = sizes.length % 2 === 0 ? [] : [{}, Buffer.from('behind')]
    same(this.writer[how]([{}, ...messages, ...behind], 1, limit), stop + 1)
    this.#written += stop
    for (const frame of messages.slice(0, stop)) this.#unpublished.push([frame])
  }

  /**
   * @param isLong whether short frames have a long length, too
   * @param behind so many bytes follow the last frame
   */
  #writePack(messages: readonly Sizes[], isLong: boolean, behind: number): void {
    const pieces: Buffer[] = []
    const packs: Buffer[][] = []
    let bytes = 0
    for (const sizes of messages) {
      const frames = sizes.map((size) => this.#content(size))
      const message = frames.flatMap((frame, i) => [
        headerOf(frame.length, i < frames.length - 1, isLong),
        frame,
      ])
      const length = Buffer.concat(message).length
      if (bytes + length > PACK_BYTES || sizes.some((size) => size > INLINE_BYTES)) continue
      bytes += length
      pieces.push(...message)
      packs.push(frames)
    }
    if (packs.length === 0) return
    const memory = new Uint8Array(
      Buffer.concat([Buffer.of(1, 2, 3), ...pieces, Buffer.alloc(behind)]),
    )
    const from = { bytes: memory, view: new DataView(memory.buffer) }
    this.writer.pack(from, 3, bytes, packs.length)
    this.#written += packs.length
    this.#unpublished.push(...packs)
  }

  #publish(): void {
    const wakes = this.#isReaderParked && this.#unpublished.length > 0
    same(this.writer.publish(), wakes)
    if (wakes) this.#isReaderParked = false
    this.#queue.push(...this.#unpublished)
    this.#unpublished = []
  }

  #parkWriter(limit: number): void {
    const isFull = limit > 0 && this.#written - this.#released >= limit
    same(this.writer.park(limit), isFull)
    this.#isWriterParked = isFull
  }

  #whenAvailable(act: () => void): void {
    if (this.#look() > 0) act()
  }

  #look(): number {
    if (this.#seen === 0) this.#seen = this.#queue.length
    same(this.reader.available(), this.#seen)
    return this.#seen
  }

  #shift(): Buffer[] {
    this.#read++
    this.#seen--
    return this.#queue.shift()!
  }

  #took(message: readonly Buffer[]): void {
    expectSame(message, this.#shift())
  }

  #readMany(limit: number): void {
    const messages: Buffer[][] = []
    const expected = Math.min(limit, this.#look())
    this.reader.readMany(messages, limit)
    same(messages.length, expected)
    for (const message of messages) this.#took(message)
  }

  #transfer(limit: number): void {
    const messages: Buffer[][] = []
    let frames: Buffer[] = []
    let isPack = false
    const count = this.reader.transfer(limit, {
      frames({ bytes }, spans, count) {
        for (let i = 0; i < count * span.size; i += span.size) {
          const at = spans[i]!
          frames.push(Buffer.from(bytes.subarray(at, at + spans[i + span.length]!)))
          if (spans[i + span.hasMore] === 1) continue
          messages.push(frames)
          frames = []
        }
      },
      pack({ bytes }, begin, length, packed) {
        const views: Buffer[][] = []
        same(unpack(bytes, begin, packed, views), begin + length)
        for (const view of views) messages.push(view.map((frame) => Buffer.from(frame)))
        isPack = true
      },
    })
    same(frames.length, 0)
    same(messages.length, count)
    same(count <= (isPack ? this.#seen : Math.min(limit, this.#seen)), true)
    for (const message of messages) this.#took(message)
    // Nothing is in the way of the next reader.
    if (count === 0) this.#readParts()
  }

  #readShared(): void {
    const frames = this.reader.readShared(READERS)
    const expected = this.#shift()
    expectSame(
      frames.map(({ data }) => data),
      expected,
    )
    frames.forEach(({ data, blockRef, segmentRef }, i) => {
      if (blockRef === 0 && segmentRef === 0) return
      const giveBack = (): void => {
        if (segmentRef !== 0) this.reader.unpin(segmentRef, 0)
        else same(this.#heaps[READER]!.free(blockRef, READERS), true)
      }
      // A block is the borrower's own; a segment is pinned.
      if (segmentRef === 0) {
        expectSame([data], [expected[i]!])
        giveBack()
      } else {
        this.#lent.push({ frames: [data], expected: [expected[i]!], giveBack, held: 0 })
      }
    })
  }

  #readParts(): void {
    // As a pipe does: what has been copied out is read.
    if (this.reader.isNextSmall()) {
      const isLarge = this.#queue[0]!.some(({ length }) => length > INLINE_BYTES)
      same(isLarge, false)
      return this.#took(this.reader.read())
    }
    const parts = this.reader.readParts(READERS)
    this.#took(parts.map(({ data }) => data))
    for (const { blockRef, segmentRef } of parts) {
      same(segmentRef, 0)
      if (blockRef !== 0) same(this.#heaps[READER]!.free(blockRef, READERS), true)
    }
  }

  /** Reads with memory for so many copies: what there is none for is still there. */
  #failToRead(how: Reading, copies: number): void {
    const messages: Buffer[][] = []
    withMemoryFor(copies, () => {
      if (how === 'readMany') return this.reader.readMany(messages, 10)
      if (how === 'borrow') return this.#borrow(10)
      if (how === 'readParts') return this.#readParts()
      messages.push(this.reader.read())
    })
    for (const message of messages) this.#took(message)
  }

  #borrow(limit: number): void {
    const { messages, segmentRef, blocks } = this.reader.borrow(limit, READERS)
    same(messages.length > 0, true)
    same(messages.length <= Math.min(limit, this.#seen), true)
    const expected = messages.map(() => this.#shift())
    messages.forEach(({ length }, i) => same(length, expected[i]!.length))
    for (const frame of messages.flat()) this.#checkIsLent(frame, segmentRef, blocks)
    const held = messages.length
    this.#held += held
    const giveBack = (): void => {
      for (const ref of blocks) same(this.#heaps[READER]!.free(ref, READERS), true)
      this.reader.unpin(segmentRef, held)
      this.#held -= held
    }
    this.#lent.push({ frames: messages.flat(), expected: expected.flat(), giveBack, held })
  }

  /** What lies in shared memory is in the segment that is lent, or in a block of its own. */
  #checkIsLent(frame: Buffer, segmentRef: number, blocks: readonly number[]): void {
    const { arena } = this.#heaps[READER]!
    if (frame.buffer !== arena.buffer) return
    if (blocks.includes(frame.byteOffset / UNIT_BYTES)) return
    const begin = segmentRef * UNIT_BYTES
    const { words, base } = arena.window(begin)
    const end = begin + words[(begin - base + segment.length) >> 2]!
    same(frame.byteOffset >= begin && frame.byteOffset + frame.length <= end, true)
  }

  #giveBack(which: number): void {
    if (this.#lent.length === 0) return
    const [lent] = this.#lent.splice(which % this.#lent.length, 1)
    // Whatever has happened since, nobody has written over it.
    expectSame(lent!.frames, lent!.expected)
    lent!.giveBack()
  }

  #release(lowWaterMark: number): void {
    this.#released = this.#read - this.#held
    const published = this.#written - this.#unpublished.length
    const wakes = this.#isWriterParked && published - this.#released <= lowWaterMark
    same(this.reader.release(lowWaterMark), wakes)
    if (wakes) this.#isWriterParked = false
  }

  #parkReader(): void {
    const isEmpty = this.#look() === 0
    same(this.reader.park(), isEmpty)
    this.#isReaderParked = isEmpty
  }
}

function headerOf(length: number, hasMore: boolean, isLong: boolean): Buffer {
  const flags = hasMore ? packed.more : 0
  if (!isLong && length <= 255) return Buffer.of(flags, length)
  return Buffer.of(flags | packed.long, 0, 0, 0, 0, 0, 0, length >> 8, length & 0xff)
}

/** Vitest's `expect` takes longer than all the rest of a step. */
function same(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)} where ${String(expected)} was right`)
}

function expectSame(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  same(actual.length, expected.length)
  actual.forEach((frame, i) => {
    if (Buffer.compare(frame, expected[i]!) === 0) return
    throw new Error(
      `frame ${i} of ${expected.length}: ${frame.length} bytes are not the ${expected[i]!.length} written`,
    )
  })
}
