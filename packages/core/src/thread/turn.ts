/** Timers and I/O wait no longer than about this for a loop of calls that never has to wait. */
const LONGEST_TURN_MS = 5
/** The clock is looked at once in so many calls. */
const CALLS_PER_LOOK = 64

/**
 * Sees to it that a loop of `await receive()` or `await send()` that never runs dry does not
 * starve the event loop: promises settle before it turns, however many there are.
 */
export class Turn {
  #calls = 0
  #isTimed = false
  #beganAt = 0

  /** Settles at once, or after the event loop has turned when that is due. */
  settle<T>(value: T, settled: Promise<T>): Promise<T> {
    if (++this.#calls % CALLS_PER_LOOK !== 0 || !this.#isOver()) return settled
    return new Promise((resolve) => setImmediate(resolve, value))
  }

  #isOver(): boolean {
    const now = performance.now()
    if (this.#isTimed) return now - this.#beganAt >= LONGEST_TURN_MS
    this.#isTimed = true
    this.#beganAt = now
    setImmediate(this.#turned).unref()
    return false
  }

  readonly #turned = (): void => {
    this.#isTimed = false
  }
}
