import type { Overflow } from '../definition/mailboxOptions.ts'
import type { Address } from './address.ts'
import type { Pending } from './asks.ts'

/** Those who wait until they may send to a mailbox that was full, and how each of them leaves. */
interface Gate {
  readonly overflow: Overflow
  readonly waiting: Map<Pending, () => void>
}

/** Generations are never used twice in a host, so that they name an actor; 0 is the way to the host. */
const keyOf = (host: number, generation: number): number => host * 2 ** 32 + generation

const never = (): boolean => false

/** The mailboxes that have asked this host to pause. */
export class Gates {
  readonly #closed = new Map<number, Gate>()
  readonly #places = new Map<Pending, Gate>()

  isClosed({ host, generation }: Address): boolean {
    return this.#closed.size > 0 && this.#closed.has(keyOf(host, generation))
  }

  /** What becomes of messages while it is closed. */
  overflowOf({ host, generation }: Address): Overflow {
    return this.#closed.get(keyOf(host, generation))?.overflow ?? 'wait'
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#places.size
  }

  /** @returns whether it was open */
  close(host: number, generation: number, overflow: Overflow): boolean {
    const key = keyOf(host, generation)
    if (this.#closed.has(key)) return false
    this.#closed.set(key, { overflow, waiting: new Map() })
    return true
  }

  /**
   * Lets those who wait leave, in their order, until `room` of them have left or `isFull` says so.
   *
   * @returns whether some still wait: then it stays closed
   */
  open(host: number, generation: number, room = Infinity, isFull = never): boolean {
    const key = keyOf(host, generation)
    const gate = this.#closed.get(key)
    if (gate === undefined) return false
    // Those who leave may fill the mailbox, which closes another gate.
    this.#closed.delete(key)
    let left = room
    for (const [pending, leave] of gate.waiting) {
      if (left-- <= 0 || isFull()) break
      gate.waiting.delete(pending)
      this.#places.delete(pending)
      leave()
    }
    if (gate.waiting.size === 0) return false
    this.#closed.set(key, gate)
    return true
  }

  /** Waits at a closed gate. */
  wait(pending: Pending, { host, generation }: Address, leave: () => void): void {
    const gate = this.#closed.get(keyOf(host, generation))!
    gate.waiting.set(pending, leave)
    this.#places.set(pending, gate)
  }

  /** It does not wait any more. @returns whether it did */
  withdraw(pending: Pending): boolean {
    if (this.#places.size === 0) return false
    const gate = this.#places.get(pending)
    this.#places.delete(pending)
    return gate?.waiting.delete(pending) === true
  }

  /** The host is gone, and those who wait for its actors have been told. */
  forget(host: number): void {
    for (const [key, { waiting }] of this.#closed) {
      if (Math.floor(key / 2 ** 32) !== host) continue
      for (const pending of waiting.keys()) this.#places.delete(pending)
      this.#closed.delete(key)
    }
  }
}
