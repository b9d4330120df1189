import { partsOf, type Outgoing } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/**
 * PAIR: one peer and nobody else, both ways at any time. @see RFC 31/EXPAIR
 *
 * CHANNEL is the same with messages of a single frame; DGRAM, whose peer is the network, with an
 * address in front of it.
 */
export class PairPattern implements Pattern {
  readonly #host: PatternHost
  readonly #frames: number | undefined
  #pipe: Pipe | undefined

  /** @param frames that every message has to have; undefined for any number */
  constructor(host: PatternHost, frames?: number) {
    this.#host = host
    this.#frames = frames
  }

  /** Whoever comes while there is a peer is turned away. */
  attach(pipe: Pipe): void {
    if (this.#pipe === undefined) this.#pipe = pipe
    else this.#host.closePipe(pipe)
  }

  detach(pipe: Pipe): void {
    if (this.#pipe === pipe) this.#pipe = undefined
  }

  readable(): void {
    // There is one place to look at, and it is looked at anyway.
  }

  writable(): void {
    // As above.
  }

  send(message: Outgoing): Failure | undefined {
    if (this.#frames !== undefined && partsOf(message).length !== this.#frames) return 'EINVAL'
    const pipe = this.#pipe
    if (pipe === undefined || !pipe.canWrite()) return 'EAGAIN'
    pipe.write(message)
    this.#host.flushLater(pipe)
    return undefined
  }

  sendMany(messages: readonly unknown[], begin: number): number {
    const pipe = this.#pipe
    // Single frames are all it writes; of two, each is looked at.
    if (pipe === undefined || this.#frames === 2) return begin
    this.#host.flushLater(pipe)
    return pipe.writeMany(messages, begin)
  }

  receive(): Received | Failure {
    const pipe = this.#readablePipe()
    return pipe === undefined ? 'EAGAIN' : pipe.read()
  }

  receiveFrom(): Pipe | Failure {
    return this.#readablePipe() ?? 'EAGAIN'
  }

  receiveMany(messages: Received[], max: number): void {
    this.#readablePipe()?.readMany(messages, max - messages.length)
  }

  parkReceiving(): boolean {
    const pipe = this.#pipe
    return pipe === undefined || pipe.endIfDrained() || pipe.parkReading()
  }

  parkSending(): boolean {
    return this.#pipe === undefined || this.#pipe.parkWriting()
  }

  canSend(): boolean {
    return this.#pipe !== undefined && this.#pipe.canWrite()
  }

  canReceive(): boolean {
    return this.#readablePipe() !== undefined
  }

  /** The peer, when it has sent something; one that has left is let go after its last message. */
  #readablePipe(): Pipe | undefined {
    const pipe = this.#pipe
    if (pipe === undefined || pipe.canRead()) return pipe
    pipe.endIfDrained()
    return undefined
  }
}
