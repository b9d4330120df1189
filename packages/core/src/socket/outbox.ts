import { SocketError, type SocketErrorCode } from '../errors.ts'
import { toOutgoing, type MessageLike, type Outgoing } from './message.ts'
import type { Failure, Pattern } from './pattern.ts'

/** A message as it was given; to sockets that address their messages, with its target. */
export type Given = MessageLike | readonly MessageLike[] | readonly [MessageLike, object]

/** Messages to be sent in a row, and how far that has come. */
export class Outbox {
  readonly #pattern: Pattern
  readonly #messages: readonly unknown[]
  readonly #convert: (message: never) => Outgoing
  readonly #isBatch: boolean
  /** Sent of the same batch before it was kept. */
  readonly #sentBefore: number
  #next = 0

  /** @param convert applied to each message when its turn comes */
  private constructor(
    pattern: Pattern,
    messages: readonly unknown[],
    convert: (message: never) => Outgoing,
    isBatch: boolean,
    sentBefore = 0,
  ) {
    this.#pattern = pattern
    this.#messages = messages
    this.#convert = convert
    this.#isBatch = isBatch
    this.#sentBefore = sentBefore
  }

  /** One message that is ready to be sent. */
  static of(pattern: Pattern, outgoing: Outgoing): Outbox {
    return new Outbox(pattern, [outgoing], asItIs, false)
  }

  /**
   * A batch as a user gives it.
   *
   * @throws {TypeError} it is no array, or not of messages
   */
  static ofBatch(pattern: Pattern, messages: readonly Given[]): Outbox {
    if (!Array.isArray(messages)) throw new TypeError('Messages must be an array')
    if (pattern.address === undefined) {
      // Nothing is sent of a batch that could not be sent to its end.
      for (const message of messages) if (!(message instanceof Uint8Array)) check(message)
      return new Outbox(pattern, messages, toOutgoing, true)
    }
    const addressed = (messages as readonly [MessageLike, object][]).map(([message, target]) =>
      pattern.address!(toOutgoing(message), target),
    )
    return new Outbox(pattern, addressed, asItIs, true)
  }

  /**
   * Sends what it can; why it had to stop, or undefined when all is sent.
   *
   * @throws {SocketError} `ENOMEM`
   */
  send(): Failure | undefined {
    const messages = this.#messages
    const pattern = this.#pattern
    while (this.#next < messages.length) {
      if (pattern.sendMany !== undefined && messages.length > 1) {
        // What it throws comes without `sent`: it does not tell how far it was.
        this.#next = pattern.sendMany(messages, this.#next)
        if (this.#next === messages.length) return undefined
      }
      const outgoing = this.#convert(messages[this.#next] as never)
      const isNothing = Array.isArray(outgoing) && outgoing.length === 0
      const failure = isNothing ? undefined : this.#sendOne(outgoing)
      if (failure !== undefined) return failure
      this.#next++
    }
    return undefined
  }

  #sendOne(outgoing: Outgoing): Failure | undefined {
    try {
      return this.#pattern.send(outgoing)
    } catch (error) {
      if (!this.#isBatch || !(error instanceof SocketError)) throw error
      throw this.errorOf(error.code, error)
    }
  }

  /** What the call fails with; of a batch it says how far that has come. */
  errorOf(code: SocketErrorCode, cause?: SocketError): SocketError {
    if (!this.#isBatch) return new SocketError(code)
    const sent = this.#sentBefore + this.#next
    if (cause === undefined) return new SocketError(code, { sent })
    return new SocketError(code, { sent, message: cause.message, cause })
  }

  /** The same messages, safe from changes of the user's array while they wait. */
  keep(): Outbox {
    const rest = this.#messages.slice(this.#next)
    const sent = this.#sentBefore + this.#next
    return new Outbox(this.#pattern, rest, this.#convert, this.#isBatch, sent)
  }
}

const asItIs = (message: Outgoing): Outgoing => message

function check(message: unknown): void {
  if (typeof message === 'string') return
  if (message === undefined) throw new TypeError('Message must be present')
  if (typeof message === 'symbol') throw new TypeError('A symbol is no message')
  if (Array.isArray(message)) message.forEach(check)
}
