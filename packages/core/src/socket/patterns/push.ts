import { LoadBalancer } from '../../routing/loadBalancer.ts'
import type { Outgoing } from '../message.ts'
import type { Failure, Pattern, PatternHost } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/**
 * PUSH: each message to one peer, in turn. @see RFC 30/PIPELINE
 *
 * SCATTER is the same with messages of a single frame.
 */
export class PushPattern implements Pattern {
  readonly #host: PatternHost
  readonly #out = new LoadBalancer<Pipe>()
  readonly #singleFrames: boolean

  constructor(host: PatternHost, singleFrames = false) {
    this.#host = host
    this.#singleFrames = singleFrames
  }

  attach(pipe: Pipe): void {
    this.#out.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#out.detach(pipe)
  }

  /** Peers send nothing. */
  readable(pipe: Pipe): void {
    while (pipe.canRead()) pipe.skip()
  }

  writable(pipe: Pipe): void {
    this.#out.activate(pipe)
  }

  send(message: Outgoing): Failure | undefined {
    if (this.#singleFrames && Array.isArray(message)) return 'EINVAL'
    const pipe = this.#out.next()
    if (pipe === undefined) return 'EAGAIN'
    pipe.write(message)
    this.#out.advance()
    this.#host.flushLater(pipe)
    return undefined
  }

  sendMany(messages: readonly unknown[], begin: number): number {
    // Turns of one message each, unless there is only one to take them.
    if (this.#singleFrames || this.#out.size !== 1) return begin
    const pipe = this.#out.next()
    if (pipe === undefined) return begin
    this.#host.flushLater(pipe)
    return pipe.writeMany(messages, begin)
  }

  receive(): Failure {
    return 'ENOTSUP'
  }

  parkReceiving(): boolean {
    return true
  }

  parkSending(): boolean {
    return this.#out.next() === undefined
  }

  canSend(): boolean {
    return this.#out.next() !== undefined
  }

  canReceive(): boolean {
    return false
  }
}
