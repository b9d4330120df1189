import { ActorError } from '../errors.ts'
import { kind, type Envelope } from './envelope.ts'
import { Timeout, type Timeouts } from './timeouts.ts'

const verbs: Partial<Record<number, Message['verb']>> = {
  [kind.tell]: 'tell',
  [kind.ask]: 'ask',
  [kind.stream]: 'stream',
}

/** What a message needs of the host that it is handled on. */
export interface MessageHost {
  readonly timeouts: Timeouts
  now(): number
}

/** The end of the time that an asker waits. */
class Expiry extends Timeout {
  readonly #message: Message

  constructor(message: Message) {
    super()
    this.#message = message
  }

  override expire(): void {
    this.#message.withdraw(new ActorError('ETIMEDOUT'))
  }
}

/** The message being handled, as its handler sees it. */
export class Message {
  readonly method: string
  /** How it was sent; a `send` is a `tell` to whom it is for. */
  readonly verb: 'tell' | 'ask' | 'stream'
  /**
   * When its answer is of no use any more, in milliseconds since the epoch; `Infinity`: never. By the time of the
   * program, which no calendar that is set later changes: `ctx.message.signal` says when it is over.
   */
  readonly deadline: number
  /** @internal */
  readonly envelope: Envelope
  readonly #host: MessageHost
  #controller: AbortController | undefined
  #expiry: Expiry | undefined
  #reason: ActorError | undefined

  /** @internal */
  constructor(envelope: Envelope, host: MessageHost) {
    this.method = envelope.method
    this.verb = verbs[envelope.kind]!
    this.deadline = envelope.deadline
    this.envelope = envelope
    this.#host = host
  }

  /**
   * Aborted when nobody waits for the answer any more: the asker has withdrawn (`ECANCELED`), its
   * time is over (`ETIMEDOUT`), or the actor ends first (`ESTOPPED`).
   */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal
    this.#controller = new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    else if (this.deadline < Infinity) {
      this.#expiry = new Expiry(this)
      this.#host.timeouts.add(this.#expiry, Math.max(0, this.deadline - this.#host.now()))
    }
    return this.#controller.signal
  }

  /** @internal Whether the answer is of no use any more. */
  get isWithdrawn(): boolean {
    return this.#reason !== undefined
  }

  /** @internal Whether that is because its time is over: who asked was not told, and may count on a word of it. */
  get isExpired(): boolean {
    return this.#reason?.code === 'ETIMEDOUT'
  }

  /** @internal */
  withdraw(reason: ActorError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.end()
    this.#controller?.abort(reason)
  }

  /** @internal It was handled. */
  end(): void {
    if (this.#expiry !== undefined) this.#host.timeouts.remove(this.#expiry)
  }
}
