import { SocketError, type Socket, type SocketErrorCode } from '@ringpost/core'
import type { Random } from '../../support/random.ts'
import { clockMs } from '../../support/stamped.ts'
import { release, type Frame, type Message } from './message.ts'
import { receiveWays, type AnyReadable, type Received } from './receiving.ts'
import type { Call, Seat } from './seats.ts'
import { sendWays, withAllocated, type AnyWritable } from './sending.ts'

/** Options that sockets have, each type some of them. */
interface Options {
  linger: number
  sendTimeout: number
  receiveTimeout: number
  sendHighWaterMark: number
  receiveHighWaterMark: number
}

type AnySocket = Socket & AnyReadable & AnyWritable & Options

/** Whoever uses a port. */
export interface PortOwner {
  readonly random: Random
  /** Where a thread leaves word of its calls; the main thread has none. */
  readonly seat: Seat | undefined
  /** The main thread makes many calls at once, and blocks in none. */
  readonly isMain: boolean
}

/** How far a send came. */
export interface SendOutcome {
  readonly sent: number
  /** Why it stopped there; undefined when all was sent. */
  readonly refusal: SocketErrorCode | 'closed' | undefined
}

/** What was received, and since when it was waited for. */
export interface Delivery extends Received {
  readonly waitedSinceMs: number
}

/** A socket of any type, used in every way there is. */
export class Port {
  readonly #owner: PortOwner
  readonly #socket: AnySocket
  readonly #patienceMs: number

  constructor(owner: PortOwner, socket: Socket, patienceMs: number) {
    this.#owner = owner
    this.#socket = socket as AnySocket
    this.#patienceMs = patienceMs
    if ('sendTimeout' in socket) this.#socket.sendTimeout = patienceMs
    if ('receiveTimeout' in socket) this.#socket.receiveTimeout = patienceMs
  }

  /** Before it is bound or connected. @param least what it must have room for */
  setAnyMarks(least = 1): void {
    const { random, isMain } = this.#owner
    // Marks add up: were those of the main thread large, nobody would ever wait for room there.
    const marks = isMain ? [1, 5, 10] : [1, 10, 1000]
    const mark = (): number => Math.max(least, random.pick(marks))
    const socket = this.#socket
    if ('sendHighWaterMark' in socket) socket.sendHighWaterMark = mark()
    if ('receiveHighWaterMark' in socket) socket.receiveHighWaterMark = mark()
  }

  get closed(): boolean {
    return this.#socket.closed
  }

  get readable(): boolean {
    return this.#socket.readable
  }

  /** False when somebody else has the name. */
  async bind(endpoint: string): Promise<boolean> {
    const socket = this.#socket
    try {
      if (this.#maySync()) await this.#during('bindSync', () => socket.bindSync(endpoint))
      else await this.#during('bind', () => socket.bind(endpoint))
      return true
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE') return false
      throw error
    }
  }

  async unbind(endpoint: string): Promise<void> {
    const socket = this.#socket
    if (this.#maySync()) await this.#during('unbindSync', () => socket.unbindSync(endpoint))
    else await this.#during('unbind', () => socket.unbind(endpoint))
  }

  /** Whom to send to, where the type has to know. */
  async connect(endpoint: string): Promise<object | undefined> {
    const number: unknown = await this.#during('connect', () => this.#socket.connect(endpoint))
    return typeof number === 'number' ? { routingId: number } : undefined
  }

  /** Takes all its connections to an endpoint back, if there are any left. */
  async disconnect(endpoint: string): Promise<void> {
    try {
      await this.#during('disconnect', () => this.#socket.disconnect(endpoint))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }

  /** Sends messages in a row, in any way. */
  async send(messages: readonly Message[]): Promise<SendOutcome> {
    const { random } = this.#owner
    let sent = 0
    while (sent < messages.length) {
      if (this.closed) return { sent, refusal: 'closed' }
      const way = random.pick(sendWays.filter(this.#isAllowed))
      const count = way.isBatch ? random.between(1, messages.length - sent) : 1
      const given = messages
        .slice(sent, sent + count)
        .map((message) => withAllocated(random, message))
      const allocated = given.flatMap(({ frames }, i) =>
        without(frames, messages[sent + i]!.frames),
      )
      try {
        await this.#during(way.call, () => way.send(this.#socket, given, this.#patienceMs))
        sent += count
      } catch (error) {
        const refusal = codeOf(error)
        if (!isRefusal(refusal)) throw error
        sent += (error as SocketError).sent ?? 0
        return { sent, refusal }
      } finally {
        // Those that were sent are not held any more.
        release(allocated)
      }
    }
    return { sent, refusal: undefined }
  }

  /** Receives in any way; undefined when nothing came, or the socket was closed. */
  async receive(max = this.#owner.random.between(1, 64)): Promise<Delivery | undefined> {
    if (this.closed) return undefined
    const way = this.#owner.random.pick(receiveWays.filter(this.#isAllowed))
    const waitedSinceMs = clockMs()
    try {
      const received = await this.#during(way.call, () =>
        way.receive(this.#socket, max, this.#patienceMs),
      )
      return { ...received, waitedSinceMs }
    } catch (error) {
      if (isRefusal(codeOf(error))) return undefined
      throw error
    }
  }

  /** Closes it, and says before whether what nobody has come for is to stay. */
  async close(): Promise<void> {
    if (this.closed) return
    this.#socket.linger = this.#owner.random.pick([0, -1])
    await this.#during('close', () => this.#socket.close())
  }

  readonly #isAllowed = (way: { readonly isBlocking: boolean }): boolean =>
    !this.#owner.isMain || !way.isBlocking

  #maySync(): boolean {
    return !this.#owner.isMain && this.#owner.random.oneIn(2)
  }

  async #during<T>(call: Call, make: () => T | Promise<T>): Promise<T> {
    const { seat } = this.#owner
    return seat === undefined ? make() : seat.during(call, make)
  }
}

const without = (frames: readonly Frame[], known: readonly Frame[]): Frame[] =>
  frames.filter((frame) => !known.includes(frame))

const codeOf = (error: unknown): SocketErrorCode | undefined =>
  error instanceof SocketError ? error.code : undefined

/** The time is over, or whom the message was for has gone. */
const isRefusal = (code: SocketErrorCode | undefined): code is 'EAGAIN' | 'EHOSTUNREACH' =>
  code === 'EAGAIN' || code === 'EHOSTUNREACH'
