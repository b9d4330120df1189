import type { InspectOptions } from 'node:util'
import { SocketError } from '../errors.ts'
import { outline, show } from '../inspection.ts'
import { Uncloneable } from '../thread/uncloneable.ts'

/** An error with the system's name and number for it, or ZeroMQ's. */
export interface ErrnoError extends Error {
  code: string
  errno: number
}

/** A peer was not let in: 300 for now, 400 by its credentials, 500 by a fault of the server's. */
export interface AuthError extends Error {
  status: 300 | 400 | 500
}

/** A peer broke the protocol: `code` begins with `ERR_ZMTP_`, or `ERR_ZAP_` for an authenticator. */
export interface ProtoError extends Error {
  code: string
}

interface At {
  /** The endpoint, as far as it is known. */
  readonly address: string
}
interface Failed<Reason extends Error = ErrnoError> extends At {
  readonly error: Reason
}
interface Ended extends At {
  /** How the peer broke the protocol, or which limit; absent where it has done neither. */
  readonly error?: Error & { code: string }
}
interface Retried extends At {
  /** After so many milliseconds it is tried again. */
  readonly interval: number
}

/** What there is to tell, by the name it is told under. @see zmq_socket_monitor(3) */
interface EventDetails {
  accept: At
  'accept:error': Failed
  bind: At
  'bind:error': Failed
  connect: At
  'connect:delay': At
  'connect:retry': Retried
  close: At
  'close:error': Failed
  disconnect: Ended
  end: object
  handshake: At
  'handshake:error:protocol': Failed<ProtoError>
  'handshake:error:auth': Failed<AuthError>
  'handshake:error:other': Failed
  unknown: object
}

export type EventType = keyof EventDetails

/** What a listener for some types of events gets. */
export type EventOfType<Type extends EventType = EventType> = {
  [T in Type]: { readonly type: T } & EventDetails[T]
}[Type]

/** Something that happened to a socket. */
export type SocketEvent = EventOfType

type Listener = (event: never) => void

/** Keeps a process alive while somebody waits. */
interface Hold {
  hold(): void
  release(): void
}

/** A socket that can be observed. */
export interface Observed {
  /** @internal Tells the observer from now on. @throws {SocketError} `ENOTSOCK` */
  [observe](observer: Observer): Hold
}

/** How an observer begins to be told. */
export const observe: unique symbol = Symbol('observe')

/** Events that nobody has read are kept up to this many; then the oldest are dropped. */
const MOST_EVENTS = 1000

/** How a socket tells its observer; the key of a method, so that users see no such name. */
export const tell: unique symbol = Symbol('tell')

/**
 * What happens to a socket: read event by event with `receive` or `for await`, or listened to with
 * `on`; one or the other. Over inproc nothing happens but the socket's end.
 *
 * @see zmq_socket_monitor(3)
 */
export class Observer extends Uncloneable implements AsyncIterable<SocketEvent> {
  readonly #events: SocketEvent[] = []
  readonly #listeners = new Map<EventType, Set<Listener>>()
  readonly #hold: Hold
  #waiting: { resolve(event: SocketEvent): void; reject(error: Error): void } | undefined
  #isListening = false
  #isEnded = false
  #isClosed = false

  /**
   * One more observer beside `socket.events`, which is all that most programs need.
   *
   * @throws {TypeError} it is no socket
   * @throws {SocketError} `ENOTSOCK`: it is closed
   */
  constructor(socket: Observed) {
    super()
    const begin = (socket as Partial<Observed> | null | undefined)?.[observe]
    if (typeof begin !== 'function') throw new TypeError('Socket must be a socket object')
    this.#hold = socket[observe](this)
    Object.seal(this)
  }

  /** True after the last event was read, or after `close`. */
  get closed(): boolean {
    return this.#isClosed
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    const facts = #isClosed in this ? { closed: this.#isClosed } : undefined
    return outline(this, facts, depth, options)
  }

  /** Stops observing. What waits for an event fails with `EAGAIN`. */
  close(): void {
    if (this.#isClosed) return
    this.#ended()
    this.#events.length = 0
    this.#settle((waiting) => waiting.reject(new SocketError('EAGAIN')))
  }

  /**
   * Calls `listener` at each event of this type, from now on. Those that nobody has read are told
   * to the first listener. From the first one on the process is kept alive until the end, as it is in
   * ZeroMQ's binding.
   *
   * @throws {SocketError} `EBUSY`: a `receive` waits for the next event
   */
  on<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): this {
    if (this.#waiting !== undefined) throw busyReading()
    if (!this.#isListening && !this.#isClosed) this.#hold.hold()
    this.#isListening = true
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(listener))
    for (const event of this.#events.splice(0)) this.#emit(event)
    return this
  }

  /** Does not call `listener` any more. */
  off<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): this {
    this.#listeners.get(type)?.delete(listener)
    return this
  }

  /**
   * The next event.
   *
   * Rejects with SocketError `EAGAIN` when the observer is closed meanwhile.
   *
   * @throws {SocketError} `EBADF` closed, or the end was read; `EBUSY` another call waits
   * @throws {Error} events are told to listeners
   */
  receive(): Promise<SocketEvent> {
    if (this.#isListening) {
      throw new Error(
        'Observer is in event emitter mode. ' +
          'After a call to events.on() it is not possible to read events with events.receive().',
      )
    }
    if (this.#isClosed) throw new SocketError('EBADF')
    if (this.#waiting !== undefined) throw busyReading()
    const event = this.#events.shift()
    if (event !== undefined) {
      this.#closeAfter(event)
      return Promise.resolve(event)
    }
    this.#hold.hold()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  async *[Symbol.asyncIterator](): AsyncIterator<SocketEvent, undefined> {
    while (!this.#isClosed) {
      try {
        yield await this.receive()
      } catch (error) {
        if (this.#isClosed && error instanceof SocketError) return
        throw error
      }
    }
  }

  /** @internal */
  [tell](event: SocketEvent): void {
    if (this.#isClosed || this.#isEnded) return
    this.#isEnded = event.type === 'end'
    if (this.#waiting !== undefined) {
      this.#closeAfter(event)
      this.#settle((waiting) => waiting.resolve(event))
    } else if (this.#isListening) {
      this.#emit(event)
    } else {
      this.#events.push(event)
      if (this.#events.length > MOST_EVENTS) this.#events.shift()
    }
  }

  #emit(event: SocketEvent): void {
    this.#closeAfter(event)
    // Never within the call that caused the event.
    const listeners = [...(this.#listeners.get(event.type) ?? [])]
    for (const listener of listeners) process.nextTick(listener, event as never)
  }

  #closeAfter(event: SocketEvent): void {
    if (event.type === 'end') this.#ended()
  }

  #ended(): void {
    this.#isClosed = true
    if (this.#isListening) this.#hold.release()
  }

  #settle(
    how: (waiting: { resolve(event: SocketEvent): void; reject(error: Error): void }) => void,
  ): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    this.#hold.release()
    how(waiting)
  }
}

const busyReading = (): SocketError =>
  new SocketError('EBUSY', {
    message: 'Observer is busy reading; only one receive operation may be in progress at any time',
  })
