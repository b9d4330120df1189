import { FairQueue } from '../../routing/fairQueue.ts'
import { RoutingIdTable } from '../../routing/routingIdTable.ts'
import { bytesOf, isMultipart, releaseShared, type Outgoing, type Part } from '../message.ts'
import { peerNotification } from '../options.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { checkNextName, type NamingPattern } from './connectName.ts'
import { probe } from './envelope.ts'
import { farewellOf, greet } from './greeting.ts'
import { NoticeQueue } from './noticeQueue.ts'
import { FAIR_RUN } from './pull.ts'

/**
 * ROUTER: messages from all peers in turn, and to the one that a message's first frame names.
 *
 * A peer has the name that was given to `connect`, or else the one that it has set, or else one
 * that is made up here. @see RFC 28/REQREP
 */
export class RouterPattern implements Pattern, NamingPattern {
  readonly #host: PatternHost
  readonly #in = new FairQueue<Pipe>()
  readonly #peers = new RoutingIdTable<Pipe>()
  /** Messages of this socket's own in the names of its peers: that they came or went. */
  readonly #notices = new NoticeQueue<Received>()
  /** Who was at the high-water mark when a message was to be sent to it. */
  #blockedBy: Pipe | undefined

  constructor(host: PatternHost) {
    this.#host = host
  }

  checkNextName(): void {
    checkNextName(this.#host.options, this.#peers)
  }

  attach(pipe: Pipe): void {
    greet(this.#host, pipe)
    probe(this.#host, pipe)
    if (pipe.routingId !== undefined) this.#admit(pipe, pipe.routingId)
    else if (!pipe.isPending) this.#identify(pipe)
    if (!pipe.isPending) this.#notify(pipe, peerNotification.connect)
  }

  attached(pipe: Pipe): void {
    if (pipe.routingId === undefined) this.#identify(pipe)
    this.#notify(pipe, peerNotification.connect)
  }

  #identify(pipe: Pipe): void {
    const routingId = pipe.peerRoutingId
    if (routingId.length === 0) {
      this.#admit(pipe, this.#peers.invent())
      return
    }
    const holder = this.#peers.find(routingId)
    if (holder === undefined) {
      this.#admit(pipe, routingId)
    } else if (this.#host.options.handover) {
      this.#admit(pipe, routingId)
      this.#host.closePipe(holder)
    }
    // Otherwise nothing is read from it, as long as it is there.
  }

  #admit(pipe: Pipe, routingId: Buffer): void {
    this.#peers.add(pipe, routingId)
    this.#in.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    if (this.#blockedBy === pipe) this.#blockedBy = undefined
    if (pipe.isPeerClosed) this.#notify(pipe, peerNotification.disconnect)
    if (!this.#peers.remove(pipe)) return
    const farewell = farewellOf(this.#host, pipe)
    if (farewell !== undefined) this.#tell(pipe, farewell)
  }

  #notify(pipe: Pipe, event: number): void {
    if ((this.#host.options.notifyPeers & event) === 0 || !this.#peers.has(pipe)) return
    this.#tell(pipe, Buffer.alloc(0))
  }

  #tell(pipe: Pipe, text: Buffer): void {
    const routingId = Buffer.from(pipe.routingId!)
    this.#notices.add([routingId, text], routingId.length + text.length)
  }

  readable(pipe: Pipe): void {
    if (pipe.inIndex >= 0) this.#in.activate(pipe)
    // Of a peer that is not listened to, what it had sent must not keep the pipe.
    else if (pipe.isPeerClosed) while (pipe.canRead()) pipe.skip()
  }

  writable(): void {
    // Who is written to is asked for room each time.
  }

  send(message: Outgoing): Failure | undefined {
    if (!isMultipart(message)) return drop(message)
    const { mandatory } = this.#host.options
    const pipe = this.#peers.find(bytesOf(message[0]!))
    if (pipe === undefined || pipe.isPeerClosed) return mandatory ? 'EHOSTUNREACH' : drop(message)
    if (!pipe.canWrite()) {
      if (!mandatory) return drop(message)
      this.#blockedBy = pipe
      return 'EAGAIN'
    }
    this.#blockedBy = undefined
    const last = message.length - 1
    for (let i = 1; i <= last; i++) pipe.part(message[i]!, i < last)
    pipe.commit()
    this.#host.flushLater(pipe)
    releaseShared(message[0]!)
    return undefined
  }

  receive(): Received | Failure {
    const pipe = this.#nextPipe()
    if (pipe === undefined) return this.#notices.shift() ?? 'EAGAIN'
    const frames = pipe.read()
    frames.unshift(Buffer.from(pipe.routingId!))
    return frames
  }

  receiveParts(): Part[] | Failure {
    const pipe = this.#nextPipe()
    if (pipe === undefined) return this.#notices.shift() ?? 'EAGAIN'
    const frames = pipe.readParts()
    frames.unshift(Buffer.from(pipe.routingId!))
    return frames
  }

  receiveMany(messages: Received[], max: number): void {
    while (messages.length < max) {
      const pipe = this.#nextPipe()
      const notice = pipe === undefined ? this.#notices.shift() : undefined
      if (notice !== undefined) messages.push(notice)
      else if (pipe === undefined) return
      else if (this.#receiveRun(pipe, messages, Math.min(max - messages.length, FAIR_RUN))) return
    }
  }

  /** @returns as `Pipe.readMany` */
  #receiveRun(pipe: Pipe, messages: Received[], limit: number): boolean {
    let next = messages.length
    const isEnough = pipe.readMany(messages, limit)
    for (; next < messages.length; next++) messages[next]!.unshift(Buffer.from(pipe.routingId!))
    return isEnough
  }

  /** Who has a message; nobody while there are notices, which come first. */
  #nextPipe(): Pipe | undefined {
    if (this.#notices.length > 0) return undefined
    const pipe = this.#in.next()
    if (pipe !== undefined) this.#in.advance()
    return pipe
  }

  parkReceiving(): boolean {
    // Parking may find that a peer has gone, and that makes a notice.
    return this.#notices.length === 0 && this.#in.park() && this.#notices.length === 0
  }

  parkSending(): boolean {
    return this.#blockedBy !== undefined && this.#blockedBy.parkWriting()
  }

  /** Whether the peer that the next message is for has room is seen when it is sent. */
  canSend(): boolean {
    if (!this.#host.options.mandatory) return true
    for (const pipe of this.#peers.values()) if (pipe.canWrite()) return true
    return false
  }

  canSendAgain(): boolean {
    const pipe = this.#blockedBy
    return pipe === undefined || pipe.isPeerClosed || pipe.canWrite()
  }

  canReceive(): boolean {
    return this.#notices.length > 0 || this.#in.next() !== undefined || this.#notices.length > 0
  }
}

/** What cannot be delivered counts as sent. */
function drop(message: Outgoing): undefined {
  releaseShared(message)
  return undefined
}
