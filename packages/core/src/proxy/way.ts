import { SocketError } from '../errors.ts'
import { effortOf, partsOf, releaseShared, type Outgoing, type Part } from '../socket/message.ts'
import type { Failure, Pattern } from '../socket/pattern.ts'
import { SharedFrame } from '../socket/sharedFrame.ts'
import { TrafficCount } from './traffic.ts'

/** What passing on a message costs at least, as others count it: it may go to many. */
const MESSAGE_EFFORT = 8
const EFFORT_PER_LOOK = 64

/** The sockets that a message passes on its way, as what they can do. */
export interface WayEnds {
  readonly from: Pattern
  readonly to: Pattern
  /** Gets a copy of each message, before it goes on. */
  readonly capture: Pattern | undefined
}

/**
 * One direction of a proxy. A message is only taken when it can be passed on, so that high-water
 * marks on one side hold up the other.
 */
export class Way {
  readonly received = new TrafficCount()
  readonly sent = new TrafficCount()
  readonly #from: Pattern
  readonly #to: Pattern
  readonly #capture: Pattern | undefined
  /** Taken, and not passed on yet: the peer that it is for has no room. */
  #held: Outgoing | undefined
  #isCaptured = false

  constructor({ from, to, capture }: WayEnds) {
    this.#from = from
    this.#to = to
    this.#capture = capture
  }

  /**
   * Passes on up to `most` messages; how many there were.
   *
   * @param endAt when to end before that, by `performance.now()`
   * @throws {SocketError} the receiving socket refuses a message, which is lost then
   */
  forward(most: number, endAt: number): number {
    let moved = 0
    let effort = 0
    while (moved < most) {
      if (this.#held === undefined && !this.#take()) break
      effort += MESSAGE_EFFORT + effortOf(this.#held!)
      if (!this.#passOn()) break
      moved++
      if (effort < EFFORT_PER_LOOK) continue
      if (performance.now() >= endAt) break
      effort = 0
    }
    return moved
  }

  #take(): boolean {
    if (!this.#canPassOn()) return false
    const message = takeFrom(this.#from)
    if (typeof message === 'string') return false
    this.#held = message
    this.#isCaptured = this.#capture === undefined
    this.received.add(bytesIn(message))
    return true
  }

  /** A socket that is both ends sends what it has just received: whether it can shows only then. */
  #canPassOn(): boolean {
    if (this.#from !== this.#to && !this.#to.canSend()) return false
    return this.#capture === undefined || this.#capture.canSend()
  }

  #passOn(): boolean {
    const message = this.#held!
    if (!this.#isCaptured) {
      if (!this.#isSent(this.#capture!.send(copyOf(message)))) return false
      this.#isCaptured = true
    }
    const bytes = bytesIn(message)
    if (!this.#isSent(this.#to.send(message))) return false
    this.#held = undefined
    // Those that no peer wanted, or that several got as copies, are still held.
    releaseShared(message)
    this.sent.add(bytes)
    return true
  }

  #isSent(failure: Failure | undefined): boolean {
    if (failure === undefined) return true
    if (failure === 'EAGAIN' || failure === 'EFSM') return false
    throw new SocketError(failure)
  }

  /** Whether `forward` would do something. */
  canForward(): boolean {
    if (this.#held === undefined) return this.#from.canReceive() && this.#canPassOn()
    const next = this.#isCaptured ? this.#to : this.#capture!
    return next.canSendAgain?.() ?? next.canSend()
  }

  /** Asks to be told when there is something to do. False when there is. */
  park(): boolean {
    if (this.#held !== undefined) {
      return parkSending(this.#isCaptured ? this.#to : this.#capture!)
    }
    const isOutOfTurn = this.#from.isReceiveOutOfTurn?.() === true
    if (isOutOfTurn || !this.#from.canReceive()) return isOutOfTurn || this.#from.parkReceiving()
    if (this.#from !== this.#to && !this.#to.canSend()) return parkSending(this.#to)
    return this.#capture !== undefined && !this.#capture.canSend() && parkSending(this.#capture)
  }

  /** Drops what was taken and not passed on. */
  end(): void {
    if (this.#held !== undefined) releaseShared(this.#held)
    this.#held = undefined
  }
}

function takeFrom(pattern: Pattern): Outgoing | Failure {
  const parts = partsFrom(pattern)
  return typeof parts === 'string' || parts.length > 1 ? parts : parts[0]!
}

function partsFrom(pattern: Pattern): Part[] | Failure {
  if (pattern.receiveFrom !== undefined) {
    const pipe = pattern.receiveFrom()
    return typeof pipe === 'string' ? pipe : pipe.readParts()
  }
  return pattern.receiveParts?.() ?? pattern.receive()
}

/** It is not its turn until something has gone the other way, which the proxy itself does. */
const parkSending = (pattern: Pattern): boolean =>
  pattern.isSendOutOfTurn?.() === true || pattern.parkSending()

/** The original is handed on; what is sent beside it is written anew. */
function copyOf(message: Outgoing): Outgoing {
  if (message instanceof Uint8Array) return message
  if (message instanceof SharedFrame) return message.data
  return message.map((part) => (part instanceof SharedFrame ? part.data : part))
}

function bytesIn(message: Outgoing): number {
  if (!Array.isArray(message)) return message.length
  let bytes = 0
  for (const part of partsOf(message)) bytes += part.length
  return bytes
}
