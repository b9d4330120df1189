/** The second replacement in a row waits so long, in milliseconds, and each after that twice as long. */
const FIRST_MS = 50
const LONGEST_MS = 10_000
/** Who has lived so long, in milliseconds, has not failed in a row. */
const QUIET_MS = 5000

/** How long to wait before a member is replaced: not at all, unless those before it ended soon as well. */
export class Backoff {
  #failures = 0
  #beganAt: number | undefined

  began(nowMs: number): void {
    this.#beganAt = nowMs
  }

  /** It has ended, or could not even begin. @returns how long to wait, in milliseconds */
  ended(nowMs: number): number {
    if (this.#beganAt !== undefined && nowMs - this.#beganAt >= QUIET_MS) this.#failures = 0
    this.#beganAt = undefined
    const delayMs = this.#failures === 0 ? 0 : FIRST_MS * 2 ** (this.#failures - 1)
    this.#failures++
    return Math.min(delayMs, LONGEST_MS)
  }
}
