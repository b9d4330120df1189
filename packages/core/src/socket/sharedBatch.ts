import type { InspectOptions } from 'node:util'
import { outline, show } from '../inspection.ts'
import { Uncloneable } from '../thread/uncloneable.ts'

/** Named as the errors are to call what cannot be cloned. */
const uncloneable = new (class SharedBatch extends Uncloneable {})()

/**
 * Received messages that were left in shared memory: nothing is copied. Their frames may be looked
 * at until `release`, which gives the memory back; then they must not be touched any more.
 *
 * A batch that is not released keeps its memory, and counts as unread for the sender.
 */
export class SharedBatch<M = Buffer[]> {
  /** @internal */
  readonly uncloneable = uncloneable
  /** Each message as its frames; from sockets that tell more of it, as `receive` gives it. */
  readonly messages: readonly M[]
  #giveBack: (() => void) | undefined

  constructor(messages: readonly M[], giveBack: () => void) {
    this.messages = messages
    this.#giveBack = giveBack
  }

  get length(): number {
    return this.messages.length
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.messages.values()
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    const facts = #giveBack in this
      ? { length: this.length, isHeld: this.#giveBack !== undefined }
      : undefined
    return outline(this, facts, depth, options)
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
