/** So few messages at a time are a sign that the reader is at the writer's heels. */
const FEW = 32
/** And so many, that it need not wait as long. */
const MANY = 128
const STEP = 16
/** In idle steps of some 8 ns: a microsecond. */
const LONGEST = 128

/** What is looked at to pass the time. */
const idle = new Int32Array(1)

/** Passes some 8 ns for each step. */
export function pass(steps: number): void {
  // Atomic, so that the loop is not removed.
  for (let i = steps; i > 0; i--) Atomics.load(idle, 0)
}

/**
 * How long a reader that has caught up with its writer waits before it looks again. Each look takes
 * the cache line away from the writer, and each message that is taken as soon as it is there costs
 * several lines on their way between two cores; of a stream it pays to let some messages gather. Who
 * finds nothing does not wait at all the next time.
 *
 * For a reader with nothing else to do: who has other pipes to look at, or is waited for, as one that
 * answers, would only lose the time.
 */
export class Pace {
  #steps = 0

  pause(): void {
    pass(this.#steps)
  }

  found(messages: number): void {
    if (messages === 0) this.#steps = 0
    else if (messages < FEW) this.#steps = Math.min(this.#steps + STEP, LONGEST)
    else if (messages > MANY) this.#steps >>= 1
  }
}
