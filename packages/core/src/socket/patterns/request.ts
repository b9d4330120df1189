import { LoadBalancer } from '../../routing/loadBalancer.ts'
import type { Outgoing } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { delimiter, probe, writeInEnvelope } from './envelope.ts'
import { RestingQueue } from './restingQueue.ts'

const REQUEST_ID_BYTES = 4

/** REQ: asks its peers in turn, one question at a time. @see RFC 28/REQREP */
export class RequestPattern implements Pattern {
  readonly #host: PatternHost
  readonly #in = new RestingQueue()
  readonly #out = new LoadBalancer<Pipe>()
  #isWaiting = false
  /** Who was asked last; undefined when it has gone, and then anybody may answer. */
  #asked: Pipe | undefined
  /** What the answer has to carry; undefined when requests are not numbered. */
  #requestId: Buffer | undefined
  #lastRequestId = Math.floor(Math.random() * 2 ** 32)
  /** The answer, when it has been looked at and not received. */
  #reply: Received | undefined

  constructor(host: PatternHost) {
    this.#host = host
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
    this.#out.attach(pipe)
    probe(this.#host, pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    this.#out.detach(pipe)
    if (this.#asked === pipe) this.#asked = undefined
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(pipe: Pipe): void {
    this.#out.activate(pipe)
  }

  send(message: Outgoing): Failure | undefined {
    if (this.isSendOutOfTurn()) return 'EFSM'
    const pipe = this.#out.next()
    if (pipe === undefined) return 'EAGAIN'
    this.#forget()
    const requestId = this.#host.options.correlate ? this.#nextRequestId() : undefined
    const envelope = requestId === undefined ? [delimiter] : [requestId, delimiter]
    writeInEnvelope(this.#host, pipe, envelope, message)
    this.#out.advance()
    this.#requestId = requestId
    this.#asked = pipe
    this.#isWaiting = true
    return undefined
  }

  /** Drops whatever has come so far: it cannot be the answer to what is asked next. */
  #forget(): void {
    this.#isWaiting = false
    this.#reply = undefined
    this.#in.skipAll()
  }

  #nextRequestId(): Buffer {
    this.#lastRequestId = (this.#lastRequestId + 1) >>> 0
    const requestId = Buffer.alloc(REQUEST_ID_BYTES)
    requestId.writeUInt32LE(this.#lastRequestId)
    return requestId
  }

  receive(): Received | Failure {
    if (!this.#isWaiting) return 'EFSM'
    const reply = this.#findReply()
    if (reply === undefined) return 'EAGAIN'
    this.#isWaiting = false
    this.#reply = undefined
    return reply
  }

  /** Looks for the answer, and drops what others say and what is no answer. */
  #findReply(): Received | undefined {
    while (this.#reply === undefined) {
      const pipe = this.#in.next()
      if (pipe === undefined) return undefined
      if (this.#asked === undefined || this.#asked === pipe) this.#reply = this.#read(pipe)
      else this.#in.skip(pipe)
    }
    return this.#reply
  }

  #read(pipe: Pipe): Received | undefined {
    const frames = pipe.read()
    const reply = this.#open(frames)
    if (reply === undefined) this.#in.drop(frames)
    return reply
  }

  /** Takes the envelope off; undefined when it is not that of the request. */
  #open(frames: Received): Received | undefined {
    let begin = 0
    if (this.#requestId !== undefined) {
      if (!this.#requestId.equals(frames[0]!)) return undefined
      begin = 1
    }
    const isWhole = frames.length > begin + 1 && frames[begin]!.length === 0
    return isWhole ? frames.slice(begin + 1) : undefined
  }

  parkReceiving(): boolean {
    return !this.#isWaiting || (this.#reply === undefined && this.#in.park())
  }

  parkSending(): boolean {
    return this.isSendOutOfTurn() || this.#out.next() === undefined
  }

  canSend(): boolean {
    return !this.isSendOutOfTurn() && this.#out.next() !== undefined
  }

  canReceive(): boolean {
    return this.#isWaiting && this.#findReply() !== undefined
  }

  isSendOutOfTurn(): boolean {
    return this.#isWaiting && !this.#host.options.relaxed
  }

  isReceiveOutOfTurn(): boolean {
    return !this.#isWaiting
  }
}
