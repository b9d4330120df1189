import type { PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** So many are read before timers and I/O have their turn: a millisecond or two's worth. */
const MOST_AT_ONCE = 512

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
  /** Those of them that there was no place for more of, until all has been read. */
  readonly #late = new Set<Pipe>()

  constructor(host: PatternHost, reader: UpstreamReader) {
    this.#host = host
    this.#reader = reader
  }

  /** Nothing more is to be read of it, for now or ever. */
  detach(pipe: Pipe): void {
    this.#behind.delete(pipe)
    this.#late.delete(pipe)
  }

  /** The pipe is readable. */
  read(pipe: Pipe): void {
    this.#read(pipe, MOST_AT_ONCE)
  }

  /**
   * Reads all that has come by now: a message is about to be published. What had to be left for want of a
   * place has missed messages already, and may be much.
   */
  catchUp(): void {
    if (this.#behind.size === 0) return
    for (const pipe of this.#behind)
      this.#read(pipe, this.#late.has(pipe) ? MOST_AT_ONCE : Infinity)
  }

  /** There is a place for more again. */
  resume(): void {
    for (const pipe of this.#behind) this.read(pipe)
  }

  #read(pipe: Pipe, most: number): void {
    // What comes meanwhile may have no end.
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
      this.detach(pipe)
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
    this.#late.add(pipe)
    while (pipe.isPeerClosed && pipe.canRead()) pipe.skip()
  }
}
