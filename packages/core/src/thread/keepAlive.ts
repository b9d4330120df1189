/** The longest delay that timers take. */
const FAR_OFF_MS = 0x7fffffff

/**
 * Keeps the process alive while an operation is pending: a pending `Atomics.waitAsync` does not.
 * One timer that never fires in practice, referenced while it is needed.
 */
export class KeepAlive {
  #pending = 0
  #timer: NodeJS.Timeout | undefined

  /** Whether an operation is pending. */
  get isHeld(): boolean {
    return this.#pending > 0
  }

  hold(): void {
    if (this.#pending++ > 0) return
    if (this.#timer === undefined) this.#timer = setInterval(nothing, FAR_OFF_MS)
    else this.#timer.ref()
  }

  release(): void {
    if (--this.#pending === 0) this.#timer?.unref()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function nothing(): void {
  // The handle is what counts.
}
