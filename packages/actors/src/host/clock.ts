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

export const systemClock = clockFrom(timeOrigin)

/** @param originMs when `performance.now()` was 0, in milliseconds since the epoch */
function clockFrom(originMs: number): Clock {
  return {
    now: () => originMs + performance.now(),
    after: (delayMs, act) => setTimeout(act, Math.min(delayMs, LONGEST_MS)),
    cancel: (timer) => clearTimeout(timer as NodeJS.Timeout),
  }
}

/**
 * When the machine's own clock was at 0, in milliseconds since the epoch as this process sees it. All processes
 * of a machine have that clock in common, and nobody sets it.
 */
export const machineOrigin = (): number => timeOrigin - machineAheadMs()

/** The time as the process sees it that has told of this origin, whatever the calendar said when this one began. */
export const clockSince = (machineOriginMs: number): Clock =>
  clockFrom(machineOriginMs + machineAheadMs())

/** Both clocks are asked so often: the thread may be interrupted in between. */
const TRIES = 10

/** By how much the machine's own clock is ahead of `performance.now()`. */
function machineAheadMs(): number {
  let aheadMs = 0
  let leastMs = Infinity
  for (let tries = 0; tries < TRIES; tries++) {
    const beforeMs = performance.now()
    const machineMs = Number(process.hrtime.bigint()) / 1e6
    const tookMs = performance.now() - beforeMs
    if (tookMs >= leastMs) continue
    leastMs = tookMs
    aheadMs = machineMs - beforeMs
  }
  return aheadMs
}
