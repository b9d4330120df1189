import type { Work } from './work.ts'

/** Tasks that go to a worker together, as they travel. */
export interface Parcel {
  /** Ascending for each worker: what is cancelled is named by it. */
  readonly id: number
  /** Unlike that of any other parcel: on the hosts' board, it says that this one is cancelled. */
  readonly mark: number
  readonly work: Work
  /** For each task its item, or with `isSpread` its arguments. */
  readonly items: unknown[]
  readonly isSpread: boolean
  readonly attempt: number
  /** How long each may run, in milliseconds. */
  readonly timeoutMs: number
}

/** What has become of a parcel. */
export interface Report {
  /** What the first tasks have returned. Those that come after them were not begun. */
  readonly values: unknown[]
  /** Which of them have failed, and how. */
  readonly failures: readonly (readonly [task: number, error: unknown])[]
  /** How long they took together. */
  readonly ms: number
}

/**
 * A parcel is meant to be done within 5 ms or so. When its tasks turn out to be slower, it is reported
 * after this time as far as it was done, and the other tasks go to whoever is free.
 */
export const CUT_MS = 10
