import type { Address } from './address.ts'

/** An actor lives at another address than it used to, as its host was lost. */
export interface Move {
  /** Every address that it had, on hosts that are gone. */
  readonly from: readonly Address[]
  readonly to: Address
}

/** A host is going to restart actors that were lost. */
export interface Awaited {
  readonly addresses: readonly Address[]
  readonly by: number
}

/** All that is known, for a host that begins. */
export interface MovesSnapshot {
  readonly moves: readonly Move[]
  readonly awaited: readonly Awaited[]
  readonly unsettled: readonly number[]
}

interface Entry {
  readonly from: Address
  /** Where it lives now; `undefined`: it is being restarted. */
  to: Address | undefined
  /** The host that restarts it; `undefined`: that is not known yet. */
  by: number | undefined
  /** The host that it was lost with. */
  lostWith: number
}

/** Generations are never used twice in a host, so that they name an actor. */
const keyOf = ({ host, generation }: Address): number => host * 2 ** 32 + generation

/**
 * What becomes of actors whose hosts are gone. When one is lost, each other host says which of its
 * actors it restarts; until all have, nobody knows of any actor whether it will come back. An entry
 * stays until its actor ends, or is lost with whoever would have restarted it.
 */
export class Moves {
  readonly #entries = new Map<number, Entry>()
  /** Hosts that are gone, while not all others have said what they restart. */
  readonly #unsettled = new Set<number>()
  readonly #waiting = new Map<number, (() => void)[]>()

  /** Whether no actor is anywhere else than where it began. */
  get isQuiet(): boolean {
    return this.#entries.size === 0 && this.#unsettled.size === 0
  }

  get size(): number {
    return this.#entries.size
  }

  /** Where the actor lives that had this address. */
  find(address: Address): Address | undefined {
    return this.#entries.get(keyOf(address))?.to
  }

  /** Whether the actor, whose host is gone, may come back. */
  isAwaited(address: Address): boolean {
    const entry = this.#entries.get(keyOf(address))
    return entry === undefined ? this.#unsettled.has(address.host) : entry.to === undefined
  }

  /** Calls back when it is known where the actor is, or that it is gone. @returns takes it back */
  whenKnown(address: Address, act: () => void): () => void {
    const key = keyOf(address)
    const waiting = this.#waiting.get(key) ?? []
    waiting.push(act)
    this.#waiting.set(key, waiting)
    return () => {
      const at = waiting.indexOf(act)
      if (at >= 0) waiting.splice(at, 1)
      if (waiting.length === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key)
    }
  }

  /** The host is gone. */
  lose(host: number): void {
    this.#unsettled.add(host)
    for (const [key, entry] of this.#entries) {
      if (entry.to?.host === host) {
        entry.to = undefined
        entry.by = undefined
        entry.lostWith = host
      } else if (entry.to === undefined && entry.by === host) this.#delete(key)
    }
  }

  /** The host `by` restarts the actors. */
  expect({ addresses, by }: Awaited): void {
    for (const from of addresses) {
      const entry = this.#entries.get(keyOf(from))
      if (entry === undefined)
        this.#entries.set(keyOf(from), { from, to: undefined, by, lostWith: from.host })
      else if (entry.to === undefined) entry.by = by
    }
  }

  /** All have said which actors of the host they restart. */
  settle(host: number): void {
    this.#unsettled.delete(host)
    for (const [key, { to, by, lostWith }] of this.#entries)
      if (to === undefined && by === undefined && lostWith === host) this.#delete(key)
    for (const key of this.#waiting.keys())
      if (hostOf(key) === host && !this.#entries.has(key)) this.#wake(key)
  }

  add({ from, to }: Move): void {
    for (const address of from) {
      const key = keyOf(address)
      this.#entries.set(key, { from: address, to, by: undefined, lostWith: address.host })
      this.#wake(key)
    }
  }

  /** The actor has ended. */
  remove(from: readonly Address[]): void {
    for (const address of from) this.#delete(keyOf(address))
  }

  snapshot(): MovesSnapshot {
    const entries = [...this.#entries.values()]
    return {
      moves: entries.flatMap(({ from, to }) => (to === undefined ? [] : [{ from: [from], to }])),
      awaited: entries.flatMap(({ from, to, by }) =>
        to === undefined && by !== undefined ? [{ addresses: [from], by }] : [],
      ),
      unsettled: [...this.#unsettled],
    }
  }

  restore({ moves, awaited, unsettled }: MovesSnapshot): void {
    this.#entries.clear()
    this.#unsettled.clear()
    for (const move of moves) this.add(move)
    for (const one of awaited) this.expect(one)
    for (const host of unsettled) this.#unsettled.add(host)
  }

  /** Nothing more becomes known. */
  close(): void {
    for (const key of this.#waiting.keys()) this.#wake(key)
  }

  #delete(key: number): void {
    this.#entries.delete(key)
    this.#wake(key)
  }

  #wake(key: number): void {
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    for (const act of waiting.splice(0)) act()
  }
}

const hostOf = (key: number): number => Math.floor(key / 2 ** 32)
