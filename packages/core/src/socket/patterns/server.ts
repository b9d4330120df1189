import { FairQueue } from '../../routing/fairQueue.ts'
import { isMultipart, type Outgoing, type Part } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import type { SharedFrame } from '../sharedFrame.ts'
import { farewellOf, greet } from './greeting.ts'
import { NoticeQueue } from './noticeQueue.ts'

/** Which peer a message is for, or was from. */
export interface RoutingTarget {
  /** The number that the socket has given to the peer: 1 to 4294967295. */
  readonly routingId: number
}

/** A message that a socket makes up in the name of a peer that has left. */
interface Farewell {
  readonly message: Buffer
  readonly routingId: number
}

const ROUTING_ID_BYTES = 4

/**
 * SERVER and PEER: single frames, each from and to a peer that the socket knows by a number.
 *
 * Within the socket a message on its way out has its number as a frame in front of it.
 */
export class ServerPattern implements Pattern {
  readonly #host: PatternHost
  readonly #in = new FairQueue<Pipe>()
  readonly #peers = new Map<number, Pipe>()
  readonly #farewells = new NoticeQueue<Farewell>()
  #lastRoutingId = Math.floor(Math.random() * 2 ** 32)
  /** Whose message was received last. */
  #receivedFrom = 0
  /** Who was at the high-water mark when a message was to be sent to it. */
  #blockedBy: Pipe | undefined

  constructor(host: PatternHost) {
    this.#host = host
  }

  /** The number of the peer that came last. */
  get lastRoutingId(): number {
    return this.#lastRoutingId
  }

  attach(pipe: Pipe): void {
    const routingId = this.#nextRoutingId()
    pipe.tag = routingId
    pipe.routingId = frameOf(routingId)
    this.#peers.set(routingId, pipe)
    this.#in.attach(pipe)
    greet(this.#host, pipe)
  }

  #nextRoutingId(): number {
    do this.#lastRoutingId = (this.#lastRoutingId + 1) >>> 0
    while (this.#lastRoutingId === 0 || this.#peers.has(this.#lastRoutingId))
    return this.#lastRoutingId
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    if (this.#blockedBy === pipe) this.#blockedBy = undefined
    if (!this.#peers.delete(pipe.tag)) return
    const message = farewellOf(this.#host, pipe)
    if (message === undefined) return
    this.#farewells.add({ message, routingId: pipe.tag }, message.length)
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(): void {
    // Who is written to is asked for room each time.
  }

  /** @throws {TypeError} no routing id is given */
  address(message: Outgoing, target: object | undefined): Outgoing {
    if (typeof target !== 'object' || target === null) {
      throw new TypeError('Options must be an object')
    }
    const { routingId } = target as Partial<RoutingTarget>
    if (typeof routingId !== 'number') throw new TypeError('Routing id must be a number')
    const head = this.#peers.get(routingId)?.routingId ?? frameOf(routingId)
    return isMultipart(message) ? [head, ...message] : [head, message]
  }

  send(message: Outgoing): Failure | undefined {
    if (!isMultipart(message)) return 'EHOSTUNREACH'
    const [head, frame, more] = message
    if (!(head instanceof Buffer) || head.length !== ROUTING_ID_BYTES) return 'EINVAL'
    const routingId = head.readUInt32LE(0)
    if (routingId === 0 || frame === undefined || more !== undefined) return 'EINVAL'
    const pipe = this.#peers.get(routingId)
    if (pipe === undefined || pipe.isPeerClosed) return 'EHOSTUNREACH'
    if (!pipe.canWrite()) {
      this.#blockedBy = pipe
      return 'EAGAIN'
    }
    this.#blockedBy = undefined
    pipe.write(frame)
    this.#host.flushLater(pipe)
    return undefined
  }

  receive(): Received | Failure {
    const from = this.#nextFrom()
    if (from === undefined) return 'EAGAIN'
    return 'message' in from ? [from.message] : from.read()
  }

  receiveParts(): Part[] | Failure {
    const from = this.#nextFrom()
    if (from === undefined) return 'EAGAIN'
    return 'message' in from ? [from.message] : from.readParts()
  }

  #nextFrom(): Pipe | Farewell | undefined {
    const farewell = this.#farewells.shift()
    if (farewell !== undefined) {
      this.#receivedFrom = farewell.routingId
      return farewell
    }
    const pipe = this.#in.next()
    if (pipe === undefined) return undefined
    this.#in.advance()
    this.#receivedFrom = pipe.tag
    return pipe
  }

  present([frame]: Received): [Buffer, RoutingTarget] {
    return [frame!, { routingId: this.#receivedFrom }]
  }

  presentShared([frame]: SharedFrame[]): [SharedFrame, RoutingTarget] {
    return [frame!, { routingId: this.#receivedFrom }]
  }

  parkReceiving(): boolean {
    // Parking may find that a peer has gone, and that makes a farewell.
    return this.#farewells.length === 0 && this.#in.park() && this.#farewells.length === 0
  }

  parkSending(): boolean {
    return this.#blockedBy === undefined || this.#blockedBy.parkWriting()
  }

  /** Whether one can be sent depends on whom it is for. */
  canSend(): boolean {
    return true
  }

  canSendAgain(): boolean {
    const pipe = this.#blockedBy
    return pipe === undefined || pipe.isPeerClosed || pipe.canWrite()
  }

  canReceive(): boolean {
    return this.#farewells.length > 0 || this.#in.next() !== undefined || this.#farewells.length > 0
  }
}

/** Numbers that are none a peer could have become 0, which is no peer's. */
function frameOf(routingId: number): Buffer {
  const frame = Buffer.allocUnsafe(ROUTING_ID_BYTES)
  frame.writeUInt32LE(routingId >>> 0 === routingId ? routingId : 0)
  return frame
}
