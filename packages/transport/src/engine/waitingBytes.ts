/** What is asked of a pipe: how many of the messages that were written have not been read. */
export interface Backlog {
  readonly backlog: number
}

/**
 * How many bytes wait in a pipe to be read, where high-water marks, which count messages, would let a
 * peer have as much of them as it likes.
 */
export class WaitingBytes {
  readonly #most: number
  /** Of the messages that have not been read, from `#first` on, in their order. */
  readonly #sizes: number[] = []
  #first = 0
  #bytes = 0

  /** @param most bytes that may wait, unless it is a single message */
  constructor(most: number) {
    this.#most = most
  }

  hasRoom(pipe: Backlog, message: readonly { readonly length: number }[]): boolean {
    this.#forget(pipe.backlog)
    return this.#bytes === 0 || this.#bytes + sizeOf(message) <= this.#most
  }

  wrote(message: readonly { readonly length: number }[]): void {
    const size = sizeOf(message)
    this.#sizes.push(size)
    this.#bytes += size
  }

  /** All but the last ones have been read. */
  #forget(unread: number): void {
    while (this.#sizes.length - this.#first > unread) this.#bytes -= this.#sizes[this.#first++]!
    if (this.#first * 2 < this.#sizes.length) return
    this.#sizes.splice(0, this.#first)
    this.#first = 0
  }
}

const sizeOf = (message: readonly { readonly length: number }[]): number =>
  message.reduce((sum, { length }) => sum + length, 0)
