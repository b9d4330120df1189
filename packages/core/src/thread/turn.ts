/** Timers and I/O wait no longer than about this for a loop of calls that never has to wait. */
const LONGEST_TURN_MS = 1
/** The clock is looked at once in so many calls that send or receive a small message, while they are quick. */
const CALLS_PER_LOOK = 16
/** Calls between two looks that take longer, with what is done with their messages, are not quick. */
const QUICK_MS = 0.1
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
  /** When the clock is to be looked at. One by one at first: what is done with messages may take long. */
  #effortToLook = 1
  #isTimed = false
  #beganAt = 0
  #lookedAt = 0

  /**
   * Settles at once, or after the event loop has turned when that is due.
   *
   * @param effort what the call took, in calls with a small message
   */
  settle<T>(value: T, settled: Promise<T>, effort: number): Promise<T> {
    this.#effort += effort
    if (this.#effort < this.#effortToLook) return settled
    const isEnough = this.#effort >= CALLS_PER_TURN
    this.#effort = 0
    if (!isEnough && !this.isOver()) return settled
    return new Promise((resolve) => setImmediate(this.#goOn<T>, resolve, value))
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
    if (!this.#isTimed) {
      this.begin()
      return false
    }
    const now = performance.now()
    const isQuick = now - this.#lookedAt < QUICK_MS
    this.#effortToLook = isQuick ? Math.min(2 * this.#effortToLook, CALLS_PER_LOOK) : 1
    this.#lookedAt = now
    return now - this.#beganAt >= LONGEST_TURN_MS
  }

  /** Starts the clock of this turn, unless it runs: what comes now alone may take longer than a turn should. */
  begin(): void {
    if (this.#isTimed) return
    this.#isTimed = true
    this.#beganAt = this.#lookedAt = performance.now()
    this.#effortToLook = 1
    // It keeps the event loop from waiting, or this turn would last for as long.
    setImmediate(this.#turned)
  }

  readonly #turned = (): void => {
    this.#isTimed = false
  }

  /** What is done with this value is part of the turn. */
  readonly #goOn = <V>(resolve: (value: V) => void, value: V): void => {
    this.begin()
    resolve(value)
  }
}
