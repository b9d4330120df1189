import { SocketError } from '../errors.ts'
import type { Thread } from '../thread/thread.ts'
import { batchEffort } from '../thread/turn.ts'
import {
  checkArguments,
  checkTimeoutOf,
  checkTimeoutOptions,
  type TimeoutOptions,
} from './arguments.ts'
import type { Connections } from './connections.ts'
import type { Gate } from './gate.ts'
import { effortOf, toOutgoing, type MessageLike, type Outgoing } from './message.ts'
import type { SocketOptions } from './options.ts'
import { Outbox, type Given } from './outbox.ts'
import type { Failure, Pattern } from './pattern.ts'
import type { SocketParts } from './socketParts.ts'
import type { Waiter } from './waiter.ts'

const DONE = Promise.resolve()

/** The calls of a socket that send: one message or a batch, as a promise or blocking. */
export class Sender {
  readonly #thread: Thread
  readonly #options: SocketOptions
  readonly #gate: Gate
  readonly #connections: Connections
  readonly #pattern: Pattern
  readonly #sending: Waiter<void>
  readonly #receiving: Waiter<unknown>

  constructor(parts: SocketParts) {
    this.#thread = parts.thread
    this.#options = parts.options
    this.#gate = parts.gate
    this.#connections = parts.connections
    this.#pattern = parts.pattern
    this.#sending = parts.sending
    this.#receiving = parts.receiving
  }

  send(message: MessageLike | readonly MessageLike[], target?: object): Promise<void> {
    this.#check()
    if (target !== undefined && this.#pattern.address === undefined) checkArguments(1, [target])
    const outgoing = this.#outgoing(message, target)
    if (outgoing === undefined) return this.#thread.turn.settle(undefined, DONE, 1)
    let failure: Failure | undefined
    try {
      failure = this.#pattern.send(outgoing)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    if (failure !== undefined) return this.#sendLater(Outbox.of(this.#pattern, outgoing), failure)
    this.#connections.flush()
    if (this.#receiving.isPending) this.#receiving.retry()
    return this.#thread.turn.settle(undefined, DONE, effortOf(outgoing))
  }

  sendMany(messages: readonly Given[]): Promise<void> {
    this.#check()
    const outbox = Outbox.ofBatch(this.#pattern, messages)
    let failure: Failure | void
    try {
      failure = this.#sendAll(outbox)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    if (failure !== undefined) return this.#sendLater(outbox.keep(), failure)
    if (this.#receiving.isPending) this.#receiving.retry()
    return this.#thread.turn.settle(undefined, DONE, batchEffort)
  }

  sendSync(message: MessageLike | readonly MessageLike[], options?: TimeoutOptions): void {
    this.#check()
    if (options !== undefined) this.#checkSending(options)
    const outgoing = this.#outgoing(message, options)
    if (outgoing === undefined) return
    const failure = this.#pattern.send(outgoing)
    if (failure !== undefined) {
      this.#sendBlocking(Outbox.of(this.#pattern, outgoing), failure, options)
    }
    this.#connections.flush()
    if (this.#receiving.isPending) this.#receiving.retry()
  }

  sendManySync(messages: readonly Given[], options?: TimeoutOptions): void {
    this.#check()
    if (options !== undefined) checkTimeoutOptions(options)
    const outbox = Outbox.ofBatch(this.#pattern, messages)
    const failure = this.#sendAll(outbox)
    if (failure !== undefined) this.#sendBlocking(outbox, failure, options)
    if (this.#receiving.isPending) this.#receiving.retry()
  }

  #check(): void {
    this.#gate.pass()
    if (this.#sending.isPending) throw busy()
  }

  /** Where they say whom to send to, the pattern looks at them too. */
  #checkSending(options: TimeoutOptions): void {
    if (this.#pattern.address === undefined) checkTimeoutOptions(options)
    else if (typeof options === 'object' && options !== null) checkTimeoutOf(options)
  }

  /** What is to be sent; undefined when that is nothing, or for nobody. */
  #outgoing(
    message: MessageLike | readonly MessageLike[],
    target: object | undefined,
  ): Outgoing | undefined {
    if (this.#pattern.address !== undefined) return this.#addressed(message, target)
    // What else there is stands apart: V8 takes only so much into its callers.
    return message instanceof Uint8Array ? message : this.#converted(message)
  }

  #addressed(
    message: MessageLike | readonly MessageLike[],
    target: object | undefined,
  ): Outgoing | undefined {
    const outgoing = this.#converted(message)
    return outgoing === undefined ? undefined : this.#pattern.address!(outgoing, target)
  }

  #converted(message: MessageLike | readonly MessageLike[]): Outgoing | undefined {
    if (typeof message === 'string' && this.#pattern.isUnwanted?.(message)) return undefined
    const outgoing = toOutgoing(message)
    return Array.isArray(outgoing) && outgoing.length === 0 ? undefined : outgoing
  }

  /** Sends what it can and makes it readable. */
  #sendAll(outbox: Outbox): Failure | void {
    try {
      return outbox.send()
    } finally {
      this.#connections.flush()
    }
  }

  #sendLater(outbox: Outbox, first: Failure): Promise<void> {
    const { sendTimeout } = this.#options
    return this.#sending.pend(
      first,
      sendTimeout,
      () => this.#sendAll(outbox),
      (code) => outbox.errorOf(code),
    )
  }

  #sendBlocking(outbox: Outbox, first: Failure, options: TimeoutOptions | undefined): void {
    const timeoutMs = options?.timeout ?? this.#options.sendTimeout
    this.#sending.block(
      first,
      timeoutMs,
      () => this.#sendAll(outbox),
      (code) => outbox.errorOf(code),
    )
  }
}

const busy = (): SocketError =>
  new SocketError('EBUSY', {
    message: 'Socket is busy writing; only one send operation may be in progress at any time',
  })
