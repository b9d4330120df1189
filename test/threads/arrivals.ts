import { stampOf } from '../support/stamped.ts'

/** Senders have numbers this far apart; only the first of each is counted. */
export const SENDER_STEP = 1000

/** What one place receives from counted senders: all of it, in order and once. */
export class Arrivals {
  readonly #counts = new Map<number, number>()

  /** @throws {Error} the message is torn, lost its predecessor, or came twice */
  take(message: readonly Buffer[]): void {
    const { sender, sequence } = stampOf(message)
    if (sender % SENDER_STEP !== 0) return
    const expected = this.count(sender)
    if (sequence !== expected) {
      throw new Error(`message ${sequence} of sender ${sender} where ${expected} was next`)
    }
    this.#counts.set(sender, expected + 1)
  }

  count(sender: number): number {
    return this.#counts.get(sender) ?? 0
  }
}
