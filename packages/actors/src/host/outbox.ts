/** What may wait to be sent. */
const MAX_WAITING = 1000

/** What is sent at once. */
const MAX_BATCH = 250

/** Sends what it is given in batches, the next when the last one has arrived; drops and counts what is too much. */
export class Outbox<T> {
  readonly #send: (batch: readonly T[], dropped: number) => Promise<unknown>
  readonly #waiting: T[] = []
  #dropped = 0
  #sending: Promise<void> | undefined

  /** @param send must not reject while what is sent matters */
  constructor(send: (batch: readonly T[], dropped: number) => Promise<unknown>) {
    this.#send = send
  }

  add(item: T): void {
    if (this.#waiting.length >= MAX_WAITING) this.#dropped++
    else this.#waiting.push(item)
    this.#sending ??= this.#drain()
  }

  /** Counts what could not even be added. */
  drop(): void {
    this.#dropped++
    this.#sending ??= this.#drain()
  }

  /** Settles when nothing waits. */
  async drained(): Promise<void> {
    await this.#sending
  }

  async #drain(): Promise<void> {
    // What is added in the same turn goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0 || this.#dropped > 0) {
      const dropped = this.#dropped
      this.#dropped = 0
      await this.#send(this.#waiting.splice(0, MAX_BATCH), dropped)
    }
    this.#sending = undefined
  }
}
