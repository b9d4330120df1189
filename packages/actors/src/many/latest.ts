import { Reader } from '../host/reader.ts'

interface Waiting<T> {
  resolve(result: IteratorResult<T, void>): void
  reject(error: unknown): void
}

/**
 * The newest of the values that come, as an async iterable: a reader that is slow misses those between.
 * One value is kept, however many come.
 */
export class Latest<T> extends Reader<T> {
  readonly #closed: () => void
  #value: { readonly value: T } | undefined
  #waiting: Waiting<T> | undefined
  #isOver = false
  #error: { readonly error: unknown } | undefined

  /** @param closed called once, when the reader has left or there will be no more */
  constructor(closed: () => void) {
    super()
    this.#closed = closed
  }

  push(value: T): void {
    if (this.#isOver) return
    if (this.#waiting === undefined) this.#value = { value }
    else this.#settle()?.resolve({ done: false, value })
  }

  /** There will be no more. @param error why, if it is one */
  end(error?: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    const waiting = this.#settle()
    if (error === undefined) waiting?.resolve({ done: true, value: undefined })
    else if (waiting === undefined) this.#error = { error }
    else waiting.reject(error)
    this.#closed()
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#waiting !== undefined)
      return Promise.reject(new TypeError('The next value is awaited already'))
    if (this.#value !== undefined) {
      const { value } = this.#value
      this.#value = undefined
      return Promise.resolve({ done: false, value })
    }
    if (this.#error !== undefined) {
      const { error } = this.#error
      this.#error = undefined
      return Promise.reject(error)
    }
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#value = undefined
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  #settle(): Waiting<T> | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting
  }
}
