import type { Supervisor } from '../supervision/supervisor.ts'
import type { Down } from './down.ts'

/** Why an actor's life ends: for good, or to begin anew. */
export type Ending = Down | { readonly reason: 'restarting'; readonly error: unknown }

/** Called when the life ends; what it throws makes a stop a failure. */
export type EndingHook = (ending: Ending) => unknown

/** One life of an actor, from its factory's call until it ends or restarts. */
export class Incarnation {
  /** 1 for the first. */
  readonly number: number
  /** Whether it has ended: what is left of it is ignored. */
  isOver = false
  /** An error that came before the factory was done. */
  failure: { readonly error: unknown } | undefined
  #isAborted = false
  /** Made when first asked for. */
  #aborting: AbortController | undefined
  hooks: EndingHook[] | undefined
  supervisor: Supervisor | undefined
  /** Take back what it watches and is linked to. */
  bonds: Set<() => void> | undefined
  /** The links among them, by the other's name. */
  links: Map<string, () => void> | undefined
  /** Settles when all that belongs to it has ended; begun by the first who ends it. */
  closing: Promise<unknown> | undefined
  /** What of it has not ended was left alone, and may take so long. */
  leftMs: number | undefined
  #leave: (() => void) | undefined
  #left: Promise<void> | undefined

  constructor(number: number) {
    this.number = number
  }

  get signal(): AbortSignal {
    this.#aborting ??= new AbortController()
    if (this.#isAborted) this.#aborting.abort()
    return this.#aborting.signal
  }

  /** It should come to an end. */
  abort(): void {
    this.#isAborted = true
    this.#aborting?.abort()
  }

  /** Nothing of it is waited for any more. @param graceMs that its children may take */
  leave(graceMs: number): void {
    this.leftMs = graceMs
    this.#left ??= Promise.resolve()
    this.#leave?.()
  }

  /** Settles with a part of its end, or when nobody waits for that any more. */
  async unlessLeft(part: unknown): Promise<void> {
    this.#left ??= new Promise((resolve) => (this.#leave = resolve))
    await Promise.race([part, this.#left])
  }

  /** @returns takes it back */
  bind(release: () => void): () => void {
    const bonds = (this.bonds ??= new Set())
    const once = (): void => {
      if (bonds.delete(once)) release()
    }
    bonds.add(once)
    return once
  }

  /** No code of it is to run any more; what does is told. */
  end(): void {
    this.isOver = true
    this.abort()
    for (const release of this.bonds ?? []) release()
  }
}
