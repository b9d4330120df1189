import { Pending, type Asker } from './asks.ts'

/** Items that a stream may be ahead of its reader. */
export const WINDOW = 64

/** What the reader of a stream needs of its host. */
export interface Creditor extends Asker {
  /** The source may send so many items more. */
  credit(reader: StreamReader, items: number): void
}

interface Waiting {
  resolve(result: IteratorResult<unknown, void>): void
  reject(error: unknown): void
}

/** A stream as its reader sees it: items that have come, and a reader that waits for the next. */
export class StreamReader extends Pending implements AsyncGenerator<unknown, void, void> {
  readonly #creditor: Creditor
  readonly #items: unknown[] = []
  readonly #waiting: Waiting[] = []
  #taken = 0
  #isOver = false
  #error: { readonly error: unknown } | undefined

  constructor(host: number, creditor: Creditor) {
    super(host, creditor)
    this.#creditor = creditor
  }

  override item(value: unknown): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#items.push(value)
    else {
      waiting.resolve({ done: false, value })
      this.#took()
    }
  }

  settle(): void {
    this.end()
  }

  override end(): void {
    this.#isOver = true
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }

  fail(error: unknown): void {
    this.#isOver = true
    const [first, ...others] = this.#waiting.splice(0)
    if (first === undefined) this.#error = { error }
    else first.reject(error)
    for (const { resolve } of others) resolve({ done: true, value: undefined })
  }

  next(): Promise<IteratorResult<unknown, void>> {
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
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<unknown, void>> {
    if (!this.#isOver) {
      this.#items.length = 0
      this.abandon(undefined)
      this.end()
    }
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<unknown, void>> {
    void this.return()
    return Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #took(): void {
    if (this.#isOver || ++this.#taken < WINDOW / 2) return
    this.#creditor.credit(this, this.#taken)
    this.#taken = 0
  }
}
