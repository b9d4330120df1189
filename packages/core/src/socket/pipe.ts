import { direction, PipeState, side } from '../memory/layout.ts'
import { directionAt, otherSide, sideAt, type Side } from '../memory/pipeTable.ts'
import { INLINE_BYTES, record } from '../ring/recordLayout.ts'
import { readerOf, writerOf, type Reader, type Writer } from '../ring/ring.ts'
import type { FrameMemory, FrameSink } from '../ring/frameSpans.ts'
import { Reason, type PipeEnd, type Thread } from '../thread/thread.ts'
import { isMultipart, type Outgoing, type Part } from './message.ts'
import { socketTypeId } from './optionDefinition.ts'
import { SharedBatch } from './sharedBatch.ts'
import {
  allocateFrame,
  blockFor,
  letGo,
  SharedFrame,
  takeBack,
  type FrameLender,
} from './sharedFrame.ts'

/** Marks are kept plus one, in a word with a sign, and two of them are added up. */
const HIGHEST_MARK = 2 ** 30 - 1

/** Said in the place of how long messages may linger: nothing is wanted of the other side any more. */
const REFUSAL = -2

/** At the latest after so many messages a writer is told that they were read. */
const RELEASE_EVERY = 64
/** Fewer messages of a batch are not worth packing for a transport. */
const FEWEST_PACKED = 8
const TYPE_BITS = 0xff
/** In the place of a socket's number: the side is a transport's. */
const NO_SOCKET = 0
const CONFLATE = 0x100

/** What an end is in: bits of one field, for ten thousand idle pipes shall be cheap. */
const Flag = {
  pending: 1,
  dirty: 2,
  conflating: 4,
  peerClosed: 8,
  ended: 16,
  /** Ended, and not left yet: messages are lent. */
  leaving: 32,
  /** Both ends are in one thread: while it reads, nothing is written. */
  local: 64,
  unfiltered: 128,
} as const

/** What a pipe tells the socket at its end. */
export interface PipeOwner {
  /** The other side is there. */
  pipeAttached(pipe: Pipe): void
  /** There is something to read again. */
  pipeReadable(pipe: Pipe): void
  /** There is room again, after the pipe was parked for writing. */
  pipeWritable(pipe: Pipe): void
  /** Nothing more comes or goes. */
  pipeEnded(pipe: Pipe): void
}

/** What each side says of itself when a pipe is made. */
export interface PipeSettings {
  socketId: number
  socketType: number
  sendHighWaterMark: number
  receiveHighWaterMark: number
  routingId: Uint8Array
  isConflating: boolean
}

/** A shared frame on its way into a message that is being written. */
interface MovingFrame {
  readonly frame: SharedFrame
  /** Whose it was, and is again if the message is not written. */
  readonly lender: FrameLender
  /** Its block; 0 when it was copied. */
  readonly blockRef: number
}

/** One end of a pipe between two sockets: a way out, a way in, and their high-water marks. */
export class Pipe implements PipeEnd, FrameLender {
  readonly id: number
  readonly side: Side
  /** Its place in the queue, the balancer or the fan-out that holds it; theirs to use. */
  inIndex = -1
  outIndex = -1
  /** A number of the pattern's own: which inversion chose it, or what a SERVER calls its peer. */
  tag = 0
  /** What a ROUTER, SERVER or PEER calls the socket at the other end. */
  routingId: Buffer | undefined
  endpoint = ''

  readonly #thread: Thread
  readonly #owner: PipeOwner
  /** Made when they are needed: idle pipes are many, and most are used one way. */
  #writer: Writer | undefined
  #reader: Reader | undefined
  /** Shared frames of the message being written. */
  #moving: MovingFrame[] | undefined
  #outLimit = 0
  #inLimit = 0
  #releaseEvery = 1
  #flags: number

  constructor(thread: Thread, owner: PipeOwner, id: number, which: Side) {
    this.#thread = thread
    this.#owner = owner
    this.id = id
    this.side = which
    const isPending = (thread.pipes.stateOf(id) & PipeState.attached) === 0
    this.#flags =
      (isPending ? Flag.pending : 0) | (isConflating(thread, id, which) ? Flag.conflating : 0)
    this.refreshLimits()
    thread.add(id, which, this)
  }

  /** Writes what one side says of itself, before the other can see the pipe. */
  static describe(thread: Thread, id: number, which: Side, settings: PipeSettings): boolean {
    const { arena, heap } = thread
    const at = sideAt(arena, id, which)
    const flags = settings.isConflating ? CONFLATE : 0
    arena.words[at + side.type] = settings.socketType | flags
    Pipe.setHighWaterMarks(thread, id, which, settings)
    const owner = thread.pipes.ownerOf(id)
    // Another socket may have been about to be attached, and was gone before it was.
    const former = Atomics.exchange(arena.words, at + side.routingId, 0)
    if (former !== 0) heap.free(former, owner)
    const length = settings.routingId.length
    if (length === 0) return true
    const ref = heap.allocate(length + 1, owner)
    if (ref === 0) return false
    const bytes = heap.bytes(ref, length + 1)
    bytes[0] = length
    bytes.set(settings.routingId, 1)
    Atomics.store(arena.words, at + side.routingId, ref)
    return true
  }

  /** Marks are kept plus one, so that 0 means that the side has not said yet. */
  static setHighWaterMarks(
    thread: Thread,
    id: number,
    which: Side,
    marks: Pick<PipeSettings, 'sendHighWaterMark' | 'receiveHighWaterMark'>,
  ): void {
    const { arena } = thread
    const out = directionAt(arena, id, which) + direction.highWaterMarkOfWriter
    const into = directionAt(arena, id, otherSide(which)) + direction.highWaterMarkOfReader
    Atomics.store(arena.words, out, Math.min(marks.sendHighWaterMark, HIGHEST_MARK) + 1)
    Atomics.store(arena.words, into, Math.min(marks.receiveHighWaterMark, HIGHEST_MARK) + 1)
  }

  /** The type of the socket at the other end; meaningless while it is not there. */
  get peerType(): number {
    return this.#word(otherSide(this.side), side.type) & TYPE_BITS
  }

  /** The routing id that the other side has set; empty for none. */
  get peerRoutingId(): Buffer {
    const ref = this.#word(otherSide(this.side), side.routingId)
    if (ref === 0) return Buffer.alloc(0)
    const length = this.#thread.heap.bytes(ref, 1)[0]!
    return Buffer.from(this.#thread.heap.bytes(ref, length + 1).subarray(1))
  }

  /** How long the other side, which has closed, lets linger what it wrote; -1 for ever. */
  get peerLingerMs(): number {
    return this.#word(otherSide(this.side), side.linger)
  }

  /** For those who take the other end: what this side wrote may linger so long. */
  set lingerMs(value: number) {
    const { arena } = this.#thread
    Atomics.store(arena.words, sideAt(arena, this.id, this.side) + side.linger, value)
  }

  /** Whether the other side has closed because this one has sent more than it may. */
  get isRefused(): boolean {
    return this.isPeerClosed && this.peerLingerMs === REFUSAL
  }

  /** Whether a transport stands for the peer: that is somewhere else. */
  get isRemote(): boolean {
    return this.#word(otherSide(this.side), side.socketId) === NO_SOCKET
  }

  /** Connected (side 0) before the other side was there, and it still is not. */
  get isPending(): boolean {
    return (this.#flags & Flag.pending) !== 0
  }

  /** What is written takes the place of what has not been read. */
  get isConflating(): boolean {
    return (this.#flags & Flag.conflating) !== 0
  }

  /** Everything is for whoever reads at the other end, who does not say what it wants. */
  get isUnfiltered(): boolean {
    return (this.#flags & Flag.unfiltered) !== 0
  }
  set isUnfiltered(value: boolean) {
    this.#flags = value ? this.#flags | Flag.unfiltered : this.#flags & ~Flag.unfiltered
  }

  /** Written and not yet published. */
  get isDirty(): boolean {
    return (this.#flags & Flag.dirty) !== 0
  }

  /** `flush` is to follow. */
  markDirty(): void {
    this.#flags |= Flag.dirty
  }

  get isPeerClosed(): boolean {
    return (this.#flags & Flag.peerClosed) !== 0
  }

  #isEnded(): boolean {
    return (this.#flags & Flag.ended) !== 0
  }

  /** Nothing can be written any more. */
  #isOver(): boolean {
    return (this.#flags & (Flag.peerClosed | Flag.ended)) !== 0
  }

  /** Changes this side's marks, for messages from now on. */
  setHighWaterMarks(sendHighWaterMark: number, receiveHighWaterMark: number): void {
    const marks = { sendHighWaterMark, receiveHighWaterMark }
    Pipe.setHighWaterMarks(this.#thread, this.id, this.side, marks)
    this.refreshLimits()
    this.#thread.signal(this.id, otherSide(this.side), Reason.writable)
  }

  /** Reads both sides' marks again. */
  refreshLimits(): void {
    this.#outLimit = this.#limitOf(this.side)
    this.#inLimit = this.#limitOf(otherSide(this.side))
    const half = Math.ceil(this.#inLimit / 2)
    this.#releaseEvery = half === 0 ? RELEASE_EVERY : Math.min(RELEASE_EVERY, half)
  }

  #inAt(): number {
    return directionAt(this.#thread.arena, this.id, otherSide(this.side))
  }

  #out(): Writer {
    return (this.#writer ??= this.#openWriter())
  }

  #in(): Reader {
    return (this.#reader ??= this.#openReader())
  }

  #openWriter(): Writer {
    const { heap, arena } = this.#thread
    return writerOf(heap, this.id, directionAt(arena, this.id, this.side), this.isConflating)
  }

  #openReader(): Reader {
    const { heap, slab } = this.#thread
    const isLatestOnly = isConflating(this.#thread, this.id, otherSide(this.side))
    const reader = readerOf(heap, slab, this.id, this.#inAt(), isLatestOnly)
    // Its calls count down from what was available when last looked.
    reader.available()
    const { pipes, slot } = this.#thread
    if (pipes.threadOf(this.id, otherSide(this.side)) === slot) this.#flags |= Flag.local
    return reader
  }

  #isPinned(): boolean {
    return this.#reader?.isPinned ?? false
  }

  /** Whether a message can be written now. */
  canWrite(): boolean {
    if (this.#isOver()) return false
    return this.#writer === undefined || this.#writer.hasRoom(this.#outLimit)
  }

  /** How many messages can be written now, at least; 0 for none. */
  room(): number {
    return this.#isOver() ? 0 : this.#out().room(this.#outLimit)
  }

  /**
   * Waits for room: the owner's `pipeWritable` follows, when about half of the messages have been
   * read. False when there is room now.
   *
   * @param most with fewer messages than that unread there is
   */
  parkWriting(most = this.#outLimit): boolean {
    if (this.#isOver()) return true
    return this.#out().park(most)
  }

  /**
   * Writes a whole message; `flush` makes it readable.
   *
   * @param mayMove hand shared frames over instead of copying them
   * @throws {SocketError} `ENOMEM`: nothing was written
   */
  write(message: Outgoing, mayMove = true): void {
    if (message instanceof Uint8Array) {
      this.#out().frame(message, 0)
      this.#out().commit()
      return
    }
    if (isMultipart(message)) {
      const last = message.length - 1
      for (let i = 0; i <= last; i++) this.part(message[i]!, i < last, mayMove)
    } else {
      this.part(message, false, mayMove)
    }
    this.commit()
  }

  /**
   * A frame to be filled and written, which then is not copied. Undefined where it would be, for it is
   * small, and when there is no memory for it.
   */
  allocate(bytes: number): SharedFrame | undefined {
    return bytes > INLINE_BYTES ? allocateFrame(this.#thread, bytes) : undefined
  }

  /**
   * Adds a frame to the message being written. On an error the message is rolled back, and all of its
   * shared frames are their holder's again.
   */
  part(part: Part, hasMore: boolean, mayMove = true): void {
    const flags = hasMore ? record.more : 0
    try {
      if (!(part instanceof SharedFrame)) this.#out().frame(part, flags)
      else if (mayMove) this.#move(part, flags)
      else this.#out().frame(part.data, flags)
    } catch (error) {
      this.#out().rollback()
      this.#takeBackMoving()
      throw error
    }
  }

  /**
   * Writes whole messages that are packed, at most `PACK_BYTES` of them; there is to be room for them.
   *
   * @throws {SocketError} `ENOMEM`: nothing was written
   */
  pack(memory: FrameMemory, begin: number, length: number, messages: number): void {
    this.#out().pack(memory, begin, length, messages)
  }

  /** Ends the message being written. */
  commit(): void {
    if (this.#moving !== undefined) this.#completeMoves(this.#moving)
    this.#out().commit()
  }

  /**
   * Writes as many as there is room for of the messages that are a single frame, from `begin` on;
   * returns where it stopped.
   */
  writeMany(messages: readonly unknown[], begin: number): number {
    if (this.#isOver()) return begin
    const writer = this.#out()
    const isPacked = messages.length - begin >= FEWEST_PACKED && this.isRemote
    return isPacked
      ? writer.packMany(messages, begin, this.#outLimit)
      : writer.writeMany(messages, begin, this.#outLimit)
  }

  #move(frame: SharedFrame, flags: number): void {
    const { data } = frame
    const blockRef = frame[blockFor](this.#thread.blocks)
    if (blockRef === 0) this.#out().frame(data, flags)
    else this.#out().block(blockRef, data.length, flags)
    const isLast = (flags & record.more) === 0
    if (isLast) this.#handOver(frame, blockRef)
    else (this.#moving ??= []).push({ frame, lender: frame[letGo](), blockRef })
  }

  /** The whole message has found room: only now are its blocks the other side's. */
  #completeMoves(moving: readonly MovingFrame[]): void {
    this.#moving = undefined
    for (const { frame, lender, blockRef } of moving) {
      frame[takeBack](lender)
      this.#handOver(frame, blockRef)
    }
  }

  /** The message is not written: its frames are their holder's again. */
  #takeBackMoving(): void {
    for (const { frame, lender } of this.#moving ?? []) frame[takeBack](lender)
    this.#moving = undefined
  }

  #handOver(frame: SharedFrame, blockRef: number): void {
    if (blockRef === 0) {
      frame.release()
      return
    }
    this.#out().adopt(blockRef, this.#thread.owner)
    frame[letGo]()
  }

  /** Makes everything written readable for the other side, and wakes it if it waits for it. */
  flush(): void {
    this.#flags &= ~Flag.dirty
    if (this.#out().publish()) {
      this.#thread.signal(this.id, otherSide(this.side), Reason.readable)
    }
  }

  /** Whether a message can be read now. */
  canRead(): boolean {
    if (this.#isEnded()) return false
    return this.#reader === undefined ? this.#hasArrived() : this.#reader.available() > 0
  }

  canReadStream(): boolean {
    const reader = this.#reader
    const isStream = (this.#flags & (Flag.ended | Flag.local)) === 0
    return isStream && reader !== undefined ? reader.availableInStream() > 0 : this.canRead()
  }

  /** How many messages can be read now. */
  get unread(): number {
    return this.canRead() ? this.#in().unread : 0
  }

  /** There is more to read than the owner reads at once: it is told again, in its turn. */
  lookAgain(): void {
    this.#thread.lookAgain(this.id, this.side)
  }

  read(): Buffer[] {
    const message = this.#in().read()
    this.#released()
    return message
  }

  /**
   * Reads up to `limit` of the messages that are there; fewer where there is no memory for more.
   *
   * @returns true: it has stopped for they are large, and are enough for a batch
   */
  readMany(messages: Buffer[][], limit: number): boolean {
    const before = messages.length
    let isEnough = false
    try {
      isEnough = this.#in().readMany(messages, limit)
    } catch (error) {
      // Those that are read already are not to be lost with the one that there is no memory for.
      if (!(error instanceof RangeError) || messages.length === before) throw error
    }
    this.#released()
    return isEnough
  }

  /**
   * Gives up to `limit` of the messages that are there to `sink`, from where they lie.
   *
   * @returns how many; 0 when the next one is of another kind, for `readParts`
   */
  transfer(limit: number, sink: FrameSink): number {
    const count = this.#in().transfer(limit, sink)
    this.#released()
    return count
  }

  /** Lends up to `limit` of the messages that are there without copying them. */
  borrow(limit: number): SharedBatch {
    const { heap, owner } = this.#thread
    const { messages, segmentRef, blocks } = this.#in().borrow(limit, owner)
    return new SharedBatch(messages, () => {
      for (const ref of blocks) heap.free(ref, owner)
      this.#unpin(segmentRef, messages.length)
    })
  }

  /** As `read`, with the frames left where they are. */
  readShared(): SharedFrame[] {
    const frames = this.#in().readShared(this.#thread.owner)
    this.#released()
    return frames.map(({ data, blockRef, segmentRef }) => {
      if (blockRef !== 0) return new SharedFrame(data, blockRef, this.#thread.blocks)
      return segmentRef === 0 ? SharedFrame.of(data) : new SharedFrame(data, segmentRef, this)
    })
  }

  /** As `read`, with large frames left where they are, to be handed on. */
  readParts(): Part[] {
    if (this.#in().isNextSmall()) return this.read()
    const frames = this.#in().readParts(this.#thread.owner)
    this.#released()
    return frames.map(({ data, blockRef }) =>
      blockRef === 0 ? data : new SharedFrame(data, blockRef, this.#thread.blocks),
    )
  }

  /** A frame lent from a segment is no longer used. */
  giveBack(segmentRef: number): void {
    this.#unpin(segmentRef, 0)
  }

  #unpin(segmentRef: number, messages: number): void {
    this.#in().unpin(segmentRef, messages)
    if (!this.#isEnded()) this.#released()
    else if ((this.#flags & Flag.leaving) !== 0 && !this.#isPinned()) this.#leave()
  }

  /** Throws the next message away. */
  skip(): void {
    this.#in().skip()
    this.#released()
  }

  /** Stops looking for messages; `pipeReadable` tells of the next. False when there is one. */
  parkReading(): boolean {
    if (this.#reader !== undefined) {
      this.#release()
      return this.#reader.park()
    }
    // As RingReader.park().
    this.#setReaderParked(1)
    if (!this.#hasArrived()) return true
    this.#setReaderParked(0)
    return false
  }

  /** Looks for messages by itself again. */
  unparkReading(): void {
    // Whoever has told it so has done that, too. Nobody but this side ever says that it has parked, so that
    // a plain read cannot miss it.
    const { words } = this.#thread.arena
    if (words[this.#inAt() + direction.readerParked] !== 0) this.#setReaderParked(0)
  }

  /** Whether anything was ever written to a direction that has not been read. */
  #hasArrived(): boolean {
    return Atomics.load(this.#thread.arena.words, this.#inAt() + direction.written) !== 0
  }

  #setReaderParked(value: 0 | 1): void {
    Atomics.store(this.#thread.arena.words, this.#inAt() + direction.readerParked, value)
  }

  #released(): void {
    if (this.#in().unreleased >= this.#releaseEvery) this.#release()
  }

  #release(): void {
    const low = Math.floor(this.#inLimit / 2)
    if (this.#in().release(low)) {
      this.#thread.signal(this.id, otherSide(this.side), Reason.writable)
    }
  }

  signalled(reasons: number): void {
    if (this.#isEnded()) return
    // Who changes its marks says that there may be room.
    if (reasons !== Reason.readable) this.refreshLimits()
    if (this.isPending && (reasons & Reason.attached) !== 0) this.#attached()
    if (this.#isEnded()) return
    if ((reasons & Reason.closed) !== 0) this.#noticeClosed()
    if (this.#isEnded()) return
    if ((reasons & Reason.readable) !== 0 || this.isPeerClosed) {
      this.unparkReading()
      this.#owner.pipeReadable(this)
    }
    if (this.#isEnded()) return
    if ((reasons & (Reason.writable | Reason.attached)) !== 0) this.#owner.pipeWritable(this)
    this.endIfDrained()
  }

  /** Looks at what may have happened before this end was there. */
  catchUp(): void {
    this.signalled(Reason.closed | Reason.readable)
  }

  #attached(): void {
    const state = this.#thread.pipes.stateOf(this.id)
    if ((state & PipeState.attached) === 0) return
    this.#flags &= ~Flag.pending
    this.#owner.pipeAttached(this)
  }

  #noticeClosed(): void {
    const state = this.#thread.pipes.stateOf(this.id)
    if ((state & PipeState.closed[otherSide(this.side)]) !== 0) this.#flags |= Flag.peerClosed
  }

  /** Ends the pipe when the other side has closed and all that it had sent is read. */
  endIfDrained(): boolean {
    if (!this.isPeerClosed || this.#isEnded() || this.canRead()) return false
    this.close()
    return true
  }

  /** Closes this side: what was written stays for the other to read, what was not read is lost. */
  close(): void {
    if (this.#isEnded()) return
    this.#flags |= Flag.ended
    if (this.isDirty) this.flush()
    this.#flags |= Flag.leaving
    // What is lent stays valid until it is given back, and the pipe's memory with it.
    if (!this.#isPinned()) this.#leave()
    this.#owner.pipeEnded(this)
  }

  /** Closes this side, for the other one has sent more than it may. */
  refuse(): void {
    this.lingerMs = REFUSAL
    this.close()
  }

  /** The thread ends: what is lent is lost, and hangs together with nothing that it could be found by. */
  abandon(): void {
    if ((this.#flags & Flag.leaving) !== 0) this.#leave(this.#isPinned())
  }

  #leave(isUnclean = false): void {
    this.#flags &= ~Flag.leaving
    this.#reader?.leave()
    this.#thread.remove(this.id, this.side)
    if (this.#thread.closeSide(this.id, this.side, isUnclean)) freePipe(this.#thread, this.id)
  }

  /** Closes this side of a pipe whose other side was never there, and leaves it to whoever comes. */
  closeLingering(): void {
    if (this.isDirty) this.flush()
    if (!this.#thread.pipes.closeLingering(this.id)) {
      this.close()
      return
    }
    this.#flags |= Flag.ended
    this.#reader?.leave()
    this.#thread.remove(this.id, this.side)
    this.#owner.pipeEnded(this)
  }

  /** Whether the other side is there, in another thread. */
  get isReadElsewhere(): boolean {
    const { pipes, slot } = this.#thread
    const reader = pipes.threadOf(this.id, otherSide(this.side))
    return reader >= 0 && reader !== slot
  }

  /** Messages that the other side has not read. */
  get backlog(): number {
    return this.#writer?.backlog ?? 0
  }

  #word(which: Side, word: number): number {
    return Atomics.load(this.#thread.arena.words, sideAt(this.#thread.arena, this.id, which) + word)
  }

  /** Both marks added up, as libzmq does over inproc; 0 where one of them is none. */
  #limitOf(writingSide: Side): number {
    const { words } = this.#thread.arena
    const at = directionAt(this.#thread.arena, this.id, writingSide)
    const ofWriter = Atomics.load(words, at + direction.highWaterMarkOfWriter)
    const ofReader = Atomics.load(words, at + direction.highWaterMarkOfReader)
    if (ofWriter === 1 || ofReader === 1) return 0
    return Math.max(ofWriter - 1, 0) + Math.max(ofReader - 1, 0)
  }
}

/** Gives back all memory of a pipe that both sides have closed. */
export function freePipe(thread: Thread, id: number): void {
  const { arena, heap, pipes } = thread
  const owner = pipes.ownerOf(id)
  if ((pipes.stateOf(id) & PipeState.unclean) !== 0) {
    thread.freeUnclean(id)
    return
  }
  for (const which of [0, 1] as Side[]) {
    const at = directionAt(arena, id, which)
    readerOf(heap, thread.slab, id, at, isConflating(thread, id, which)).discard()
    const routingId = Atomics.load(arena.words, sideAt(arena, id, which) + side.routingId)
    if (routingId !== 0) heap.free(routingId, owner)
  }
  pipes.release(id)
}

const subscribers: ReadonlySet<number> = new Set([
  socketTypeId.Subscriber,
  socketTypeId.XSubscriber,
])
const publishers: ReadonlySet<number> = new Set([socketTypeId.Publisher, socketTypeId.XPublisher])

/**
 * Whether messages written by a side take the place of those not read: what the side that connects
 * says, as in libzmq over inproc. The other may come after messages that were queued. Subscriptions
 * never do; either side's type tells which way they go.
 */
function isConflating({ arena }: Thread, id: number, writing: Side): boolean {
  const wordOf = (which: Side): number =>
    Atomics.load(arena.words, sideAt(arena, id, which) + side.type)
  if ((wordOf(0) & CONFLATE) === 0) return false
  const [writer, reader] = [wordOf(writing) & TYPE_BITS, wordOf(otherSide(writing)) & TYPE_BITS]
  return !subscribers.has(writer) && !publishers.has(reader)
}
