import type { Outgoing } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { probe } from './envelope.ts'
import { greet } from './greeting.ts'
import { PullPattern } from './pull.ts'
import { PushPattern } from './push.ts'

/** DEALER: sends as PUSH and receives as PULL, by the same pipes. @see RFC 28/REQREP */
export class DealerPattern implements Pattern {
  readonly #host: PatternHost
  readonly #out: PushPattern
  readonly #in = new PullPattern()

  constructor(host: PatternHost) {
    this.#host = host
    this.#out = new PushPattern(host)
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
    this.#out.attach(pipe)
    greet(this.#host, pipe)
    probe(this.#host, pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    this.#out.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.#in.readable(pipe)
  }

  writable(pipe: Pipe): void {
    this.#out.writable(pipe)
  }

  send(message: Outgoing): Failure | undefined {
    return this.#out.send(message)
  }

  sendMany(messages: readonly unknown[], begin: number): number {
    return this.#out.sendMany(messages, begin)
  }

  receive(): Received | Failure {
    return this.#in.receive()
  }

  receiveFrom(): Pipe | Failure {
    return this.#in.receiveFrom()
  }

  receiveMany(messages: Received[], max: number): void {
    this.#in.receiveMany(messages, max)
  }

  parkReceiving(): boolean {
    return this.#in.parkReceiving()
  }

  parkSending(): boolean {
    return this.#out.parkSending()
  }

  canSend(): boolean {
    return this.#out.canSend()
  }

  canReceive(): boolean {
    return this.#in.canReceive()
  }
}
