import type { SystemEvent } from './events.ts'
import { Reader } from './reader.ts'

/** Events that may wait for one reader. */
const MAX_WAITING = 1000

/** The events of one reader, in their order; when it is too slow, the later ones are dropped and counted. */
class EventReader extends Reader<SystemEvent> {
  readonly #leave: () => void
  readonly #events: SystemEvent[] = []
  readonly #waiting: ((result: IteratorResult<SystemEvent, void>) => void)[] = []
  #dropped = 0
  #isOver = false

  constructor(join: (listener: (event: SystemEvent) => void, ended: () => void) => () => void) {
    super()
    this.#leave = join(
      (event) => this.#take(event),
      () => this.#end(),
    )
  }

  next(): Promise<IteratorResult<SystemEvent, void>> {
    const value = this.#events.shift()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  return(): Promise<IteratorResult<SystemEvent, void>> {
    this.#leave()
    this.#events.length = 0
    this.#end()
    return Promise.resolve({ done: true, value: undefined })
  }

  #take(event: SystemEvent): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting({ done: false, value: event })
      return
    }
    if (this.#events.length >= MAX_WAITING) {
      this.#dropped++
      return
    }
    if (this.#dropped > 0) {
      this.#events.push({ type: 'dropped', host: 0, count: this.#dropped })
      this.#dropped = 0
    }
    this.#events.push(event)
  }

  #end(): void {
    this.#isOver = true
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }
}

interface Listener {
  readonly listen: (event: SystemEvent) => void
  readonly ended: () => void
}

/**
 * What happens in a system, on all of its hosts. Each host's events come in their order. While nobody
 * listens, hosts tell nothing.
 */
export class SystemEvents implements AsyncIterable<SystemEvent> {
  readonly #listeners = new Set<Listener>()
  readonly #changed: (isHeard: boolean) => void
  #isClosed = false

  /** @internal */
  constructor(changed: (isHeard: boolean) => void) {
    this.#changed = changed
  }

  /**
   * Calls back with each event from now on; what it throws is an uncaught exception.
   *
   * @returns takes it back
   */
  subscribe(listener: (event: SystemEvent) => void): () => void {
    return this.#join(listener, () => undefined)
  }

  /**
   * Reads the events from now on, to the end of the system. 1,000 may wait; what is more is dropped, and
   * a `dropped` event says how many.
   */
  [Symbol.asyncIterator](): AsyncGenerator<SystemEvent, void, void> {
    return new EventReader((listener, ended) => this.#join(listener, ended))
  }

  /** @internal */
  publish(event: SystemEvent): void {
    for (const { listen } of this.#listeners)
      try {
        listen(event)
      } catch (error) {
        // Not an error of what happened.
        queueMicrotask(() => {
          throw error
        })
      }
  }

  /** @internal The system is closed. */
  close(): void {
    this.#isClosed = true
    for (const { ended } of this.#listeners) ended()
    this.#listeners.clear()
  }

  #join(listen: (event: SystemEvent) => void, ended: () => void): () => void {
    const listener = { listen, ended }
    if (this.#isClosed) {
      ended()
      return () => undefined
    }
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#changed(true)
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#changed(false)
    }
  }
}
