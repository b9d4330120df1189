import type { Random } from '../../support/random.ts'
import { frameSizes, stamped } from '../../support/stamped.ts'
import { LONGEST_LIFE, type Book, type Promised } from './book.ts'
import type { Message } from './message.ts'
import type { Port, SendOutcome } from './port.ts'

/** Bytes of a large frame; most are small. */
const LARGE = 20_000
const VERY_LARGE = 400_000

/** Puts around a stamped message what its pattern needs. */
type Dress = (frames: readonly Buffer[], message: number) => Message
const plain: Dress = (frames) => ({ frames })

/** The messages of one socket, numbered in the order in which they are sent. */
export class Life {
  readonly number: number
  readonly #book: Book
  readonly #random: Random
  readonly #isMultipart: boolean
  #sent = 0

  constructor(
    book: Book,
    pattern: number,
    promised: Promised,
    random: Random,
    isMultipart: boolean,
  ) {
    this.number = book.begin(pattern, promised)
    this.#book = book
    this.#random = random
    this.#isMultipart = isMultipart
  }

  get sent(): number {
    return this.#sent
  }

  /** So many messages it may still have. */
  get left(): number {
    return LONGEST_LIFE - this.#sent
  }

  /** Sends the messages that come next. */
  async send(port: Port, count: number, dress = plain): Promise<SendOutcome> {
    const messages = Array.from({ length: count }, (_, i) => {
      const message = this.#sent + i
      return dress(stamped(this.number, message, this.#sizes()), message)
    })
    this.#book.trying(this.number, this.#sent + count)
    const outcome = await port.send(messages)
    this.#sent += outcome.sent
    this.#book.sent(this.number, this.#sent)
    return outcome
  }

  /** Nothing more is sent. */
  end(): void {
    this.#book.end(this.number)
  }

  #sizes(): number[] {
    const largest = this.#random.oneIn(200) ? VERY_LARGE : LARGE
    return this.#isMultipart ? frameSizes(this.#random, largest) : [this.#random.skewed(largest)]
  }
}
