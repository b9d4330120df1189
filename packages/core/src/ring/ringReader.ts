import { copyInto } from '../memory/copy.ts'
import { bufferOver } from '../memory/frameBuffer.ts'
import type { Heap } from '../memory/heap.ts'
import { direction, ownedByPipe, UNIT_BYTES } from '../memory/layout.ts'
import { LOOP_BYTES, span, type FrameMemory, type FrameSink } from './frameSpans.ts'
import { PACK_BYTES, packed, unpack } from './packedFrames.ts'
import { record, recordBytes, segment } from './recordLayout.ts'
import { Pace } from './pace.ts'
import { SegmentPins } from './segmentPins.ts'
import type { Slab, SlabBuffer } from './slab.ts'

/**
 * As much is copied out of a segment in one go. Fresh private memory is cold, and of larger pieces V8
 * lets more go by before it collects them; smaller ones cost more allocations.
 */
const FILL_BYTES = PACK_BYTES

/** A batch that is copied out ends when its messages have so much, whatever there is: the event loop is to turn. */
export const BATCH_BYTES = 2 ** 20

/** `transfer` gives at most so many frames at once. */
const MOST_SPANS = 512

/** A frame left where it is: in a block that the reader owns now, or in a segment to be unpinned. */
export interface LentFrame {
  readonly data: Buffer
  /** 0 for none. */
  readonly blockRef: number
  /** 0 for none. */
  readonly segmentRef: number
}

/** Messages left where they are, in one segment and in blocks of their own. */
export interface Borrowed {
  readonly messages: Buffer[][]
  /** The segment that must not be reused before `unpin`. */
  readonly segmentRef: number
  /** Blocks that the borrower owns. */
  readonly blocks: readonly number[]
}

/**
 * The reading end of one direction of a pipe: one thread may use it.
 *
 * Copies runs of small messages into private memory in one go and hands them out from there, so
 * that a segment is free for the writer at once and a frame costs one view.
 */
export class RingReader {
  readonly #heap: Heap
  readonly #slab: Slab
  readonly #control: Int32Array
  readonly #at: number
  readonly #owner: number
  #words: Int32Array
  #bytes: Uint8Array
  #memory: FrameMemory | undefined
  #position = 0
  #segmentRef = 0
  /** Messages handed out, and how many of these the writer has been told of. */
  #read = 0
  #released = 0
  /** Messages published and not handed out, when last looked. */
  #available = 0
  /** Messages copied out already. */
  #filled = 0
  #local: SlabBuffer | undefined
  #localPosition = 0
  /** Whether they are packed there, and no records. */
  #isPacked = false
  /** Whether the frame just read has another one behind it. */
  #more = false
  readonly #pins = new SegmentPins()
  readonly #pace = new Pace()
  /** Messages that are lent: read, and not to be told yet. */
  #held = 0

  /** @param at word of the arena where the direction's words begin */
  constructor(heap: Heap, slab: Slab, pipeId: number, at: number) {
    this.#heap = heap
    this.#slab = slab
    this.#control = heap.arena.words
    this.#words = heap.arena.words
    this.#bytes = NOTHING
    this.#at = at
    this.#owner = ownedByPipe(pipeId)
  }

  /** Messages that can be read now. */
  available(): number {
    if (this.#available !== 0) return this.#available
    // Pairs with the store in RingWriter.publish().
    const written = Atomics.load(this.#control, this.#at + direction.written)
    return (this.#available = (written - this.#read) | 0)
  }

  /** As `available`, for who does nothing but read: it may let some messages gather first. */
  availableInStream(): number {
    if (this.#available !== 0) return this.#available
    this.#pace.pause()
    const found = this.available()
    this.#pace.found(found)
    return found
  }

  /** All messages that are published and not read, those too that have come since the last look. */
  get unread(): number {
    this.#available = 0
    return this.available()
  }

  /** The next message; only when one is available. */
  read(): Buffer[] {
    this.#begin()
    if (this.#filled === 0 && (this.#head() & record.more) !== 0) return this.#readScattered()
    const first = this.#frame()
    if (!this.#more) return this.#end([first])
    const frames = [first]
    do frames.push(this.#frame())
    while (this.#more)
    return this.#end(frames)
  }

  /** A message of several frames that lie apart: all are copied before the first is let go. */
  #readScattered(): Buffer[] {
    const copies = this.#copyAhead(true)
    this.#goPast()
    return this.#end(copies)
  }

  /**
   * Reads up to `limit` of the available messages into `messages`.
   *
   * @returns true: it has stopped for the large ones among them had `BATCH_BYTES` together
   */
  readMany(messages: Buffer[][], limit: number): boolean {
    const end = messages.length + Math.min(limit, this.available())
    let bytes = 0
    while (messages.length < end) {
      this.#begin()
      if (this.#filled > 0) {
        this.#readFilled(messages, Math.min(this.#filled, end - messages.length))
        continue
      }
      const message = this.read()
      messages.push(message)
      for (const { length } of message) bytes += length
      if (bytes >= BATCH_BYTES) return true
    }
    return false
  }

  /** Messages that have been copied out: the loops that throughput hangs on. */
  #readFilled(messages: Buffer[][], count: number): void {
    const local = this.#local!
    this.#localPosition = this.#isPacked
      ? unpack(local.bytes, this.#localPosition, count, messages)
      : readRecords(local, this.#localPosition, count, messages)
    this.#filled -= count
    this.#available -= count
    this.#read = (this.#read + count) | 0
  }

  /**
   * Gives up to `limit` of the available messages to `sink`, from where they lie, as far as they lie in
   * a row and have no blocks; only when one is available. Those of a pack are given together, however
   * many they are.
   *
   * @returns how many; 0 when the next one is of another kind, for `readParts`
   */
  transfer(limit: number, sink: FrameSink): number {
    if (this.#filled > 0) return 0
    if (this.#segmentRef === 0) this.#enterFirst()
    if (isPack(this.#head())) return this.#transferPack(sink)
    const words = this.#words
    const most = Math.min(limit, this.#available)
    let position = this.#position
    let count = 0
    let whole = 0
    let used = 0
    for (let at = position; count < most && used < spans.length;) {
      const head = words[at >> 2]!
      // One of several frames may end here: then none of it is given.
      if ((head & NO_FRAME) !== 0) break
      const length = head >>> record.lengthShift
      const hasMore = head & record.more
      spans[used] = at + record.headerBytes
      spans[used + span.length] = length
      spans[used + span.hasMore] = hasMore
      used += span.size
      at += (length + 11) & ~7
      if (hasMore !== 0) continue
      position = at
      whole = used
      count++
    }
    if (count > 0) sink.frames(this.#memory!, spans, whole / span.size)
    this.#position = position
    this.#available -= count
    this.#read = (this.#read + count) | 0
    return count
  }

  #transferPack(sink: FrameSink): number {
    const count = this.#packCount()
    const length = this.#packEnd() - this.#packBegin()
    sink.pack(this.#memory!, this.#packBegin(), length, count)
    this.#advance(this.#head())
    this.#available -= count
    this.#read = (this.#read + count) | 0
    return count
  }

  /** How many messages the pack has that comes next, and where they lie. */
  #packCount(): number {
    return this.#words[(this.#position >> 2) + 1]!
  }

  #packBegin(): number {
    return this.#position + record.packHeaderBytes
  }

  #packEnd(): number {
    const head = this.#words[this.#position >> 2]!
    return this.#position + record.headerBytes + (head >>> record.lengthShift)
  }

  /**
   * Lends up to `limit` of the available messages without copying them. The writer is told that
   * they were read, and their memory is used again, after `unpin`.
   *
   * @param owner who owns the blocks from now on
   */
  borrow(limit: number, owner: number): Borrowed {
    const messages: Buffer[][] = []
    const blocks: number[] = []
    if (this.#segmentRef === 0) this.#enterFirst()
    // Of what is copied out the head is not looked at: there may be nothing behind it yet.
    if (this.#filled === 0 && isPack(this.#head()) && this.#packCount() > limit) this.#fill()
    // Pinned before the first message is lent: one of several frames may go on in the next segment.
    const segmentRef = this.#segmentRef
    this.#pins.pin(segmentRef)
    // What was copied out already is private.
    if (this.#filled > 0) this.#readFilled(messages, Math.min(this.#filled, limit))
    else {
      try {
        this.#borrowFromSegment(messages, Math.min(limit, this.available()), owner, blocks)
      } catch (error) {
        this.#pins.unpin(segmentRef)
        throw error
      }
    }
    this.#held += messages.length
    return { messages, segmentRef, blocks }
  }

  #borrowFromSegment(messages: Buffer[][], limit: number, owner: number, blocks: number[]): void {
    const { buffer } = this.#bytes
    const base = this.#bytes.byteOffset
    const segmentRef = this.#segmentRef
    const words = this.#words
    while (messages.length < limit) {
      const position = this.#position
      const head = words[position >> 2]!
      // Not before the first message: `borrow` has gone past a hop there.
      if (head === record.hop) break
      if (isPack(head)) {
        // Nor before the first one is a pack that has too many.
        if (this.#packCount() > limit - messages.length) break
        unpack(this.#bytes, this.#packBegin(), this.#packCount(), messages)
        this.#advance(head)
        continue
      }
      if ((head & (record.block | record.more)) === 0) {
        const length = head >>> record.lengthShift
        messages.push([bufferOver(buffer, base + position + 4, length)])
        this.#position = position + ((length + 11) & ~7)
        continue
      }
      let lent: LentFrame[]
      try {
        lent = this.#takeParts(owner)
      } catch (error) {
        // No memory for its copies: those before it are not to be lost with it.
        if (messages.length === 0) throw error
        break
      }
      messages.push(lent.map(({ data }) => data))
      for (const { blockRef } of lent) if (blockRef !== 0) blocks.push(blockRef)
      if (this.#segmentRef !== segmentRef) break
    }
    const count = messages.length
    this.#available -= count
    this.#read = (this.#read + count) | 0
  }

  /** One of several frames or in blocks: blocks are lent, frames that may lie in two segments copied. */
  #takeParts(owner: number): LentFrame[] {
    return this.#copyAhead(false).map((copy): LentFrame => {
      const head = this.#head()
      if (copy === undefined) return this.#lendBlock(owner)
      this.#advance(head)
      return { data: copy, blockRef: 0, segmentRef: 0 }
    })
  }

  /**
   * Gives a segment back that was lent.
   *
   * @param messages how many count as read from now on
   */
  unpin(segmentRef: number, messages: number): void {
    this.#held -= messages
    if (this.#pins.unpin(segmentRef)) this.#recycle(segmentRef)
  }

  /** Whether segments are lent, so that the pipe must not be freed. */
  get isPinned(): boolean {
    return this.#pins.size > 0
  }

  /** Whether the next message has small frames only, which `read` copies in one go with others. */
  isNextSmall(): boolean {
    this.#begin()
    return this.#filled > 0
  }

  /** The next message, lent frame by frame; each is given back by itself. */
  readShared(owner: number): LentFrame[] {
    if (this.#segmentRef === 0) this.#enterFirst()
    // Others of a pack would be lent with it.
    if (this.#filled === 0 && isPack(this.#head())) this.#fillPack()
    const frames: LentFrame[] = []
    do {
      if (this.#filled > 0) frames.push({ data: this.#localFrame(), blockRef: 0, segmentRef: 0 })
      else frames.push(this.#lendFrame(this.#head(), owner))
    } while (this.#more)
    return this.#end(frames)
  }

  /** As `readShared`, with nothing lent but blocks. */
  readParts(owner: number): LentFrame[] {
    if (this.#segmentRef === 0) this.#enterFirst()
    return this.#end(this.#takeParts(owner))
  }

  #lendFrame(head: number, owner: number): LentFrame {
    if ((head & record.block) !== 0) return this.#lendBlock(owner)
    const length = head >>> record.lengthShift
    const { buffer, byteOffset } = this.#bytes
    const data = bufferOver(buffer, byteOffset + this.#position + 4, length)
    this.#advance(head)
    this.#pins.pin(this.#segmentRef)
    return { data, blockRef: 0, segmentRef: this.#segmentRef }
  }

  /** Reads the next message and throws it away. */
  skip(): void {
    this.#begin()
    if (this.#filled === 0) this.#goPast()
    else {
      do this.#localFrame()
      while (this.#more)
    }
    this.#end(NO_FRAMES)
  }

  /** Goes past the next message in shared memory and frees its blocks. */
  #goPast(): void {
    do {
      const head = this.#head()
      if ((head & record.block) !== 0) this.#freeBlock()
      else this.#advance(head)
    } while (this.#more)
  }

  /**
   * Tells the writer what has been read. True when the writer is parked and has room again: then
   * it must be signalled.
   *
   * @param lowWaterMark so few messages must be left before a parked writer is woken
   */
  release(lowWaterMark: number): boolean {
    const control = this.#control
    const read = (this.#read - this.#held) | 0
    if (this.#released !== read) {
      this.#released = read
      // Pairs with RingWriter.park(), which sets its flag and then looks at this count.
      Atomics.store(control, this.#at + direction.read, read)
    }
    const parked = this.#at + direction.writerParked
    if (Atomics.load(control, parked) === 0) return false
    const left = (Atomics.load(control, this.#at + direction.written) - read) | 0
    return left <= lowWaterMark && Atomics.exchange(control, parked, 0) === 1
  }

  /** Messages handed out since the writer was last told. */
  get unreleased(): number {
    return (this.#read - this.#held - this.#released) | 0
  }

  /** Announces that this side stops looking. False when there is a message after all. */
  park(): boolean {
    const parked = this.#at + direction.readerParked
    Atomics.store(this.#control, parked, 1)
    // Pairs with RingWriter.publish(): flag first, then the count.
    if (this.available() === 0) {
      this.#giveBackSpare()
      return true
    }
    Atomics.store(this.#control, parked, 0)
    return false
  }

  /**
   * Leaves the place where reading stopped to whoever frees the pipe. Segments that are lent still,
   * because the thread ends, are known to this reader only.
   */
  leave(): void {
    for (const ref of this.#pins.takeDrained()) this.#heap.free(ref, this.#owner)
    this.release(0)
    // What was copied out and not handed out is dropped, so it counts as read.
    while (this.#filled > 0) this.skip()
    Atomics.store(this.#control, this.#at + direction.read, this.#read)
    Atomics.store(this.#control, this.#at + direction.position, this.#position)
  }

  /** Frees all that is left in this direction. Both sides have closed. */
  discard(): void {
    this.#resume()
    while (this.available() > 0) this.skip()
    const first = this.#segmentRef || Atomics.load(this.#control, this.#at + direction.first)
    if (first !== 0) this.#heap.free(first, this.#owner)
    this.#giveBackSpare()
  }

  #resume(): void {
    const control = this.#control
    const current = Atomics.load(control, this.#at + direction.current)
    this.#read = Atomics.load(control, this.#at + direction.read)
    this.#available = 0
    if (current === 0) return
    this.#enter(current)
    this.#position = Atomics.load(control, this.#at + direction.position)
  }

  #begin(): void {
    if (this.#filled === 0) this.#fill()
  }

  #end<T>(frames: T): T {
    this.#read = (this.#read + 1) | 0
    this.#available--
    if (this.#filled > 0) this.#filled--
    return frames
  }

  #frame(): Buffer {
    if (this.#filled > 0) return this.#localFrame()
    const head = this.#head()
    // Copied first: there may be no memory for it.
    if ((head & record.block) === 0) {
      const copy = this.#copyInline(this.#bytes, this.#position, head)
      this.#advance(head)
      return copy
    }
    const copy = this.#copyBlock(this.#words, this.#position)
    this.#freeBlock()
    return copy
  }

  /** A frame that has been copied out already. */
  #localFrame(): Buffer {
    if (this.#isPacked) return this.#packedFrame()
    const local = this.#local!
    const position = this.#localPosition
    const head = local.words[position >> 2]!
    const length = head >>> record.lengthShift
    this.#more = (head & record.more) !== 0
    this.#localPosition = position + recordBytes(length)
    return bufferOver(local.buffer, position + 4, length)
  }

  #packedFrame(): Buffer {
    const { buffer, bytes } = this.#local!
    const at = this.#localPosition
    const flags = bytes[at]!
    const isLong = (flags & packed.long) !== 0
    const body = at + (isLong ? packed.longHeaderBytes : packed.headerBytes)
    const length = isLong ? (bytes[at + 7]! << 8) | bytes[at + 8]! : bytes[at + 1]!
    this.#more = (flags & packed.more) !== 0
    this.#localPosition = body + length
    return bufferOver(buffer, body, length)
  }

  /** Copies as many whole messages as lie in a row, unless the next one is not of this kind. */
  #fill(): void {
    if (this.#segmentRef === 0) this.#enterFirst()
    if (isPack(this.#head())) {
      this.#fillPack()
      return
    }
    const words = this.#words
    const begin = this.#position
    let messages = 0
    let end = begin
    for (let at = begin, left = this.#available; left > 0;) {
      const head = words[at >> 2]!
      if ((head & NO_FRAME) !== 0) break
      at += recordBytes(head >>> record.lengthShift)
      if (at - begin > FILL_BYTES) break
      if ((head & record.more) !== 0) continue
      end = at
      messages++
      left--
    }
    if (messages === 0) return
    const size = end - begin
    // Payloads are to be aligned here too, and stand behind a header.
    const local = this.#slab.take(record.headerBytes + size)
    const offset = this.#slab.offset + record.headerBytes
    if (size > LOOP_BYTES) copyInto(local.bytes, this.#bytes.subarray(begin, end), offset)
    else copyWords(words, begin >> 2, local.words, offset >> 2, size >> 2)
    this.#local = local
    this.#localPosition = offset
    this.#isPacked = false
    this.#filled = messages
    this.#position = end
  }

  /** Copies the pack that comes next. */
  #fillPack(): void {
    const [begin, end] = [this.#packBegin(), this.#packEnd()]
    const local = this.#slab.take(end - begin)
    const { offset } = this.#slab
    copyInto(local.bytes, this.#bytes.subarray(begin, end), offset)
    this.#local = local
    this.#localPosition = offset
    this.#isPacked = true
    this.#filled = this.#packCount()
    this.#position += recordBytes(end - this.#position - record.headerBytes)
  }

  /** The header of the record that comes next in shared memory. */
  #head(): number {
    let head = this.#words[this.#position >> 2]!
    while (head === record.hop) {
      this.#hop()
      head = this.#words[this.#position >> 2]!
    }
    this.#more = (head & record.more) !== 0
    return head
  }

  #advance(head: number): void {
    this.#position += recordBytes(head >>> record.lengthShift)
  }

  /**
   * Copies of the frames of the next message, which stays as it is: where there is no memory for one
   * of them, all of it can be read again.
   *
   * @param withBlocks whether those in blocks are copied too; otherwise undefined stands for them
   */
  #copyAhead(withBlocks: true): Buffer[]
  #copyAhead(withBlocks: boolean): (Buffer | undefined)[]
  #copyAhead(withBlocks: boolean): (Buffer | undefined)[] {
    const copies: (Buffer | undefined)[] = []
    let begin = this.#segmentRef * UNIT_BYTES
    let window = this.#heap.arena.window(begin)
    let position = this.#position
    for (;;) {
      const { words, bytes } = window
      const head = words[position >> 2]!
      if (head === record.hop) {
        begin = words[(begin - window.base) >> 2]! * UNIT_BYTES
        window = this.#heap.arena.window(begin)
        position = begin - window.base + segment.data
        continue
      }
      if ((head & record.block) === 0) copies.push(this.#copyInline(bytes, position, head))
      else copies.push(withBlocks ? this.#copyBlock(words, position) : undefined)
      if ((head & record.more) === 0) return copies
      position += recordBytes(head >>> record.lengthShift)
    }
  }

  #copyInline(bytes: Uint8Array, position: number, head: number): Buffer {
    const length = head >>> record.lengthShift
    const local = this.#slab.take(length)
    const offset = this.#slab.offset
    const begin = position + record.headerBytes
    copyInto(local.bytes, bytes.subarray(begin, begin + length), offset)
    return bufferOver(local.buffer, offset, length)
  }

  #copyBlock(words: Int32Array, position: number): Buffer {
    const { ref, length } = blockIn(words, position)
    const copy = Buffer.allocUnsafeSlow(length)
    copyInto(copy, this.#heap.bytes(ref, length), 0)
    return copy
  }

  #lendBlock(owner: number): LentFrame {
    const { ref, length } = this.#takeBlock()
    this.#heap.transfer(ref, this.#owner, owner)
    return { data: this.#heap.bytes(ref, length), blockRef: ref, segmentRef: 0 }
  }

  #freeBlock(): void {
    this.#heap.free(this.#takeBlock().ref, this.#owner)
  }

  #takeBlock(): { ref: number; length: number } {
    const block = blockIn(this.#words, this.#position)
    this.#position += record.blockBytes
    return block
  }

  #enterFirst(): void {
    this.#enter(Atomics.load(this.#control, this.#at + direction.first))
  }

  #enter(ref: number): void {
    const window = this.#heap.arena.window(ref * UNIT_BYTES)
    this.#words = window.words
    this.#bytes = window.bytes
    this.#memory = window
    this.#segmentRef = ref
    this.#position = ref * UNIT_BYTES - window.base + segment.data
    Atomics.store(this.#control, this.#at + direction.current, ref)
  }

  /** Goes on in the next segment and hands the drained one back to the writer. */
  #hop(): void {
    const drained = this.#segmentRef
    const { words, base } = this.#heap.arena.window(drained * UNIT_BYTES)
    const next = words[(drained * UNIT_BYTES - base) >> 2]!
    this.#enter(next)
    if (!this.#pins.drain(drained)) this.#recycle(drained)
  }

  #recycle(segmentRef: number): void {
    const spare = this.#at + direction.spare
    if (Atomics.compareExchange(this.#control, spare, 0, segmentRef) !== 0) {
      this.#heap.free(segmentRef, this.#owner)
    }
  }

  /** Nothing is coming: no memory is kept but the segment in use. */
  #giveBackSpare(): void {
    const at = this.#at + direction.spare
    if (Atomics.load(this.#control, at) === 0) return
    const spare = Atomics.exchange(this.#control, at, 0)
    if (spare !== 0) this.#heap.free(spare, this.#owner)
  }
}

const NOTHING = new Uint8Array(0)
/** Where `transfer` notes what it gives; one for all, as nobody keeps it. */
const spans = new Int32Array(MOST_SPANS * span.size)
const NO_FRAMES: readonly never[] = []
/** Of heads that no frame follows; a hop has them all. */
const NO_FRAME = record.block | record.pack

const isPack = (head: number): boolean => (head & record.pack) !== 0 && head !== record.hop

/** As `unpack`, of records. */
function readRecords(
  { buffer, words }: SlabBuffer,
  at: number,
  count: number,
  messages: Buffer[][],
): number {
  let position = at
  let index = messages.length
  const end = index + count
  while (index < end) {
    let head = words[position >> 2]!
    let length = head >>> record.lengthShift
    const frames = [bufferOver(buffer, position + 4, length)]
    position += (length + 11) & ~7
    while ((head & record.more) !== 0) {
      head = words[position >> 2]!
      length = head >>> record.lengthShift
      frames.push(bufferOver(buffer, position + 4, length))
      position += (length + 11) & ~7
    }
    messages[index++] = frames
  }
  return position
}

/** The block that a record names. */
function blockIn(words: Int32Array, position: number): { ref: number; length: number } {
  return { ref: words[(position >> 2) + 1]!, length: words[(position >> 2) + 2]! >>> 0 }
}

function copyWords(
  from: Int32Array,
  fromWord: number,
  to: Int32Array,
  toWord: number,
  count: number,
): void {
  // Four at once take half the time.
  const fours = count & ~3
  for (let i = 0; i < fours; i += 4) {
    to[toWord + i] = from[fromWord + i]!
    to[toWord + i + 1] = from[fromWord + i + 1]!
    to[toWord + i + 2] = from[fromWord + i + 2]!
    to[toWord + i + 3] = from[fromWord + i + 3]!
  }
  for (let i = fours; i < count; i++) to[toWord + i] = from[fromWord + i]!
}
