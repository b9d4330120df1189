import type { PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** So many are read before timers and I/O have their turn: some half a millisecond. */
const MOST_AT_ONCE = 256

/** What a pattern does with what its peers send up. */
export interface UpstreamReader {
  /** Takes a message. False when its peer has gone too far: nothing more is taken from that one. */
  take(message: Received, pipe: Pipe): boolean
  /** Whether there is no place for more, until `resume` is called. */
  isFull?(): boolean
}

/**
 * What subscribers send up to their publisher, which nobody waits for: it is read when it
 * comes. Subscriptions have no high-water mark, and may come faster than they are read, so that only
 * some are read at once; the others before the next message is published, or in turns.
 */
export class Upstream {
  readonly #host: PatternHost
  readonly #reader: UpstreamReader
  /** Pipes with more to read. */
  readonly #behind = new Set<Pipe>()
  /** What is still to be read before the next message may be published, of what had come when it was given. */
  readonly #owed = new Map<Pipe, number>()

  constructor(host: PatternHost, reader: UpstreamReader) {
    this.#host = host
    this.#reader = reader
  }

  detach(pipe: Pipe): void {
    this.#behind.delete(pipe)
    this.#owed.delete(pipe)
  }

  /** Whether there is more to read. */
  get isBehind(): boolean {
    return this.#behind.size > 0
  }

  /** The pipe is readable. */
  read(pipe: Pipe): void {
    this.#read(pipe, MOST_AT_ONCE)
  }

  /**
   * A message is about to be published: reads what has come by now, some of it. False: that was not
   * all. The next calls read on until it is, and no further: what comes meanwhile may have no end.
   */
  catchUp(): boolean {
    if (this.#behind.size === 0) return true
    if (this.#owed.size === 0) {
      for (const pipe of this.#behind) this.#owed.set(pipe, pipe.unread)
    }
    let left = MOST_AT_ONCE
    for (const [pipe, owed] of this.#owed) {
      const count = Math.min(owed, left)
      this.#owed.set(pipe, owed - count)
      this.#read(pipe, count)
      left -= count
      // Where there is no place for more it is not waited for.
      if (owed > count && this.#owed.has(pipe) && !this.#isFull()) return false
      this.#owed.delete(pipe)
    }
    return true
  }

  /** There is a place for more again. */
  resume(): void {
    for (const pipe of this.#behind) this.read(pipe)
  }

  #read(pipe: Pipe, most: number): void {
    const count = Math.min(pipe.unread, most)
    this.#host.spend(count)
    for (let left = count; left > 0 && pipe.canRead(); left--) {
      if (this.#isFull()) {
        this.#leave(pipe)
        return
      }
      if (!this.#reader.take(pipe.read(), pipe)) {
        this.detach(pipe)
        pipe.refuse()
        return
      }
    }
    if (pipe.parkReading()) {
      this.#behind.delete(pipe)
    } else {
      this.#behind.add(pipe)
      pipe.lookAgain()
    }
  }

  #isFull(): boolean {
    return this.#reader.isFull?.() ?? false
  }

  /** It is read on when there is a place; of a peer that is gone nothing is worth waiting for. */
  #leave(pipe: Pipe): void {
    this.#behind.add(pipe)
    while (pipe.isPeerClosed && pipe.canRead()) pipe.skip()
  }
}
