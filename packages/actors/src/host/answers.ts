import { isTimedOut } from '../errors.ts'
import { aboutCall } from './aboutCall.ts'
import type { Asks } from './asks.ts'
import { kind, type Envelope, type Kind } from './envelope.ts'
import type { Happenings } from './happenings.ts'
import { Unreadable } from './record.ts'
import type { RefValues } from './refValues.ts'
import { StreamReader } from './streamReader.ts'

/** Brings what others have answered to whoever asked here. */
export class Answers {
  readonly #asks: Asks
  readonly #values: RefValues
  readonly #happenings: Happenings

  constructor(asks: Asks, values: RefValues, happenings: Happenings) {
    this.#asks = asks
    this.#values = values
    this.#happenings = happenings
  }

  /** What was asked of others has been answered. @param of says by whom */
  take(how: Kind, id: number, body: unknown, of: Envelope): void {
    const pending = this.#asks.get(id)
    this.#values.adopt(pending?.owner)
    if (pending === undefined) {
      const { from: host, slot, generation, method } = of
      // What was under way when a reader broke off is no letter to anybody, nor that a handler has given up in time.
      const isLetter =
        how === kind.failure ? !gaveUp(body) : how < kind.item || how === kind.refusal
      if (isLetter) this.#happenings.bury('late reply', { host, slot, generation }, method)
      return
    }
    if (body instanceof Unreadable) {
      pending.abandon(body.error)
      return
    }
    if (how === kind.item) {
      pending.item(body)
      return
    }
    if (how === kind.stall) {
      if (pending instanceof StreamReader) pending.stalled()
      return
    }
    this.#asks.remove(pending)
    if (how === kind.reply) pending.settle(body)
    else if (how === kind.end) pending.end()
    else if (how === kind.refusal) pending.refuse(body)
    else pending.fail(aboutCall(body, () => pending.asked))
  }
}

/** Whether it says no more than that there is no answer in time. */
const gaveUp = (error: unknown): boolean => isTimedOut(error) && error.cause === undefined
