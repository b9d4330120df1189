/**
 * Received messages that were left in shared memory: nothing is copied. Their frames may be looked
 * at until `release`, which gives the memory back; then they must not be touched any more.
 *
 * A batch that is not released keeps its memory, and counts as unread for the sender.
 */
export class SharedBatch {
  /** Each message as its frames. */
  readonly messages: readonly Buffer[][]
  #giveBack: (() => void) | undefined

  constructor(messages: Buffer[][], giveBack: () => void) {
    this.messages = messages
    this.#giveBack = giveBack
  }

  get length(): number {
    return this.messages.length
  }

  [Symbol.iterator](): IterableIterator<Buffer[]> {
    return this.messages.values()
  }

  /** Gives the memory back. May be called twice. */
  release(): void {
    this.#giveBack?.()
    this.#giveBack = undefined
  }

  [Symbol.dispose](): void {
    this.release()
  }
}
