import { bytesOf, releaseShared, type Part } from '../message.ts'
import type { Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { RestingQueue } from './restingQueue.ts'

/** A batch takes so many messages from a peer before it is the next one's turn. */
const FAIR_RUN = 256

/**
 * Takes messages from pipes in turn and throws away those that are not wanted: publishers filter,
 * but what was on its way when a subscription was cancelled comes all the same.
 */
export class FilteredQueue {
  readonly #in = new RestingQueue(true)
  readonly #isWanted: (head: Uint8Array) => boolean
  /** Found when somebody asked whether there is a message. */
  #found: Received | undefined

  /** @param isWanted decides by the first frame */
  constructor(isWanted: (head: Uint8Array) => boolean) {
    this.#isWanted = isWanted
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
  }

  /** The pipe is readable again. */
  activate(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  /** The next message that is wanted. */
  take(): Received | undefined {
    const found = this.#found
    if (found !== undefined) {
      this.#found = undefined
      return found
    }
    let pipe: Pipe | undefined
    while ((pipe = this.#in.next()) !== undefined) {
      const message = pipe.read()
      if (this.#isWanted(message[0]!)) return message
      this.#in.drop(message)
    }
    return undefined
  }

  /** As `take`, with large frames left in shared memory. */
  takeShared(): Part[] | undefined {
    if (this.#found !== undefined) return this.take()
    let pipe: Pipe | undefined
    while ((pipe = this.#in.next()) !== undefined) {
      const frames = pipe.readParts()
      if (this.#isWanted(bytesOf(frames[0]!))) return frames
      this.#in.drop(frames)
      releaseShared(frames)
    }
    return undefined
  }

  /** Adds messages that are there to a batch, until it has `max`. */
  takeMany(messages: Received[], max: number): void {
    if (this.#found !== undefined) messages.push(this.take()!)
    let pipe: Pipe | undefined
    while (messages.length < max && (pipe = this.#in.next()) !== undefined) {
      const begin = messages.length
      const isEnough = pipe.readMany(messages, Math.min(max - begin, FAIR_RUN))
      this.#keepWanted(messages, begin)
      if (isEnough && messages.length > begin) return
    }
  }

  hasMessage(): boolean {
    this.#found ??= this.take()
    return this.#found !== undefined
  }

  /** Waits for the next message. False when there may be one. */
  park(): boolean {
    return this.#found === undefined && this.#in.park()
  }

  #keepWanted(messages: Received[], begin: number): void {
    let kept = begin
    for (let i = begin; i < messages.length; i++) {
      const message = messages[i]!
      if (this.#isWanted(message[0]!)) messages[kept++] = message
      else this.#in.drop(message)
    }
    messages.length = kept
  }
}
