import { SocketError } from '../errors.ts'
import type { Heap } from '../memory/heap.ts'
import { direction, ownedByPipe } from '../memory/layout.ts'
import type { FrameMemory, FrameSink } from './frameSpans.ts'
import { unpack } from './packedFrames.ts'
import { record } from './recordLayout.ts'
import type { Borrowed, LentFrame } from './ringReader.ts'

/**
 * The writing end of a conflating direction: a new message takes the place of one that has not
 * been read. One thread may use it.
 *
 * One word names the block of the newest message; whoever exchanges it owns what was there.
 * Messages have one frame, as in libzmq.
 */
export class LatestValueWriter {
  readonly #heap: Heap
  readonly #control: Int32Array
  readonly #at: number
  readonly #owner: number
  #written = 0
  #pending = 0

  /** @param at word of the arena where the direction's words begin */
  constructor(heap: Heap, pipeId: number, at: number) {
    this.#heap = heap
    this.#control = heap.arena.words
    this.#at = at
    this.#owner = ownedByPipe(pipeId)
  }

  hasRoom(_limit: number): boolean {
    return true
  }

  room(_limit: number): number {
    return Infinity
  }

  get backlog(): number {
    return 0
  }

  /** The one frame of a message. @throws {SocketError} `ENOMEM`, `EINVAL` for a second frame */
  frame(bytes: Uint8Array, flags: number): void {
    if (flags !== 0) {
      throw new SocketError('EINVAL', { message: 'A conflating socket sends single frames' })
    }
    const ref = this.#heap.allocate(bytes.length + LENGTH_BYTES, this.#owner)
    if (ref === 0) throw new SocketError('ENOMEM')
    const block = this.#heap.bytes(ref, bytes.length + LENGTH_BYTES)
    block.writeUInt32LE(bytes.length, 0)
    block.set(bytes, LENGTH_BYTES)
    this.#pending = ref
  }

  /** Writes messages of one frame each that are packed. @throws {SocketError} as `frame` */
  pack({ bytes }: FrameMemory, begin: number, _length: number, count: number): void {
    const messages: Buffer[][] = []
    unpack(bytes, begin, count, messages)
    for (const [first, second] of messages) {
      this.frame(first!, second === undefined ? 0 : record.more)
      this.commit()
    }
  }

  /** Writes messages of one frame each; returns where it stopped. */
  writeMany(messages: readonly unknown[], begin: number, _limit: number): number {
    let index = begin
    for (; index < messages.length; index++) {
      const message = messages[index]
      if (!(message instanceof Uint8Array)) break
      this.frame(message, 0)
      this.commit()
    }
    return index
  }

  packMany(messages: readonly unknown[], begin: number, limit: number): number {
    return this.writeMany(messages, begin, limit)
  }

  /** Copies, for the length has to stand in front of it. */
  block(ref: number, length: number, flags: number): void {
    this.frame(this.#heap.bytes(ref, length), flags)
  }

  /** A block that was copied is of no more use. */
  adopt(ref: number, owner: number): void {
    this.#heap.free(ref, owner)
  }

  commit(): void {
    const old = Atomics.exchange(this.#control, this.#at + direction.latest, this.#pending)
    if (old !== 0) this.#heap.free(old, this.#owner)
    this.#pending = 0
    this.#written = (this.#written + 1) | 0
  }

  rollback(): void {
    if (this.#pending !== 0) this.#heap.free(this.#pending, this.#owner)
    this.#pending = 0
  }

  /** True when the reader has parked and must be signalled. */
  publish(): boolean {
    // Pairs with LatestValueReader.park(), as in RingWriter.
    Atomics.store(this.#control, this.#at + direction.written, this.#written)
    const parked = this.#at + direction.readerParked
    return (
      Atomics.load(this.#control, parked) === 1 && Atomics.exchange(this.#control, parked, 0) === 1
    )
  }

  park(_limit: number): boolean {
    return false
  }
}

/** The reading end of a conflating direction: at most one message waits. One thread may use it. */
export class LatestValueReader {
  readonly #heap: Heap
  readonly #control: Int32Array
  readonly #at: number
  readonly #owner: number

  /** @param at word of the arena where the direction's words begin */
  constructor(heap: Heap, pipeId: number, at: number) {
    this.#heap = heap
    this.#control = heap.arena.words
    this.#at = at
    this.#owner = ownedByPipe(pipeId)
  }

  available(): number {
    return Atomics.load(this.#control, this.#at + direction.latest) === 0 ? 0 : 1
  }

  /** As `available`: a latest value does not gather. */
  availableInStream(): number {
    return this.available()
  }

  get unread(): number {
    return this.available()
  }

  get unreleased(): number {
    return 0
  }

  read(): Buffer[] {
    const ref = this.#take()
    try {
      return [this.#copyOf(ref)]
    } catch (error) {
      // No memory for the copy: it is the latest value still, unless there is a newer one by now.
      this.#putBack(ref)
      throw error
    }
  }

  #copyOf(ref: number): Buffer {
    const length = this.#heap.bytes(ref, LENGTH_BYTES).readUInt32LE(0)
    const copy = Buffer.allocUnsafeSlow(length)
    copy.set(this.#heap.bytes(ref, LENGTH_BYTES + length).subarray(LENGTH_BYTES))
    this.#heap.free(ref, this.#owner)
    return copy
  }

  #putBack(ref: number): void {
    const latest = this.#at + direction.latest
    if (Atomics.compareExchange(this.#control, latest, 0, ref) === 0) return
    this.#heap.free(ref, this.#owner)
  }

  readMany(messages: Buffer[][], limit: number): boolean {
    if (limit > 0 && this.available() > 0) messages.push(this.read())
    return false
  }

  /** None: `readParts` has them. */
  transfer(_limit: number, _sink: FrameSink): number {
    return 0
  }

  /** Copies: the block has more in it than the frame. */
  borrow(limit: number, _owner: number): Borrowed {
    const messages: Buffer[][] = []
    this.readMany(messages, limit)
    return { messages, segmentRef: 0, blocks: [] }
  }

  unpin(_segmentRef: number, _messages: number): void {
    // Nothing is lent.
  }

  get isPinned(): boolean {
    return false
  }

  /** A message is copied in any case. */
  isNextSmall(): boolean {
    return true
  }

  /** Copies: the block has more in it than the frame. */
  readShared(_owner: number): LentFrame[] {
    return this.read().map((data) => ({ data, blockRef: 0, segmentRef: 0 }))
  }

  readParts(owner: number): LentFrame[] {
    return this.readShared(owner)
  }

  skip(): void {
    this.#heap.free(this.#take(), this.#owner)
  }

  release(_lowWaterMark: number): boolean {
    return false
  }

  /** Announces that this side stops looking. False when there is a message after all. */
  park(): boolean {
    const parked = this.#at + direction.readerParked
    Atomics.store(this.#control, parked, 1)
    if (this.available() === 0) return true
    Atomics.store(this.#control, parked, 0)
    return false
  }

  leave(): void {
    // The message stays in its word, for whoever frees the pipe.
  }

  discard(): void {
    if (this.available() > 0) this.skip()
  }

  #take(): number {
    return Atomics.exchange(this.#control, this.#at + direction.latest, 0)
  }
}

const LENGTH_BYTES = 4
