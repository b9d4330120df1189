/** Timers and I/O wait no longer than about this for a loop of calls that never has to wait. */
const LONGEST_TURN_MS = 1
/** The clock is looked at once in so many calls that send or receive a small message. */
const CALLS_PER_LOOK = 64
/** What takes as long as so many of them is enough for a turn, whatever the clock says. */
const CALLS_PER_TURN = 4096

/** What a batch costs: the clock is looked at after each. */
export const batchEffort = CALLS_PER_LOOK

/**
 * Sees to it that a loop of `await receive()` or `await send()` that never runs dry does not
 * starve the event loop: promises settle before it turns, however many there are.
 */
export class Turn {
  #effort = 0
  #isTimed = false
  #beganAt = 0

  /**
   * Settles at once, or after the event loop has turned when that is due.
   *
   * @param effort what the call took, in calls with a small message
   */
  settle<T>(value: T, settled: Promise<T>, effort: number): Promise<T> {
    this.#effort += effort
    if (this.#effort < CALLS_PER_LOOK) return settled
    const isEnough = this.#effort >= CALLS_PER_TURN
    this.#effort = 0
    if (!isEnough && !this.isOver()) return settled
    return new Promise((resolve) => setImmediate(this.#goOn, resolve, value))
  }

  /** Much was done besides: the next call looks at the clock. */
  hurry(): void {
    this.#effort += CALLS_PER_LOOK
  }

  /** What a call did besides, in calls with a small message. */
  spend(effort: number): void {
    this.#effort += effort
  }

  /** Whether the event loop should turn before anything else is done. */
  isOver(): boolean {
    if (this.#isTimed) return performance.now() - this.#beganAt >= LONGEST_TURN_MS
    this.begin()
    return false
  }

  /** Starts the clock of this turn, unless it runs: what comes now alone may take longer than a turn should. */
  begin(): void {
    if (this.#isTimed) return
    this.#isTimed = true
    this.#beganAt = performance.now()
    setImmediate(this.#turned).unref()
  }

  readonly #turned = (): void => {
    this.#isTimed = false
  }

  readonly #goOn = <T>(resolve: (value: T) => void, value: T): void => {
    this.begin()
    resolve(value)
  }
}
