import { stampOf, type Stamp } from './stamped.ts'

/** Sees to it that of each sender nothing is torn, nothing comes twice, and nothing out of order. */
export class Ledger {
  readonly #last = new Map<number, number>()
  #count = 0

  /** Messages so far. */
  get count(): number {
    return this.#count
  }

  /** @throws {Error} it is torn, or comes again, or too late */
  enter(message: readonly Buffer[]): Stamp {
    const stamp = stampOf(message)
    const { sender, sequence } = stamp
    const last = this.lastOf(sender)
    if (sequence <= last) throw new Error(`message ${sequence} of ${sender} came after ${last}`)
    this.#last.set(sender, sequence)
    this.#count++
    return stamp
  }

  /** The last sequence number of a sender; -1 before its first. */
  lastOf(sender: number): number {
    return this.#last.get(sender) ?? -1
  }
}

/**
 * What one sender may be sure of that connects anew and anew to who receives, and who cannot tell its
 * connections apart: nothing is torn, nothing comes twice, and no more disorder than so many connections
 * explain. They are queued fairly, so that the first message of a new one may be handed out before the last
 * ones of the old.
 */
export class Arrivals {
  /** By sequence number: which of all it was to arrive. */
  readonly #places = new Map<number, number>()

  has(sequence: number): boolean {
    return this.#places.has(sequence)
  }

  /** @throws {Error} it is torn, or comes again */
  enter(message: readonly Buffer[]): void {
    const { sequence } = stampOf(message)
    if (this.has(sequence)) throw new Error(`message ${sequence} came again`)
    this.#places.set(sequence, this.#places.size)
  }

  /**
   * Without disorder within one connection it takes at least so many for these arrivals: of two that
   * were sent one after the other, the later has arrived before the earlier only by another one.
   */
  get leastConnections(): number {
    const places = [...this.#places].sort(([a], [b]) => a - b).map(([, place]) => place)
    return 1 + places.filter((place, i) => i > 0 && place < places[i - 1]!).length
  }
}
