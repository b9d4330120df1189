import type { InspectOptions } from 'node:util'
import { SocketError } from '../errors.ts'
import { outline, show } from '../inspection.ts'
import { Uncloneable } from '../thread/uncloneable.ts'

/** Something that happened to a socket. */
export interface SocketEvent {
  readonly type: EventType
  readonly address?: string
  readonly interval?: number
  readonly error?: Error
}

export type EventType =
  | 'accept'
  | 'accept:error'
  | 'bind'
  | 'bind:error'
  | 'connect'
  | 'connect:delay'
  | 'connect:retry'
  | 'close'
  | 'close:error'
  | 'disconnect'
  | 'end'
  | 'handshake'
  | 'handshake:error:protocol'
  | 'handshake:error:auth'
  | 'handshake:error:other'
  | 'unknown'

type Listener = (event: SocketEvent) => void

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
  readonly #hold: { hold(): void; release(): void }
  #waiting: { resolve(event: SocketEvent): void; reject(error: Error): void } | undefined
  #isListening = false
  #isEnded = false
  #isClosed = false

  /** @param hold keeps the process alive while an event is awaited */
  constructor(hold: { hold(): void; release(): void }) {
    super()
    this.#hold = hold
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
    this.#isClosed = true
    this.#events.length = 0
    this.#settle((waiting) => waiting.reject(new SocketError('EAGAIN')))
  }

  /**
   * Calls `listener` at each event of this type, from now on. Those that nobody has read are told
   * to the first listener.
   *
   * @throws {SocketError} `EBUSY`: a `receive` waits for the next event
   */
  on(type: EventType, listener: Listener): void {
    if (this.#waiting !== undefined) throw busyReading()
    this.#isListening = true
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(listener))
    for (const event of this.#events.splice(0)) this.#emit(event)
  }

  off(type: EventType, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener)
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
    for (const listener of listeners) process.nextTick(listener, event)
  }

  #closeAfter(event: SocketEvent): void {
    if (event.type === 'end') this.#isClosed = true
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
