import { releaseShared, type Outgoing } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { writeInEnvelope } from './envelope.ts'
import { RestingQueue } from './restingQueue.ts'

/** REP: takes a question from each peer in turn, and answers it. @see RFC 28/REQREP */
export class ReplyPattern implements Pattern {
  readonly #host: PatternHost
  readonly #in = new RestingQueue()
  #isAnswering = false
  /** The question that was found last: who asks, in which envelope, and what. */
  #client: Pipe | undefined
  #envelope: Received = []
  #request: Received | undefined

  constructor(host: PatternHost) {
    this.#host = host
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    if (this.#client === pipe) this.#client = undefined
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(): void {
    // Answers do not wait for room.
  }

  /** An answer that nobody wants any more, or has room for, is dropped. */
  send(message: Outgoing): Failure | undefined {
    if (!this.#isAnswering) return 'EFSM'
    if (this.#client?.canWrite() === true) {
      writeInEnvelope(this.#host, this.#client, this.#envelope, message)
    } else {
      releaseShared(message)
    }
    this.#isAnswering = false
    return undefined
  }

  receive(): Received | Failure {
    if (this.#isAnswering) return 'EFSM'
    const request = this.#findRequest()
    if (request === undefined) return 'EAGAIN'
    this.#isAnswering = true
    this.#request = undefined
    return request
  }

  /** Looks for a question, and drops what has no envelope, which ends with an empty frame. */
  #findRequest(): Received | undefined {
    while (this.#request === undefined) {
      const pipe = this.#in.next()
      if (pipe === undefined) return undefined
      const frames = pipe.read()
      const begin = frames.findIndex((frame) => frame.length === 0) + 1
      if (begin === 0 || begin === frames.length) {
        this.#in.drop(frames)
        continue
      }
      this.#client = pipe
      this.#request = frames.splice(begin)
      this.#envelope = frames
    }
    return this.#request
  }

  parkReceiving(): boolean {
    return this.#isAnswering || (this.#request === undefined && this.#in.park())
  }

  parkSending(): boolean {
    return true
  }

  canSend(): boolean {
    return this.#isAnswering
  }

  canReceive(): boolean {
    return !this.#isAnswering && this.#findRequest() !== undefined
  }

  isSendOutOfTurn(): boolean {
    return !this.#isAnswering
  }

  isReceiveOutOfTurn(): boolean {
    return this.#isAnswering
  }
}
