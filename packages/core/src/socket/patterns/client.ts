import { FairQueue } from '../../routing/fairQueue.ts'
import { LoadBalancer } from '../../routing/loadBalancer.ts'
import type { Outgoing } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { greet } from './greeting.ts'

/** CLIENT: single frames, sent to its servers in turn and received from them in turn. */
export class ClientPattern implements Pattern {
  readonly #host: PatternHost
  readonly #in = new FairQueue<Pipe>()
  readonly #out = new LoadBalancer<Pipe>()

  constructor(host: PatternHost) {
    this.#host = host
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
    this.#out.attach(pipe)
    greet(this.#host, pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    this.#out.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(pipe: Pipe): void {
    this.#out.activate(pipe)
  }

  send(message: Outgoing): Failure | undefined {
    if (Array.isArray(message)) return 'EINVAL'
    const pipe = this.#out.next()
    if (pipe === undefined) return 'EAGAIN'
    pipe.write(message)
    this.#out.advance()
    this.#host.flushLater(pipe)
    return undefined
  }

  sendMany(messages: readonly unknown[], begin: number): number {
    if (this.#out.size !== 1) return begin
    const pipe = this.#out.next()
    if (pipe === undefined) return begin
    this.#host.flushLater(pipe)
    return pipe.writeMany(messages, begin)
  }

  receive(): Received | Failure {
    const pipe = this.receiveFrom()
    return typeof pipe === 'string' ? pipe : pipe.read()
  }

  receiveFrom(): Pipe | Failure {
    const pipe = this.#in.next()
    if (pipe === undefined) return 'EAGAIN'
    this.#in.advance()
    return pipe
  }

  parkReceiving(): boolean {
    return this.#in.park()
  }

  parkSending(): boolean {
    return this.#out.next() === undefined
  }

  canSend(): boolean {
    return this.#out.next() !== undefined
  }

  canReceive(): boolean {
    return this.#in.next() !== undefined
  }
}
