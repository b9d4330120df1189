import type { Backoff } from './options.ts'

/** How often something may be restarted, and how fast. */
export interface RestartLimits {
  readonly maxRestarts: number
  readonly withinMs: number
  readonly backoff: Readonly<Required<Backoff>>
}

/** The restarts of one child: when the next may be, and whether there may be one at all. */
export class Restarts {
  readonly #limits: RestartLimits
  readonly #random: () => number
  /** Of the restarts within the window, the oldest first. */
  #times: number[] = []
  /** Since the last quiet time. */
  #attempts = 0
  #last = -Infinity

  /** @param random from 0 to 1, for the jitter */
  constructor(limits: RestartLimits, random: () => number = Math.random) {
    this.#limits = limits
    this.#random = random
  }

  /**
   * It has failed.
   *
   * @param now in milliseconds
   * @returns how long to wait before it is restarted, in milliseconds; `undefined`: that was too often
   */
  next(now: number): number | undefined {
    const { maxRestarts, withinMs, backoff } = this.#limits
    this.#times = this.#times.filter((time) => now - time < withinMs)
    if (this.#times.length >= maxRestarts) return undefined
    // No more than this many are looked at, and `Infinity` looks at none.
    if (maxRestarts !== Infinity) this.#times.push(now)
    if (now - this.#last >= backoff.quietMs) this.#attempts = 0
    this.#last = now
    const grown = backoff.firstMs * backoff.factor ** this.#attempts++
    const spread = 1 + backoff.jitter * (2 * this.#random() - 1)
    return Math.min(grown, backoff.maxMs) * spread
  }
}
