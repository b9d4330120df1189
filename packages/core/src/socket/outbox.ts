import { toOutgoing, type MessageLike, type Outgoing } from './message.ts'
import type { Failure, Pattern } from './pattern.ts'

/** A message as it was given; to sockets that address their messages, with its target. */
export type Given = MessageLike | readonly MessageLike[] | readonly [MessageLike, object]

/** Messages to be sent in a row, and how far that has come. */
export class Outbox {
  readonly #pattern: Pattern
  readonly #messages: readonly unknown[]
  readonly #convert: (message: never) => Outgoing
  #next = 0

  /** @param convert applied to each message when its turn comes */
  constructor(
    pattern: Pattern,
    messages: readonly unknown[],
    convert: (message: never) => Outgoing,
  ) {
    this.#pattern = pattern
    this.#messages = messages
    this.#convert = convert
  }

  /** One message that is ready to be sent. */
  static of(pattern: Pattern, outgoing: Outgoing): Outbox {
    return new Outbox(pattern, [outgoing], asItIs)
  }

  /**
   * A batch as a user gives it.
   *
   * @throws {TypeError} it is no array, or not of messages
   */
  static ofBatch(pattern: Pattern, messages: readonly Given[]): Outbox {
    if (!Array.isArray(messages)) throw new TypeError('Messages must be an array')
    const { address } = pattern
    if (address === undefined) {
      // Nothing is sent of a batch that could not be sent to its end.
      for (const message of messages) if (!(message instanceof Uint8Array)) check(message)
      return new Outbox(pattern, messages, toOutgoing)
    }
    const addressed = (messages as readonly [MessageLike, object][]).map(([message, target]) =>
      address.call(pattern, toOutgoing(message), target),
    )
    return new Outbox(pattern, addressed, asItIs)
  }

  /** Sends what it can; why it had to stop, or undefined when all is sent. */
  send(): Failure | undefined {
    const messages = this.#messages
    const pattern = this.#pattern
    while (this.#next < messages.length) {
      if (pattern.sendMany !== undefined && messages.length > 1) {
        this.#next = pattern.sendMany(messages, this.#next)
        if (this.#next === messages.length) return undefined
      }
      const outgoing = this.#convert(messages[this.#next] as never)
      const isNothing = Array.isArray(outgoing) && outgoing.length === 0
      const failure = isNothing ? undefined : pattern.send(outgoing)
      if (failure !== undefined) return failure
      this.#next++
    }
    return undefined
  }

  /** The same messages, safe from changes of the user's array while they wait. */
  keep(): Outbox {
    return new Outbox(this.#pattern, this.#messages.slice(this.#next), this.#convert)
  }
}

const asItIs = (message: Outgoing): Outgoing => message

function check(message: unknown): void {
  if (typeof message === 'string') return
  if (message === undefined) throw new TypeError('Message must be present')
  if (typeof message === 'symbol') throw new TypeError('A symbol is no message')
  if (Array.isArray(message)) message.forEach(check)
}
