/** Says that there is no item now. */
export const nothing = Symbol('nothing')

/** Where the items of a job come from. */
export interface Source {
  /** Nothing comes any more. */
  readonly isDone: boolean
  /** How many items are still to come, if that is known. */
  readonly left: number | undefined
  /** The next item, or `nothing`. @throws what the iterable throws */
  take(): unknown
  /** Items may be asked for until so many wait to be taken. */
  readAhead(items: number): void
  /** No more is wanted. */
  close(): Promise<void>
}

/** Hears from a source that is not always ready. */
export interface Reader {
  /** There is something to take, or there never will be. */
  arrived(): void
  failed(error: unknown): void
}

/** An iterable has failed at being closed, and nobody waits for that. */
export function warnOfSource(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

export function sourceOf(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  reader: Reader,
): Source {
  return Symbol.asyncIterator in items ? new AsyncSource(items, reader) : new SyncSource(items)
}

class SyncSource implements Source {
  readonly #iterator: Iterator<unknown>
  #left: number | undefined
  isDone = false

  constructor(items: Iterable<unknown>) {
    this.#iterator = items[Symbol.iterator]()
    this.#left = Array.isArray(items) ? items.length : items instanceof Set ? items.size : undefined
  }

  get left(): number | undefined {
    return this.#left
  }

  take(): unknown {
    if (this.isDone) return nothing
    const { done, value } = this.#iterator.next()
    if (done === true) {
      this.isDone = true
      return nothing
    }
    if (this.#left !== undefined) this.#left--
    return value
  }

  readAhead(): void {
    // It never makes anybody wait.
  }

  async close(): Promise<void> {
    if (this.isDone) return
    this.isDone = true
    this.#iterator.return?.()
  }
}

class AsyncSource implements Source {
  readonly left = undefined
  readonly #iterator: AsyncIterator<unknown>
  readonly #reader: Reader
  readonly #items: unknown[] = []
  #wanted = 0
  #isReading = false
  #isEnded = false

  constructor(items: AsyncIterable<unknown>, reader: Reader) {
    this.#iterator = items[Symbol.asyncIterator]()
    this.#reader = reader
  }

  get isDone(): boolean {
    return this.#isEnded && this.#items.length === 0
  }

  take(): unknown {
    return this.#items.length === 0 ? nothing : this.#items.shift()
  }

  readAhead(items: number): void {
    this.#wanted = items
    if (!this.#isReading && !this.#isEnded) void this.#read()
  }

  async close(): Promise<void> {
    this.#items.length = 0
    if (this.#isEnded) return
    this.#isEnded = true
    const closed = this.#iterator.return?.()
    // A generator that is asked for an item closes when it has it: nobody knows when.
    if (this.#isReading) Promise.resolve(closed).catch(warnOfSource)
    else await closed
  }

  async #read(): Promise<void> {
    this.#isReading = true
    try {
      while (!this.#isEnded && this.#items.length < this.#wanted) {
        const { done, value } = await this.#iterator.next()
        if (this.#isEnded) return
        if (done === true) this.#isEnded = true
        else this.#items.push(value)
        this.#reader.arrived()
      }
    } catch (error) {
      this.#isEnded = true
      this.#reader.failed(error)
    } finally {
      this.#isReading = false
    }
  }
}
