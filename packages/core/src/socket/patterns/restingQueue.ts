import { FairQueue } from '../../routing/fairQueue.ts'
import type { Pipe } from '../pipe.ts'

/** So many small messages are dropped in one go: a fraction of a millisecond's worth. */
const MOST_AT_ONCE = 1024
/** What costs about as much to copy as a small message does. */
const BYTES_PER_MESSAGE = 1024

/**
 * A fair queue for a socket that drops what it does not want, and may be flooded with it: after much
 * was dropped it rests, as if there were no more, until the next call of a socket or, if there is
 * none, until timers and I/O have had their turn.
 */
export class RestingQueue {
  readonly #in: FairQueue<Pipe>
  /** What may be dropped before the next rest. */
  #left = MOST_AT_ONCE
  /** While it rests: the pipe that says when it is over, by being readable or by ending. */
  #restsFor: Pipe | undefined

  /** @param isSink as of FairQueue */
  constructor(isSink = false) {
    this.#in = new FairQueue(isSink)
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    if (pipe === this.#restsFor) this.#goOn()
  }

  /** The pipe is readable again. */
  activate(pipe: Pipe): void {
    this.#in.activate(pipe)
    if (pipe === this.#restsFor) this.#goOn()
  }

  /** The pipe to read one message from; the next is another one's. */
  next(): Pipe | undefined {
    if (this.#restsFor !== undefined) return undefined
    const pipe = this.#in.next()
    if (pipe === undefined) return undefined
    if (this.#left <= 0) {
      this.#restsFor = pipe
      pipe.lookAgain()
      return undefined
    }
    this.#in.advance()
    return pipe
  }

  /** Counts a message that was read and is dropped. */
  drop(frames: readonly { readonly length: number }[]): void {
    for (const { length } of frames) this.#left -= 1 + length / BYTES_PER_MESSAGE
  }

  /** Drops a message unread. */
  skip(pipe: Pipe): void {
    pipe.skip()
    this.#left--
  }

  /** Drops what is there now, however much: what comes meanwhile stays. */
  skipAll(): void {
    this.#in.forEachActive((pipe) => {
      for (let left = pipe.unread; left > 0; left--) pipe.skip()
    })
  }

  /** Waits for the next message. False when there is one after all. */
  park(): boolean {
    if (this.#restsFor !== undefined) return true
    if (!this.#in.park()) return false
    this.#left = MOST_AT_ONCE
    return true
  }

  #goOn(): void {
    this.#restsFor = undefined
    this.#left = MOST_AT_ONCE
  }
}
