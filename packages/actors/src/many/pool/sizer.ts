import type { SizeRange } from './options.ts'
import type { Load } from './loadMeter.ts'

/** Decides how many members a pool should have, by what its callers report. */
export class Sizer {
  readonly #range: SizeRange
  readonly #loads = new Map<number, Load>()
  /** The most members that were needed since the pool last had more of them than it needs. */
  #needed = 0
  #tooManySince: number | undefined

  constructor(range: SizeRange) {
    this.#range = range
  }

  /** Of the thread of that host. */
  report(host: number, load: Load): void {
    if (load.busy === 0 && !load.isShort) this.#loads.delete(host)
    else this.#loads.set(host, load)
  }

  forget(host: number): void {
    this.#loads.delete(host)
  }

  /**
   * To be asked after each report, and when the time that it gave is over.
   *
   * @returns how many members there should be, and when to ask again if nothing is reported before
   */
  decide(size: number, nowMs: number): { readonly size: number; readonly againInMs?: number } {
    const { min, max, idleMs } = this.#range
    let busy = 0
    let isShort = false
    for (const load of this.#loads.values()) {
      busy += load.busy
      isShort ||= load.isShort
    }
    if (isShort) {
      this.#tooManySince = undefined
      return { size: Math.min(max, size + 1) }
    }
    const wanted = Math.max(min, Math.min(busy, size))
    if (wanted >= size) {
      this.#tooManySince = undefined
      return { size }
    }
    if (this.#tooManySince === undefined) {
      this.#tooManySince = nowMs
      this.#needed = wanted
    }
    this.#needed = Math.max(this.#needed, wanted)
    const left = this.#tooManySince + idleMs - nowMs
    if (left > 0) return { size, againInMs: left }
    const kept = this.#needed
    // What was needed for a part of the time only may not be needed in the next.
    this.#tooManySince = wanted < kept ? nowMs : undefined
    this.#needed = wanted
    return wanted < kept ? { size: kept, againInMs: idleMs } : { size: kept }
  }
}
