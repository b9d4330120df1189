import type { Random } from '../../support/random.ts'

/** How often it pauses: once in so many operations. */
const ONE_PAUSE_IN = 1000
const LONGEST_PAUSE_MS = 20

const operations = ['load', 'store', 'exchange', 'compareExchange', 'or', 'add', 'notify'] as const

type Operation = (...given: unknown[]) => unknown

/**
 * Lets this thread pause between two steps in shared memory, as one does that has lost its core: so
 * that others come in between, and that it is terminated there.
 */
export function hesitate(random: Random): void {
  const { wait } = Atomics
  const nothing = new Int32Array(new SharedArrayBuffer(4))
  for (const name of operations) {
    const operate = Atomics[name] as Operation
    const hesitating: Operation = (...given) => {
      const result = operate(...given)
      if (random.oneIn(ONE_PAUSE_IN)) wait(nothing, 0, 0, random.below(LONGEST_PAUSE_MS))
      return result
    }
    Object.assign(Atomics, { [name]: hesitating })
  }
}
