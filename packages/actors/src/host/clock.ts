/** Time as a host sees it; tests put a manual one in its place. */
export interface Clock {
  /** Milliseconds since the epoch, never backwards. */
  now(): number
  /** Calls back once, after so many milliseconds. @returns what `cancel` takes */
  after(delayMs: number, act: () => void): unknown
  cancel(timer: unknown): void
}

/** The longest that a timer of Node may run; longer ones begin anew. */
const LONGEST_MS = 2 ** 31 - 1

/** Asked each time, it takes as long as the time itself. */
const { timeOrigin } = performance

export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  after: (delayMs, act) => setTimeout(act, Math.min(delayMs, LONGEST_MS)),
  cancel: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
