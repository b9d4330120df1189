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
