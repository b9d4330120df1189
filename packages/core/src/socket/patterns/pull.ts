import { FairQueue } from '../../routing/fairQueue.ts'
import type { Failure, Pattern, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** A batch takes so many messages from a peer before it is the next one's turn. */
export const FAIR_RUN = 256

/** PULL and GATHER: messages from all peers, in turn. @see RFC 30/PIPELINE */
export class PullPattern implements Pattern {
  readonly #in = new FairQueue<Pipe>(true)

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(): void {
    // Nothing is sent.
  }

  send(): Failure {
    return 'ENOTSUP'
  }

  receive(): Received | Failure {
    const pipe = this.#in.next()
    if (pipe === undefined) return 'EAGAIN'
    this.#in.advance()
    return pipe.read()
  }

  receiveFrom(): Pipe | Failure {
    const pipe = this.#in.next()
    if (pipe === undefined) return 'EAGAIN'
    this.#in.advance()
    return pipe
  }

  receiveMany(messages: Received[], max: number): void {
    let pipe: Pipe | undefined
    while (messages.length < max && (pipe = this.#in.next()) !== undefined) {
      this.#in.advance()
      if (pipe.readMany(messages, Math.min(max - messages.length, FAIR_RUN))) return
    }
  }

  parkReceiving(): boolean {
    return this.#in.park()
  }

  parkSending(): boolean {
    return true
  }

  canSend(): boolean {
    return false
  }

  canReceive(): boolean {
    return this.#in.next() !== undefined
  }
}
