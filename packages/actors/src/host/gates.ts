import type { Address } from './address.ts'

/** Those who wait until they may send to a mailbox that was full. */
interface Gate {
  readonly waiting: (() => void)[]
}

/** Generations are never used twice in a host, so that they name an actor. */
const keyOf = (host: number, generation: number): number => host * 2 ** 32 + generation

/** The mailboxes of other hosts that have asked this one to pause. */
export class Gates {
  readonly #closed = new Map<number, Gate>()

  isClosed({ host, generation }: Address): boolean {
    return this.#closed.size > 0 && this.#closed.has(keyOf(host, generation))
  }

  close(host: number, generation: number): void {
    const key = keyOf(host, generation)
    if (!this.#closed.has(key)) this.#closed.set(key, { waiting: [] })
  }

  open(host: number, generation: number): void {
    const key = keyOf(host, generation)
    const gate = this.#closed.get(key)
    this.#closed.delete(key)
    for (const resolve of gate?.waiting ?? []) resolve()
  }

  /** Settles when it was opened, in the order of those who wait. */
  whenOpen({ host, generation }: Address): Promise<void> {
    const gate = this.#closed.get(keyOf(host, generation))
    return new Promise((resolve) => {
      if (gate === undefined) resolve()
      else gate.waiting.push(resolve)
    })
  }

  /** The host is gone: whoever waits finds that out by trying. */
  openAll(host: number): void {
    for (const key of [...this.#closed.keys()])
      if (Math.floor(key / 2 ** 32) === host) this.open(host, key % 2 ** 32)
  }
}
