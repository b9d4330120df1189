import { FanOut } from '../../routing/fanOut.ts'
import { pass } from '../../ring/pace.ts'
import { isMultipart, releaseShared, type Outgoing } from '../message.ts'
import type { Failure, PatternHost } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** So much of what is announced may be unread. */
const FAR_BEHIND = 256
/** Of what more is announced each takes six microseconds longer, which is more than reading it takes. */
const STEPS_TO_WAIT = 768

/**
 * Gives each message to several pipes: those that were chosen for it by `choose` before `send`.
 *
 * The chosen pipes are kept in an array of their own that is used again and again, so that a message
 * for nobody costs nothing and one for somebody no memory.
 */
export class Distributor {
  readonly #host: PatternHost
  readonly #out = new FanOut<Pipe>()
  readonly #chosen: Pipe[] = []
  #count = 0
  /** Counts inversions; pipes are tagged with it. */
  #round = 0
  /** The full pipe that the last message was not sent for. */
  #blocked: Pipe | undefined

  constructor(host: PatternHost) {
    this.#host = host
  }

  attach(pipe: Pipe): void {
    this.#out.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#out.detach(pipe)
    this.#chosen.length = 0
    if (this.#blocked === pipe) this.#blocked = undefined
  }

  /** The pipe has room again. */
  activate(pipe: Pipe): void {
    this.#out.activate(pipe)
  }

  /** The next message is for this pipe too; one call for each. */
  readonly choose = (pipe: Pipe): void => {
    this.#chosen[this.#count++] = pipe
  }

  chooseAll(): void {
    this.#count = 0
    for (const pipe of this.#out.pipes) this.choose(pipe)
  }

  /** Chooses the pipes that have not been chosen, and only these. */
  invert(): void {
    const round = ++this.#round
    for (let i = 0; i < this.#count; i++) this.#chosen[i]!.tag = round
    this.#count = 0
    for (const pipe of this.#out.pipes) if (pipe.tag !== round) this.choose(pipe)
  }

  /**
   * Sends to the chosen pipes.
   *
   * @param mayDrop leave out pipes at their high-water mark; otherwise one of them is reason enough
   *   not to send at all
   * @throws {SocketError} `ENOMEM`: some of the pipes may have it
   */
  send(message: Outgoing, mayDrop: boolean): Failure | undefined {
    const count = this.#count
    this.#count = 0
    this.#blocked = undefined
    if (count === 0) {
      if (!(message instanceof Uint8Array)) releaseShared(message)
      return undefined
    }
    if (!mayDrop && (this.#blocked = this.#firstFull(count)) !== undefined) return 'EAGAIN'
    this.#write(message, this.#keepThoseWithRoom(count, message))
    return undefined
  }

  /**
   * Sends messages of one frame each, from `begin` on up to the first that is not, to the chosen pipes.
   *
   * @param mayDrop leave out what a pipe has no room for; otherwise stop where one of them has none
   * @returns where it stopped
   * @throws {SocketError} `ENOMEM`: some of the pipes may have some of them
   */
  sendMany(messages: readonly unknown[], begin: number, mayDrop: boolean): number {
    const count = this.#count
    this.#count = 0
    this.#blocked = undefined
    const most = mayDrop ? Infinity : begin + this.#leastRoom(count)
    const stop = endOfFrames(messages, begin, most)
    // All pipes stop at the end of the frames by themselves.
    const isCut = stop === most
    const batch = isCut ? messages.slice(begin, stop) : messages
    for (let i = 0; i < count && stop > begin; i++) {
      const pipe = this.#chosen[i]!
      if (mayDrop ? !this.#out.hasRoom(pipe) : pipe.isPeerClosed) continue
      // Where memory runs out, the messages before are to be seen.
      this.#host.flushLater(pipe)
      pipe.writeMany(batch, isCut ? 0 : begin)
    }
    return stop
  }

  /** How many messages all of the chosen pipes have room for. */
  #leastRoom(count: number): number {
    let least = Infinity
    for (let i = 0; i < count; i++) {
      const pipe = this.#chosen[i]!
      if (!pipe.isPeerClosed) least = Math.min(least, pipe.room())
    }
    return least
  }

  /**
   * Sends to all pipes, full or not: what it says must reach them. That has no high-water mark, and the
   * other side reads all of it before it sends anything: so who says more than is read in another thread
   * is made slower than who reads.
   */
  announce(message: Outgoing): void {
    for (const pipe of this.#out.pipes) {
      this.#writeTo(pipe, message, false)
      if (pipe.backlog > FAR_BEHIND && pipe.isReadElsewhere) pass(STEPS_TO_WAIT)
    }
    releaseShared(message)
  }

  /** Waits for the pipe that the last message was not sent for. False when it can be tried again. */
  park(): boolean {
    return this.#blocked !== undefined && this.#blocked.parkWriting()
  }

  /** Whether the last message, if it was not sent, may be tried again. */
  canSendAgain(): boolean {
    return this.#blocked === undefined || this.#blocked.canWrite()
  }

  #firstFull(count: number): Pipe | undefined {
    for (let i = 0; i < count; i++) {
      const pipe = this.#chosen[i]!
      if (pipe.canWrite()) this.#out.activate(pipe)
      else if (!pipe.isPeerClosed) return pipe
    }
    return undefined
  }

  /** Returns how many of the chosen pipes are left. */
  #keepThoseWithRoom(count: number, message: Outgoing): number {
    const several = isMultipart(message)
    let kept = 0
    for (let i = 0; i < count; i++) {
      const pipe = this.#chosen[i]!
      // A peer that keeps the last value only has no place for several frames.
      if (!this.#out.hasRoom(pipe) || (several && pipe.isConflating)) continue
      this.#chosen[kept++] = pipe
    }
    return kept
  }

  #write(message: Outgoing, count: number): void {
    const isOnly = count === 1
    for (let i = 0; i < count; i++) this.#writeTo(this.#chosen[i]!, message, isOnly)
    if (!isOnly && !(message instanceof Uint8Array)) releaseShared(message)
  }

  #writeTo(pipe: Pipe, message: Outgoing, mayMove: boolean): void {
    pipe.write(message, mayMove)
    this.#host.flushLater(pipe)
  }
}

/** Where the messages of one frame each end that begin at `begin`; not beyond `most`. */
function endOfFrames(messages: readonly unknown[], begin: number, most: number): number {
  const last = Math.min(most, messages.length)
  let end = begin
  while (end < last && messages[end] instanceof Uint8Array) end++
  return end
}
