import type { ActorRef } from '../host/ref.ts'

/** Messages for actors whose mailboxes were full when they came, each handed over when there is room. */
export class HeldTells {
  readonly #limit: number
  readonly #pressed: (path: string) => void
  readonly #relieved: (path: string) => void
  readonly #failed: () => void
  readonly #waiting = new Map<string, (readonly [method: string, args: unknown[]])[]>()
  #count = 0

  /**
   * @param pressed the node should tell this actor nothing more
   * @param relieved it may again
   * @param failed a message was handed to nobody
   */
  constructor(
    limit: number,
    pressed: (path: string) => void,
    relieved: (path: string) => void,
    failed: () => void,
  ) {
    this.#limit = limit
    this.#pressed = pressed
    this.#relieved = relieved
    this.#failed = failed
  }

  /** Whether messages wait, which a further one must not overtake. */
  has(path: string): boolean {
    return this.#waiting.size > 0 && this.#waiting.has(path)
  }

  /** @returns whether it was taken: there may be too many */
  add(path: string, ref: ActorRef, method: string, args: unknown[]): boolean {
    if (this.#count >= this.#limit) return false
    this.#count++
    const waiting = this.#waiting.get(path)
    if (waiting !== undefined) {
      waiting.push([method, args])
      return true
    }
    const first = [[method, args] as const]
    this.#waiting.set(path, first)
    this.#pressed(path)
    void this.#hand(path, ref, first)
    return true
  }

  async #hand(
    path: string,
    ref: ActorRef,
    waiting: (readonly [method: string, args: unknown[]])[],
  ): Promise<void> {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      try {
        await ref.callSend(...next)
      } catch {
        // The actor is no more, or a value is none: what happens to every tell that comes too late.
        this.#failed()
      }
      waiting.shift()
      this.#count--
    }
    this.#waiting.delete(path)
    this.#relieved(path)
  }
}
