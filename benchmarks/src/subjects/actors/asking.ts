/** How one asks another in the benchmarks of actors. */
export interface AskOptions {
  /** Asks under way at a time. */
  readonly window: number
  /** Between an answer and the next ask, where the window is 1. */
  readonly restMs: number
  /** How long single asks are made. */
  readonly forMs: number
  /** How many there are where the window is larger. */
  readonly asks: number
}

export const medianOf = (times: readonly number[]): number =>
  times.toSorted((one, other) => one - other)[times.length >> 1]!
