import { FairQueue } from '../../routing/fairQueue.ts'
import { RoutingIdTable } from '../../routing/routingIdTable.ts'
import { bytesOf, isMultipart, releaseShared, type Outgoing, type Part } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { checkNextName, type NamingPattern } from './connectName.ts'

/**
 * STREAM: bytes from and to peers that do not speak ZMTP, behind the name this socket has for each.
 *
 * That a peer came or went is an empty message, which its transport puts into the pipe.
 * @see zmq_socket(3), "Native pattern"
 */
export class StreamPattern implements Pattern, NamingPattern {
  readonly #host: PatternHost
  readonly #in = new FairQueue<Pipe>()
  readonly #peers = new RoutingIdTable<Pipe>()
  /** Who was at the high-water mark when something was to be sent to it. */
  #blockedBy: Pipe | undefined

  constructor(host: PatternHost) {
    this.#host = host
  }

  checkNextName(): void {
    checkNextName(this.#host.options, this.#peers)
  }

  attach(pipe: Pipe): void {
    this.#peers.add(pipe, pipe.routingId ?? this.#peers.invent())
    this.#in.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    this.#peers.remove(pipe)
    if (this.#blockedBy === pipe) this.#blockedBy = undefined
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(): void {
    // Who is written to is asked for room each time.
  }

  /**
   * A name alone is for nobody and counts as sent, as in libzmq; more than a name and what it is
   * sent is no message of this type.
   */
  send(message: Outgoing): Failure | undefined {
    if (!isMultipart(message)) {
      releaseShared(message)
      return undefined
    }
    const [name, data, more] = message
    if (more !== undefined) return 'EINVAL'
    const pipe = this.#peers.find(bytesOf(name!))
    if (pipe === undefined || pipe.isPeerClosed) return 'EHOSTUNREACH'
    if (data!.length === 0) {
      // The socket stays: what it sent before is not to be lost, but for a peer that may never come.
      this.#host.closePipe(pipe, pipe.isPending ? undefined : -1)
      releaseShared(message)
      return undefined
    }
    if (!pipe.canWrite()) {
      this.#blockedBy = pipe
      return 'EAGAIN'
    }
    this.#blockedBy = undefined
    pipe.write(data!)
    this.#host.flushLater(pipe)
    releaseShared(name!)
    return undefined
  }

  receive(): Received | Failure {
    const pipe = this.#nextPipe()
    if (pipe === undefined) return 'EAGAIN'
    // The pipe may end with what is read from it.
    const name = Buffer.from(pipe.routingId!)
    return [name, ...pipe.read()]
  }

  receiveParts(): Part[] | Failure {
    const pipe = this.#nextPipe()
    if (pipe === undefined) return 'EAGAIN'
    const name = Buffer.from(pipe.routingId!)
    return [name, ...pipe.readParts()]
  }

  #nextPipe(): Pipe | undefined {
    const pipe = this.#in.next()
    if (pipe !== undefined) this.#in.advance()
    return pipe
  }

  parkReceiving(): boolean {
    return this.#in.park()
  }

  parkSending(): boolean {
    return this.#blockedBy === undefined || this.#blockedBy.parkWriting()
  }

  /** Whether something can be sent depends on whom it is for. */
  canSend(): boolean {
    return true
  }

  canSendAgain(): boolean {
    const pipe = this.#blockedBy
    return pipe === undefined || pipe.isPeerClosed || pipe.canWrite()
  }

  canReceive(): boolean {
    return this.#in.next() !== undefined
  }
}
