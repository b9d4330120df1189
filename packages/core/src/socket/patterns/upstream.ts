import type { Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** No more messages of one peer are waited for than these: who floods a socket shall not hold it up. */
const MOST_AWAITED = 16_384

/**
 * What comes up the pipes of PUB, XPUB and RADIO without being asked for: who wants what. It is read
 * when it comes, as much as goes at a time.
 */
export class Upstream {
  readonly #take: (message: Received, pipe: Pipe) => void
  /**
   * Pipes with more to read, and how many messages of each have to be read before the send that
   * waits for them; undefined while none does.
   */
  readonly #behind = new Map<Pipe, number | undefined>()
  /** A send has not had to wait, or no longer, since the last reading. */
  #hasCaughtUp = false

  constructor(take: (message: Received, pipe: Pipe) => void) {
    this.#take = take
  }

  /** Reads what has come up a pipe, and sees to it that its owner is told of more. */
  read(pipe: Pipe): void {
    let count = 0
    do {
      while (pipe.canRead()) {
        const message = pipe.readInTurn()
        if (message === undefined) {
          this.#leave(pipe, count)
          return
        }
        count++
        this.#take(message, pipe)
      }
    } while (!pipe.parkReading())
    this.#behind.delete(pipe)
  }

  #leave(pipe: Pipe, count: number): void {
    // The next send waits for what has come since.
    if (this.#hasCaughtUp) {
      for (const other of this.#behind.keys()) this.#behind.set(other, undefined)
      this.#hasCaughtUp = false
    }
    const awaited = this.#behind.get(pipe)
    this.#behind.set(pipe, awaited === undefined ? undefined : awaited - count)
  }

  /** Reads what has come up by now, because a call asks what became of it. */
  catchUp(): void {
    for (const pipe of this.#behind.keys()) {
      let count = 0
      for (let left = this.#awaitedOf(pipe); left > 0 && pipe.canRead(); left--, count++) {
        this.#take(pipe.read(), pipe)
      }
      this.#leave(pipe, count)
    }
  }

  detach(pipe: Pipe): void {
    this.#behind.delete(pipe)
  }

  /** Whether a send has to wait until more is read. */
  get isBehind(): boolean {
    return this.#behind.size > 0
  }

  /**
   * Whether what had come up is read when a send asked for the first time, which may go on then. What
   * has come since is not waited for: it might never end.
   */
  hasCaughtUp(): boolean {
    if (this.#hasCaughtUp) return true
    let isRead = true
    for (const [pipe, awaited] of this.#behind) {
      if (awaited === undefined) this.#behind.set(pipe, this.#awaitedOf(pipe))
      if (awaited === undefined || awaited > 0) isRead = false
    }
    return (this.#hasCaughtUp = isRead)
  }

  #awaitedOf(pipe: Pipe): number {
    return Math.min(pipe.unread, MOST_AWAITED)
  }
}
