import { availableParallelism } from 'node:os'

/** A sleeping thread takes some 30 µs to wake, so that looking for longer rarely pays. */
const LONGEST_US = 100
/** A budget below this is no budget: then threads sleep at once. */
const SHORTEST_US = 1
/** Looks between two glances at the clock. */
const LOOKS_PER_GLANCE = 16
/** What passes between two looks, in idle steps of about a nanosecond. */
const LONGEST_PAUSE = 128
/** After so many sleeps one attempt: the other side may have become quick. */
const SLEEPS_PER_TRIAL = 128
const TRIAL_US = 20

/**
 * How long to look before sleeping. Looking finds an answer within a fraction of a microsecond,
 * but only while the other side is running; where it does not answer soon (a slow peer, or more
 * threads than cores) the time is given up within a few calls, and tried again now and then.
 *
 * Looks are spaced: each one takes the cache line away from the thread that is about to write it.
 */
export class Spin {
  readonly #idle = new Int32Array(1)
  readonly #longestUs: number
  #budgetUs: number
  #sleeps = 0

  /** @param longestUs more is never spent before a sleep */
  constructor(longestUs = LONGEST_US) {
    // With one core, whoever is waited for cannot run meanwhile.
    this.#longestUs = availableParallelism() > 1 ? longestUs : 0
    this.#budgetUs = this.#longestUs / 4
  }

  /** Looks until `isReady` or until it no longer seems worth it; whether it was ready. */
  until(isReady: () => boolean): boolean {
    if (isReady()) return true
    if (this.#budgetUs < SHORTEST_US) return this.#sleep()
    const end = performance.now() + this.#budgetUs / 1000
    for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      for (let look = 0; look < LOOKS_PER_GLANCE; look++) {
        this.#pause(pause)
        if (!isReady()) continue
        this.#budgetUs = Math.min(this.#budgetUs * 2, this.#longestUs)
        return true
      }
      if (performance.now() >= end) return this.#sleep()
    }
  }

  #sleep(): false {
    const isTrial = ++this.#sleeps % SLEEPS_PER_TRIAL === 0
    this.#budgetUs = isTrial ? Math.min(TRIAL_US, this.#longestUs) : this.#budgetUs / 2
    return false
  }

  #pause(steps: number): void {
    // Atomic, so that the loop is not removed.
    for (let i = 0; i < steps; i++) Atomics.load(this.#idle, 0)
  }
}
