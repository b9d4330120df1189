import { ActorError } from '../errors.ts'
import type { Message } from './message.ts'
import type { Turn } from './turn.ts'

/** Bytes that a stream may be ahead of its reader; one item may be larger. */
export const WINDOW_BYTES = 256 * 1024

/** Where the items of a stream go. */
export interface Outlet {
  /** @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  item(value: unknown): number
  end(): void
  /** The reader has room for items, but not for their bytes. */
  stall(): void
  /** There will be no further item. */
  fail(error: unknown): void
  /** As `fail`, and the actor is to blame: the generator has thrown, or has yielded what cannot be sent. */
  threw(error: unknown): void
  /** It was read to its end, or will not be. */
  ended(): void
  /** Runs it when the actor has its turn. */
  schedule(turn: Turn): void
}

type Items = Iterator<unknown> | AsyncIterator<unknown>

/**
 * A generator of an actor that is read: it runs as far as its reader's credit goes, each step in a turn
 * of the actor. What it awaits between holds up no message.
 */
export class StreamSource implements Turn {
  readonly name: string
  readonly message?: Message
  readonly #items: Items
  readonly #outlet: Outlet
  /** Items that the reader has room for. */
  #credit: number
  /** Of the items that the reader has not taken. */
  readonly #sizes: number[] = []
  #bytes = 0
  /** `resting` without credit, `scheduled` until its turn, `stepping` while the generator is awaited. */
  #phase: 'resting' | 'scheduled' | 'stepping' | 'ended' = 'resting'

  constructor(message: Message | undefined, items: Items, credit: number, outlet: Outlet) {
    this.name = message?.method ?? ''
    if (message !== undefined) this.message = message
    this.#items = items
    this.#credit = credit
    this.#outlet = outlet
    this.#go()
  }

  /** Yields what there is credit for, up to what the generator awaits. */
  run(): void {
    if (this.#phase !== 'scheduled') return
    this.#phase = 'stepping'
    try {
      while (this.#hasCredit()) {
        const step = this.#items.next()
        if (isPromise(step)) {
          step.then(this.#stepped, this.#threw)
          return
        }
        this.#yield(step)
        if (this.#isOver()) return
      }
      this.#phase = 'resting'
    } catch (error) {
      this.#threw(error)
    }
  }

  /** The reader has taken so many items. */
  credit(items: number): void {
    this.#credit += items
    for (const size of this.#sizes.splice(0, items)) this.#bytes -= size
    if (this.#phase === 'resting') this.#go()
  }

  /** The reader has gone: the generator's `finally` runs. */
  cancel(): void {
    this.#stop(new ActorError('ECANCELED'))
  }

  /** The actor stops: the reader is told, and the generator's `finally` runs. */
  fail(error: ActorError): void {
    if (this.#isOver()) return
    this.#outlet.fail(error)
    this.#stop(error)
  }

  #hasCredit(): boolean {
    return this.#credit > 0 && this.#bytes < WINDOW_BYTES
  }

  #isOver(): boolean {
    return this.#phase === 'ended'
  }

  #go(): void {
    if (!this.#hasCredit()) {
      this.#phase = 'resting'
      return
    }
    this.#phase = 'scheduled'
    this.#outlet.schedule(this)
  }

  readonly #stepped = (step: IteratorResult<unknown>): void => {
    if (this.#isOver()) return
    try {
      this.#yield(step)
      if (!this.#isOver()) this.#go()
    } catch (error) {
      this.#threw(error)
    }
  }

  #yield({ done, value }: IteratorResult<unknown>): void {
    if (done === true) {
      this.#outlet.end()
      this.#over()
      return
    }
    let bytes: number
    try {
      bytes = this.#outlet.item(value)
    } catch (error) {
      this.#outlet.threw(error)
      this.#stop(new ActorError('ECANCELED'))
      return
    }
    this.#credit--
    this.#sizes.push(bytes)
    this.#bytes += bytes
    if (this.#credit > 0 && this.#bytes >= WINDOW_BYTES) this.#outlet.stall()
  }

  readonly #threw = (error: unknown): void => {
    if (this.#isOver()) return
    this.#over()
    this.#outlet.threw(error)
  }

  #stop(reason: ActorError): void {
    if (this.#isOver()) return
    this.#over()
    this.message?.withdraw(reason)
    void this.#finish()
  }

  async #finish(): Promise<void> {
    try {
      await this.#items.return?.()
    } catch (error) {
      // What `finally` throws has no reader any more, but the supervisor is told.
      this.#outlet.threw(error)
    }
  }

  #over(): void {
    this.#phase = 'ended'
    this.message?.end()
    this.#outlet.ended()
  }
}

const isPromise = (value: object): value is Promise<IteratorResult<unknown>> => 'then' in value
