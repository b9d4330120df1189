/**
 * Numbers that look random and come again for the same seed.
 *
 * @see mulberry32, a generator with 32 bits of state
 */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** An integer from 0 up to but not including `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  /** An integer from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }

  /** Small numbers much more often than large ones: each power of two is as likely as the next. */
  skewed(limit: number): number {
    return this.below(2 ** this.below(Math.log2(limit) + 1))
  }

  /** The seed of another generator. */
  fork(): number {
    return this.below(2 ** 31)
  }
}

/** The seed of this run: `RINGPOST_SEED`, or a new one; printed, so that a failure can be replayed. */
export function announcedSeed(name: string): number {
  const given = process.env['RINGPOST_SEED']
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
  console.log(`${name}: RINGPOST_SEED=${seed}`)
  return seed
}
