import { availableParallelism } from 'node:os'

/** Looks at shared memory, some 20 ns each. */
const MOST_LOOKS = 2000
const FEWEST_LOOKS = 20

/**
 * How long to look before sleeping. A sleep and a wake cost some 10 to 60 µs, a look 20 ns, so
 * looking pays while the other side answers quickly; where it does not (a slow peer, or more
 * threads than cores) the time is given up within a few calls, and tried again now and then.
 */
export class Spin {
  #looks = availableParallelism() > 1 ? FEWEST_LOOKS * 8 : 0
  #sinceFailure = 0

  /** Looks until `isReady` or until it no longer seems worth it; whether it was ready. */
  until(isReady: () => boolean): boolean {
    const looks = this.#looks
    for (let i = 0; i < looks; i++) {
      if (isReady()) {
        this.#looks = Math.min(looks * 2, MOST_LOOKS)
        return true
      }
    }
    if (looks === 0) return false
    this.#sinceFailure++
    this.#looks = Math.max(looks >> 1, FEWEST_LOOKS)
    // Every now and then a longer look, to notice that the other side has become quick.
    if ((this.#sinceFailure & 63) === 0) this.#looks = MOST_LOOKS >> 2
    return false
  }
}
