/** How far a run has come. */
export interface Progress {
  /** Tasks that have a result. */
  readonly done: number
  /** Tasks that have failed for good. */
  readonly failed: number
  /** How often a task was begun again, because it had failed or was lost. */
  readonly retried: number
  /** Tasks that were taken from their source and have not settled yet. */
  readonly inFlight: number
  /** Results in the last second, or since the beginning if that is less long ago. */
  readonly perSecond: number
  /** Tasks in all, if the source has a length. */
  readonly total: number | undefined
  /** Nothing more will come. */
  readonly isOver: boolean
}

/** Shows progress; any library's bar can be made into one. What it throws, the run ends with. */
export interface ProgressBar {
  start(progress: Progress): void
  update(progress: Progress): void
  /** Called once, whatever the run came to. */
  end(progress: Progress): void
}

/** Progress is told so often, in milliseconds. */
export const TELL_MS = 100

/** So many tellings are a second. */
const TELLINGS = 1000 / TELL_MS

/** Counts what becomes of the tasks of a run. */
export class ProgressMeter {
  done = 0
  failed = 0
  retried = 0
  taken = 0
  /** Results that there were when each of the last tellings was due, and when. */
  readonly #marks: { readonly done: number; readonly atMs: number }[] = []

  /** To be called each `TELL_MS`, and once at the beginning. */
  mark(): void {
    this.#marks.push({ done: this.done, atMs: performance.now() })
    if (this.#marks.length > TELLINGS + 1) this.#marks.shift()
  }

  read(left: number | undefined, isOver: boolean): Progress {
    const { done, failed, retried, taken } = this
    const inFlight = isOver ? 0 : taken - done - failed
    const total = left === undefined ? undefined : taken + left
    return { done, failed, retried, inFlight, perSecond: this.#rate(), total, isOver }
  }

  #rate(): number {
    const [first] = this.#marks
    if (first === undefined) return 0
    const elapsedMs = performance.now() - first.atMs
    return elapsedMs > 0 ? ((this.done - first.done) * 1000) / elapsedMs : 0
  }
}
