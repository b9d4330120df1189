import type { InspectOptions } from 'node:util'
import { outline, show } from '@ringpost/core/internal'
import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import { Pending, type Asker } from './asks.ts'
import { cancellation } from './cancellation.ts'

/** Items that a stream may be ahead of a reader in another thread. */
export const WINDOW = 64

/** In the same thread nothing is gained by more. */
export const LOCAL_WINDOW = 1

/** What the reader of a stream needs of its host. */
export interface Creditor extends Asker {
  /** The source may send so many items more. */
  credit(reader: StreamReader, items: number): void
  /** The reader waits for an item from now on: it is not to wait too long. */
  await(reader: StreamReader): void
  /** It does not wait any more. */
  relax(reader: StreamReader): void
}

/** What is read, and how. */
export interface Reading {
  readonly address: Address
  readonly window: number
  readonly signal: AbortSignal | undefined
  /** How long an item may be waited for. */
  readonly timeoutMs: number
  /** When no item may be waited for any more, in milliseconds since the epoch. */
  readonly until: number
  /** Asks the actor for the stream. */
  readonly begin: (reader: StreamReader) => void
}

interface Waiting {
  readonly resolve: (result: IteratorResult<unknown, void>) => void
  readonly reject: (error: unknown) => void
}

/** A stream as its reader sees it: items that have come, and a reader that waits for the next. */
export class StreamReader extends Pending implements AsyncGenerator<unknown, void, void> {
  readonly reading: Reading
  readonly #creditor: Creditor
  readonly #items: unknown[] = []
  readonly #waiting: Waiting[] = []
  /** Items taken since credit was last given, and how many are to be taken before it is given again. */
  #taken = 0
  #batch: number
  #phase: 'new' | 'open' | 'over' = 'new'
  #error: { readonly error: unknown } | undefined

  constructor(reading: Reading, creditor: Creditor) {
    super(reading.address.host, creditor)
    this.address = reading.address
    this.reading = reading
    this.#batch = Math.max(1, reading.window / 2)
    this.#creditor = creditor
  }

  /** How long an item may be waited for from now on, in milliseconds. @param now since the epoch */
  patienceMs(now: number): number {
    const { timeoutMs, until } = this.reading
    return Math.min(timeoutMs, Math.max(0, until - now))
  }

  /** Whether a source that keeps to its credit sends nothing more before an item is taken. */
  get isFull(): boolean {
    return this.#items.length >= this.reading.window
  }

  override item(value: unknown): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) {
      this.#items.push(value)
      return
    }
    this.#creditor.relax(this)
    if (this.#waiting.length > 0) this.#creditor.await(this)
    waiting.resolve({ done: false, value })
    this.#took()
  }

  /** The items that have come are large: half of them make room. */
  stalled(): void {
    this.#batch = Math.max(1, (this.#taken + this.#items.length) / 2)
    this.#giveCredit()
  }

  settle(): void {
    this.end()
  }

  override expire(afterMs: number): void {
    this.abandon(new ActorError('ETIMEDOUT', `${this.asked}: no item came in ${afterMs} ms`))
  }

  /** What has come is of no use any more. */
  override abandon(error: unknown): void {
    this.#items.length = 0
    super.abandon(error)
  }

  override end(): void {
    this.#over()
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }

  fail(error: unknown): void {
    this.#over()
    const [first, ...others] = this.#waiting.splice(0)
    if (first === undefined) this.#error = { error }
    else first.reject(error)
    for (const { resolve } of others) resolve({ done: true, value: undefined })
  }

  next(): Promise<IteratorResult<unknown, void>> {
    if (this.#phase === 'new') this.#open()
    if (this.#items.length > 0) {
      const value = this.#items.shift()
      this.#took()
      return Promise.resolve({ done: false, value })
    }
    if (this.#error !== undefined) {
      const { error } = this.#error
      this.#error = undefined
      return Promise.reject(error)
    }
    if (this.#phase === 'over') return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      if (this.#waiting.length === 1) this.#creditor.await(this)
    })
  }

  return(): Promise<IteratorResult<unknown, void>> {
    this.#error = undefined
    this.abandon(undefined)
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<unknown, void>> {
    void this.return()
    return Promise.reject(error)
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    const { length: waiting } = this.#items
    // Until it is first read, nothing was asked.
    const of = this.method === '' ? {} : { of: this.asked }
    return outline(this, { ...of, phase: this.#phase, waiting }, depth, options)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #open(): void {
    const { signal, begin } = this.reading
    this.#phase = 'open'
    if (signal?.aborted === true) {
      this.fail(signal.reason)
      return
    }
    if (signal !== undefined) cancellation.add(signal, this)
    begin(this)
  }

  #over(): void {
    const { signal } = this.reading
    if (this.#phase === 'open' && signal !== undefined) cancellation.remove(signal, this)
    this.#phase = 'over'
  }

  #took(): void {
    this.#taken++
    this.#giveCredit()
  }

  #giveCredit(): void {
    if (this.#phase !== 'open' || this.#taken < this.#batch) return
    this.#creditor.credit(this, this.#taken)
    this.#taken = 0
    this.#batch = Math.max(1, this.reading.window / 2)
  }
}
