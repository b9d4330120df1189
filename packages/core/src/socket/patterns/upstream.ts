import type { Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** So many are read before timers and I/O have their turn: a few milliseconds' worth. */
const MOST_AT_ONCE = 1024

/**
 * What subscribers send up to their publisher, which nobody receives or waits for: it is read when it
 * comes. Subscriptions have no high-water mark, and may come faster than they are read, so that only
 * some are read at once; the others before the next message is published, or in turns.
 */
export class Upstream {
  readonly #take: (message: Received, pipe: Pipe) => void
  /** Pipes with more to read. */
  readonly #behind = new Set<Pipe>()

  constructor(take: (message: Received, pipe: Pipe) => void) {
    this.#take = take
  }

  detach(pipe: Pipe): void {
    this.#behind.delete(pipe)
  }

  /** The pipe is readable. */
  read(pipe: Pipe): void {
    this.#read(pipe, MOST_AT_ONCE)
  }

  /** Reads all that has come by now: a message is about to be published. */
  catchUp(): void {
    if (this.#behind.size > 0) for (const pipe of this.#behind) this.#read(pipe, Infinity)
  }

  #read(pipe: Pipe, most: number): void {
    // What comes meanwhile may have no end.
    for (let left = Math.min(pipe.unread, most); left > 0 && pipe.canRead(); left--) {
      this.#take(pipe.read(), pipe)
    }
    if (pipe.parkReading()) {
      this.#behind.delete(pipe)
    } else {
      this.#behind.add(pipe)
      pipe.lookAgain()
    }
  }
}
