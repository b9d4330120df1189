/** Where the items of a stream go. */
export interface Outlet {
  item(value: unknown): void
  end(): void
  fail(error: unknown): void
}

type Items = Iterator<unknown> | AsyncIterator<unknown>

/** A generator of an actor that is read: it runs as far as its reader's credit goes. */
export class StreamSource {
  readonly #items: Items
  readonly #outlet: Outlet
  readonly #ended: () => void
  #credit: number
  #isCancelled = false
  #wake: (() => void) | undefined

  constructor(items: Items, credit: number, outlet: Outlet, ended: () => void) {
    this.#items = items
    this.#credit = credit
    this.#outlet = outlet
    this.#ended = ended
  }

  async run(): Promise<void> {
    try {
      while (!this.#isCancelled) {
        if (this.#credit === 0) {
          await new Promise<void>((resolve) => (this.#wake = resolve))
          continue
        }
        const { done, value } = await this.#items.next()
        if (this.#isCancelled) break
        if (done === true) {
          this.#outlet.end()
          return
        }
        this.#credit--
        this.#outlet.item(value)
      }
    } catch (error) {
      if (!this.#isCancelled) this.#outlet.fail(error)
    } finally {
      this.#ended()
    }
  }

  credit(items: number): void {
    this.#credit += items
    this.#wake?.()
  }

  /** The reader has gone: the generator's `finally` runs. */
  async cancel(): Promise<void> {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#wake?.()
    await this.#items.return?.()
  }
}
