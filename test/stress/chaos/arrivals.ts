import { sinceMs, type Stamp } from '../../support/stamped.ts'
import type { Book } from './book.ts'
import { stampOn, type Frame } from './message.ts'

/**
 * A message that was there for so long while its receiver waited did not wake it. Shorter than the
 * patience of those who wait, and longer than any thread has to wait for a core of a busy machine.
 */
const LATE_MS = 6000

/** Which numbers of a sender a receiver is to get. */
type IsWanted = (message: number) => boolean
const all: IsWanted = () => true

/** What one socket has received: whole, and in the order that its sender's pattern promises. */
export class Arrivals {
  readonly #book: Book
  readonly #isInMain: boolean
  readonly #isWanted: IsWanted
  readonly #last = new Map<number, number>()
  #mayHaveGaps = false
  #mayBeLate = false

  constructor(book: Book, isInMain: boolean, isWanted = all) {
    this.#book = book
    this.#isInMain = isInMain
    this.#isWanted = isWanted
  }

  /**
   * Takes a message that bears a stamp.
   *
   * @throws {Error} it is torn, came twice, came before another that it should follow, came without
   *   one that it should follow, or came late
   */
  take(frames: readonly Frame[], waitedSinceMs: number): Stamp {
    const stamp = stampOn(frames)
    const { sender, sequence } = stamp
    this.#book.arrived(this.#isInMain, sender, sequence)
    this.#checkOrder(sender, sequence)
    this.#last.set(sender, sequence)
    const forMs = Math.min(sinceMs(stamp.madeAtMs), sinceMs(waitedSinceMs))
    if (!this.#mayBeLate) this.#book.waited(forMs)
    if (forMs > LATE_MS && !this.#mayBeLate) {
      throw new Error(`message ${sequence} of life ${sender} came after a wait of ${forMs} ms`)
    }
    return stamp
  }

  /** What is wanted changes while messages are on their way: some may be missing from now on. */
  allowGaps(): void {
    this.#mayHaveGaps = true
  }

  /** What comes may have waited on its way. */
  allowDelays(): void {
    this.#mayBeLate = true
  }

  #checkOrder(sender: number, sequence: number): void {
    const order = this.#book.orderOf(sender)
    if (order === 'in any order') return
    const last = this.#last.get(sender)
    if (last !== undefined && sequence <= last) {
      throw new Error(`message ${sequence} of life ${sender} after ${last}`)
    }
    if (order === 'in order' || this.#mayHaveGaps) return
    if (last === undefined && order === 'in a row') return
    for (let missing = (last ?? -1) + 1; missing < sequence; missing++) {
      if (!this.#isWanted(missing)) continue
      throw new Error(`message ${sequence} of life ${sender} without ${missing} before it`)
    }
  }
}
