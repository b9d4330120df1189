import { SocketError } from '../errors.ts'
import { copyInto } from '../memory/copy.ts'
import type { Heap } from '../memory/heap.ts'
import { direction, ownedByPipe, UNIT_BYTES } from '../memory/layout.ts'
import { copyToWords, LOOP_BYTES, WORD_REST, type FrameMemory } from './frameSpans.ts'
import { isLarge, packing, packMany } from './packedFrames.ts'
import { INLINE_BYTES, record, recordBytes, segment } from './recordLayout.ts'

/** A segment that the reader has fallen behind in by this share makes the next one larger. */
const GROWTH = 4

/**
 * The writing end of one direction of a pipe: one thread may use it.
 *
 * A ring of segments: the reader hands drained segments back through the `spare` word, so that in
 * steady state the same few go round; when it is behind, further and larger ones are linked, and
 * when it has caught up they are given back. Messages become readable whole, by `publish`.
 */
export class RingWriter {
  readonly #heap: Heap
  readonly #control: Int32Array
  readonly #at: number
  readonly #owner: number
  #words: Int32Array
  #bytes: Uint8Array
  /** Byte in the window where the next record goes; 0 before the first segment. */
  #position = 0
  #limit = 0
  #segmentRef = 0
  #segmentBytes = 0
  /** Messages written, and of these published. */
  #written = 0
  #published = 0
  #writtenAtHop = 0
  /** The most that were published together since then. */
  #mostAtOnce = 0
  /** Where the message being written began. */
  #startPosition = 0
  #startRef = 0
  #readSeen = 0

  /** @param at word of the arena where the direction's words begin */
  constructor(heap: Heap, pipeId: number, at: number) {
    this.#heap = heap
    this.#control = heap.arena.words
    this.#words = heap.arena.words
    this.#bytes = EMPTY
    this.#at = at
    this.#owner = ownedByPipe(pipeId)
  }

  /** Messages that the reader has not taken yet, as far as this side knows when `limit` is in doubt. */
  hasRoom(limit: number): boolean {
    if (limit === 0 || ((this.#written - this.#readSeen) | 0) < limit) return true
    this.#readSeen = Atomics.load(this.#control, this.#at + direction.read)
    return ((this.#written - this.#readSeen) | 0) < limit
  }

  /** How many messages there is room for; the more exactly the fewer. */
  room(limit: number): number {
    if (limit === 0) return Infinity
    return this.hasRoom(limit) ? limit - ((this.#written - this.#readSeen) | 0) : 0
  }

  /** Messages written and not read, exactly. */
  get backlog(): number {
    return (this.#written - Atomics.load(this.#control, this.#at + direction.read)) | 0
  }

  /**
   * Copies one frame behind the others of this message.
   *
   * @throws {SocketError} `ENOMEM`: where it is long, the message is rolled back
   */
  frame(bytes: Uint8Array, flags: number): void {
    const length = bytes.length
    if (length > INLINE_BYTES) {
      this.#blockFrame(bytes, length, flags)
      return
    }
    const position = this.#reserve((length + 11) & ~7)
    this.#words[position >> 2] = (length << record.lengthShift) | flags
    if (length > 0) copyInto(this.#bytes, bytes, position + record.headerBytes)
  }

  /**
   * Writes whole messages that are packed, at most `PACK_BYTES` of them, to be published.
   *
   * @throws {SocketError} `ENOMEM`: nothing was written
   */
  pack({ bytes, view }: FrameMemory, begin: number, length: number, messages: number): void {
    const payload = length + record.packHeaderBytes - record.headerBytes
    const word = this.#reserve(recordBytes(payload)) >> 2
    const words = this.#words
    words[word] = (payload << record.lengthShift) | record.pack
    words[word + 1] = messages
    if (length <= LOOP_BYTES && begin + length + WORD_REST <= view.byteLength) {
      // The last word may have bytes of what comes next: nobody reads them.
      copyToWords(view, begin, words, word + 2, length)
    } else {
      copyInto(this.#bytes, bytes.subarray(begin, begin + length), (word + 2) << 2)
    }
    this.#written = (this.#written + messages) | 0
    this.#endMessage()
  }

  /** As `writeMany`, packed where that is worth it: for a reader that hands them on as they lie. */
  packMany(messages: readonly unknown[], begin: number, limit: number): number {
    const end = messages.length
    let index = begin
    while (index < end && this.hasRoom(limit)) {
      packMany(messages, index, Math.min(end, index + this.room(limit)))
      if (packing.messages > 0) {
        this.pack(packing.memory, 0, packing.length, packing.messages)
        index += packing.messages
        continue
      }
      // What is not of this kind is the caller's to write: not to be looked through for each that it writes.
      if (!(messages[index] instanceof Uint8Array)) return index
      const most = Math.min(end, index + this.room(limit))
      let stop = index + 1
      while (stop < most && isLarge(messages[stop])) stop++
      const next = this.writeMany(messages, index, limit, stop)
      if (next < stop) return next
      index = next
    }
    return index
  }

  /**
   * Writes messages of one frame each, from `begin` on, as long as there is room and the next one
   * is of this kind; returns where it stopped. The loop that throughput hangs on.
   */
  writeMany(
    messages: readonly unknown[],
    begin: number,
    limit: number,
    end = messages.length,
  ): number {
    let index = begin
    while (index < end && this.hasRoom(limit)) {
      const room = limit === 0 ? end : limit - ((this.#written - this.#readSeen) | 0)
      const stop = Math.min(end, index + room)
      const from = index
      let position = this.#position
      const words = this.#words
      const bytes = this.#bytes
      for (; index < stop; index++) {
        const message = messages[index]
        if (!(message instanceof Uint8Array)) break
        const { length } = message
        const next = position + ((length + 11) & ~7)
        if (next > this.#limit || length > INLINE_BYTES) break
        words[position >> 2] = length << record.lengthShift
        copyInto(bytes, message, position + record.headerBytes)
        position = next
      }
      this.#position = position
      this.#written = (this.#written + index - from) | 0
      if (index > from) this.#endMessage()
      if (index === stop) continue
      const message = messages[index]
      if (!(message instanceof Uint8Array)) return index
      this.frame(message, 0)
      this.commit()
      index++
    }
    return index
  }

  /**
   * Puts a block behind the others without a copy. It is its owner's until `adopt`, which has to come
   * before `commit`.
   */
  block(ref: number, length: number, flags: number): void {
    this.#nameBlock(this.#reserve(record.blockBytes), ref, length, flags)
  }

  #nameBlock(position: number, ref: number, length: number, flags: number): void {
    const word = position >> 2
    this.#words[word] = (8 << record.lengthShift) | record.block | flags
    this.#words[word + 1] = ref
    this.#words[word + 2] = length | 0
  }

  /** Takes a block over that is part of the message being written, which cannot fail any more. */
  adopt(ref: number, owner: number): void {
    this.#heap.transfer(ref, owner, this.#owner)
  }

  /** Ends a message. It is readable after the next `publish`. */
  commit(): void {
    this.#written = (this.#written + 1) | 0
    this.#endMessage()
  }

  #endMessage(): void {
    this.#startPosition = this.#position
    this.#startRef = this.#segmentRef
  }

  /** Forgets the frames since the last `commit`; blocks that were not adopted stay their owners'. */
  rollback(): void {
    if (this.#segmentRef === 0) return
    this.#dropFrom(this.#startRef, this.#startPosition)
    this.#enter(this.#startRef)
    this.#position = this.#startPosition
  }

  /**
   * Makes all committed messages readable. True when the reader has parked and must be signalled.
   */
  publish(): boolean {
    const messages = (this.#written - this.#published) | 0
    if (messages === 0) return false
    if (messages > this.#mostAtOnce) this.#mostAtOnce = messages
    this.#published = this.#written
    const control = this.#control
    // Pairs with the load in RingReader.available(): who sees this count sees the records.
    Atomics.store(control, this.#at + direction.written, this.#written)
    // Pairs with RingReader.park(), which sets the flag and then looks at `written`: of the two,
    // at least one sees the other's store, or a message would wait for a reader that sleeps.
    const parked = this.#at + direction.readerParked
    return Atomics.load(control, parked) === 1 && Atomics.exchange(control, parked, 0) === 1
  }

  /** Announces that this side waits for room. False when there is room again. */
  park(limit: number): boolean {
    const parked = this.#at + direction.writerParked
    Atomics.store(this.#control, parked, 1)
    // Pairs with RingReader.release(): count first, then the flag.
    if (!this.hasRoom(limit)) return true
    Atomics.store(this.#control, parked, 0)
    return false
  }

  #blockFrame(bytes: Uint8Array, length: number, flags: number): void {
    // The block last: where there is no memory, none was taken that has to be given back. That would wake
    // whoever waits for some, which may be this writer.
    const position = this.#reserve(record.blockBytes)
    const ref = this.#heap.allocate(length, this.#owner)
    if (ref === 0) {
      this.#position = position
      this.rollback()
      throw outOfMemory(length)
    }
    this.#nameBlock(position, ref, length, flags)
    copyInto(this.#heap.bytes(ref, length), bytes, 0)
  }

  /** Room for a record that is followed by at least a hop. */
  #reserve(bytes: number): number {
    const position = this.#position
    const end = position + bytes
    if (end > this.#limit) return this.#hop(bytes)
    this.#position = end
    return position
  }

  #hop(bytes: number): number {
    const ref = this.#takeSegment(bytes)
    if (this.#segmentRef === 0) {
      Atomics.store(this.#control, this.#at + direction.first, ref)
      this.#enter(ref)
      this.#startRef = ref
      this.#startPosition = this.#position
    } else {
      this.#words[this.#position >> 2] = record.hop
      this.#words[(this.#limit + record.headerBytes - this.#segmentBytes) >> 2] = ref
      this.#enter(ref)
    }
    const position = this.#position
    this.#position = position + bytes
    return position
  }

  #enter(ref: number): void {
    const window = this.#heap.arena.window(ref * UNIT_BYTES)
    const begin = ref * UNIT_BYTES - window.base
    this.#words = window.words
    this.#bytes = window.bytes
    this.#segmentRef = ref
    this.#segmentBytes = window.words[(begin + segment.length) >> 2]!
    this.#position = begin + segment.data
    this.#limit = begin + this.#segmentBytes - record.headerBytes
  }

  /**
   * Same size while the reader keeps up, larger when it is behind, smaller when it need not be; but not
   * so small that what is published together lies in several.
   */
  #takeSegment(bytes: number): number {
    const control = this.#control
    const spareAt = this.#at + direction.spare
    const needed = bytes + segment.data + record.headerBytes
    const size = Math.max(this.#nextSize(), ceilToPowerOfTwo(needed))
    const spare = Atomics.load(control, spareAt) === 0 ? 0 : Atomics.exchange(control, spareAt, 0)
    if (spare !== 0) {
      const { words, base } = this.#heap.arena.window(spare * UNIT_BYTES)
      const at = (spare * UNIT_BYTES - base) >> 2
      if (words[at + 1] === size) return spare
      this.#heap.free(spare, this.#owner)
    }
    const ref = this.#heap.allocate(size, this.#owner)
    if (ref === 0) throw outOfMemory(size)
    const { words, base } = this.#heap.arena.window(ref * UNIT_BYTES)
    const at = (ref * UNIT_BYTES - base) >> 2
    words[at] = 0
    words[at + 1] = size
    return ref
  }

  #nextSize(): number {
    const size = this.#segmentBytes
    if (size === 0) return segment.smallestBytes
    const messages = (this.#written - this.#writtenAtHop) | 0
    this.#writtenAtHop = this.#written
    const atOnce = this.#mostAtOnce
    this.#mostAtOnce = 0
    const behind = this.backlog
    if (behind * 2 > messages) return Math.min(size * GROWTH, segment.largestBytes)
    if (behind * 16 < messages && atOnce * 2 < messages) {
      return Math.max(size / 2, segment.smallestBytes)
    }
    return Math.min(size, segment.largestBytes)
  }

  /** Frees blocks and segments of the uncommitted frames from here on. */
  #dropFrom(ref: number, position: number): void {
    let { words, base } = this.#heap.arena.window(ref * UNIT_BYTES)
    let at = position
    let current = ref
    while (current !== this.#segmentRef || at !== this.#position) {
      const head = words[at >> 2]!
      if (head === record.hop) {
        const next = words[(current * UNIT_BYTES - base) >> 2]!
        if (current !== ref) this.#putAside(current)
        current = next
        ;({ words, base } = this.#heap.arena.window(current * UNIT_BYTES))
        at = current * UNIT_BYTES - base + segment.data
        continue
      }
      // Frees copies only: what was put there without one is not this pipe's.
      if ((head & record.block) !== 0) this.#heap.free(words[(at >> 2) + 1]!, this.#owner)
      at += recordBytes(head >>> record.lengthShift)
    }
    if (current !== ref) this.#putAside(current)
  }

  /** The next try will want it again. */
  #putAside(ref: number): void {
    const spareAt = this.#at + direction.spare
    if (Atomics.compareExchange(this.#control, spareAt, 0, ref) !== 0)
      this.#heap.free(ref, this.#owner)
  }
}

const EMPTY = new Uint8Array(0)

const ceilToPowerOfTwo = (value: number): number => 2 ** (32 - Math.clz32(value - 1))

function outOfMemory(bytes: number): SocketError {
  return new SocketError('ENOMEM', {
    message: `Cannot allocate memory: the context has no room for ${bytes} bytes more`,
  })
}
