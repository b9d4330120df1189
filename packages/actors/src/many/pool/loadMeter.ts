/** What one caller's thread says of the work that it has for a pool. */
export interface Load {
  /** The most members that had work of it at the same time. */
  readonly busy: number
  /** Whether work was waiting all the time. */
  readonly isShort: boolean
}

/** Measures the load of a pool from one report to the next. */
export class LoadMeter {
  #busy = 0
  #waiting = 0
  #peak = 0
  #wasEmpty = true

  get isIdle(): boolean {
    return this.#busy === 0 && this.#waiting === 0
  }

  busyChanged(by: 1 | -1): void {
    this.#busy += by
    if (this.#busy > this.#peak) this.#peak = this.#busy
  }

  waitingChanged(by: 1 | -1): void {
    this.#waiting += by
    if (this.#waiting === 0) this.#wasEmpty = true
  }

  /** Since the last report. */
  report(): Load {
    const load = { busy: this.#peak, isShort: !this.#wasEmpty }
    this.#peak = this.#busy
    this.#wasEmpty = this.#waiting === 0
    return load
  }
}
