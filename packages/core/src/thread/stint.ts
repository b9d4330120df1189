/** So much is read however long it takes: more than a connection holds at the default marks. */
const LEAST_EFFORT = 2048
/** After that it is over when it has lasted this long. */
const LONGEST_MS = 1
/** Between two looks at the clock. */
const EFFORT_PER_LOOK = 256

/**
 * How much a thread reads in one go that no call has asked for: what subscribers send up, and
 * messages that are thrown away. Those who send it may be quicker than this thread is at reading:
 * then there would be no end to it, and no turn for timers, I/O and other sockets.
 *
 * Effort is counted in messages that are thrown away.
 */
export class Stint {
  readonly #now: () => number
  #effort = 0
  #nextLook = EFFORT_PER_LOOK
  #beganAt = 0
  #endedAt = 0
  #isOver = false

  /** @param now a clock, in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Others have had their turn: as much may be read again. */
  begin(): void {
    this.#effort = 0
    this.#nextLook = EFFORT_PER_LOOK
    this.#isOver = false
  }

  /** A call begins: as much may be read again, unless the last stint was over just now. */
  renew(): void {
    if (this.#effort === 0) return
    if (!this.#isOver || this.#now() - this.#endedAt >= LONGEST_MS) this.begin()
  }

  /** Counts what was read; whether more may be. */
  spend(effort: number): boolean {
    this.#effort += effort
    if (this.#effort >= this.#nextLook) this.#look()
    return !this.#isOver
  }

  #look(): void {
    const now = this.#now()
    // The clock is not asked for the first few, which are all there is as a rule.
    if (this.#nextLook === EFFORT_PER_LOOK) this.#beganAt = now
    this.#nextLook = this.#effort + EFFORT_PER_LOOK
    if (this.#effort < LEAST_EFFORT || now - this.#beganAt < LONGEST_MS) return
    this.#isOver = true
    this.#endedAt = now
  }
}
