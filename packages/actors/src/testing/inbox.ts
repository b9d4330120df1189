/** What has come, in its order, and those who wait for more. */
export class Inbox<T> {
  readonly #items: T[] = []
  #waiting: (() => void)[] = []

  get length(): number {
    return this.#items.length
  }

  put(item: T): void {
    this.#items.push(item)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  take(): T | undefined {
    return this.#items.shift()
  }

  /** Settles when something is there. */
  arrival(): Promise<void> {
    if (this.#items.length > 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
