import type { ActorRef } from '../host/ref.ts'
import type { NodeLimits } from './limits.ts'

/**
 * What a node has told actors whose mailboxes were full: each message waits where all wait who send to the actor, so
 * that nothing that is asked, sent or told later overtakes it. It outlasts the connection, as the node does.
 */
export class HeldTells {
  /** Messages that wait, by the path of their actor. */
  readonly #waiting = new Map<string, number>()
  #giving = new AbortController()
  #relieved: (path: string) => void = () => undefined
  #messages = 0
  #bytes = 0

  /** @param relieved from now on told of each actor for which nothing waits any more */
  attend(relieved: (path: string) => void): void {
    this.#relieved = relieved
  }

  hasRoom({ tells, tellBytes }: Required<NodeLimits>): boolean {
    return this.#messages < tells && this.#bytes < tellBytes
  }

  /**
   * @param bytes of the message
   * @param failed told why it was handed to nobody
   */
  add(
    path: string,
    ref: ActorRef,
    method: string,
    args: unknown[],
    bytes: number,
    failed: (error: unknown) => void,
  ): void {
    this.#messages++
    this.#bytes += bytes
    this.#waiting.set(path, (this.#waiting.get(path) ?? 0) + 1)
    const { signal } = this.#giving
    void ref
      .calledWith({ signal })
      .callSend(method, args)
      .catch(failed)
      .finally(() => this.#forget(path, bytes))
  }

  /** Nothing of it is handed over any more. */
  giveUp(error: unknown): void {
    const giving = this.#giving
    this.#giving = new AbortController()
    giving.abort(error)
  }

  #forget(path: string, bytes: number): void {
    this.#messages--
    this.#bytes -= bytes
    const left = this.#waiting.get(path)! - 1
    if (left > 0) {
      this.#waiting.set(path, left)
      return
    }
    this.#waiting.delete(path)
    this.#relieved(path)
  }
}
