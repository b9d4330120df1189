/**
 * Numbers that look random and come again for the same seed.
 *
 * @see splitmix32: each number is a mix of a counter's bits
 */
export class Random {
  #state: number

  /** @param seed a whole number; of larger ones the last 32 bits count */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0
    let mixed = this.#state ^ (this.#state >>> 16)
    mixed = Math.imul(mixed, 0x21f0_aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a_2d97)
    mixed ^= mixed >>> 15
    return (mixed >>> 0) / 2 ** 32
  }

  /** A whole number from 0 up to, but not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }
}
