/** So many steps are remembered. */
const KEPT = 1000

/** One step of a run. */
export interface TakenStep {
  /** How many came before it. */
  readonly number: number
  /** In milliseconds since the epoch of the system's clock. */
  readonly atMs: number
  readonly what: string
}

/** The latest steps of a run. */
export class Trace {
  readonly #steps: TakenStep[] = []
  #count = 0

  /** Steps that were taken. */
  get count(): number {
    return this.#count
  }

  add(what: string, atMs: number): void {
    this.#steps.push({ number: this.#count++, atMs, what })
    if (this.#steps.length === 2 * KEPT) this.#steps.splice(0, KEPT)
  }

  /** The latest, up to 1,000, the oldest first. */
  last(most = KEPT): readonly TakenStep[] {
    return this.#steps.slice(-Math.min(most, KEPT))
  }
}
