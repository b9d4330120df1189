import type { Pending } from './asks.ts'

/** What one signal ends. */
interface Listening {
  readonly pending: Set<Pending>
  readonly listener: () => void
}

/** What waits and ends with an AbortSignal: one listener for each signal, however many wait. */
class Cancellation {
  readonly #signals = new Map<AbortSignal, Listening>()

  /** The signal is not aborted yet. */
  add(signal: AbortSignal, pending: Pending): void {
    let listening = this.#signals.get(signal)
    if (listening === undefined) {
      const all = new Set<Pending>()
      const listener = (): void => {
        this.#signals.delete(signal)
        for (const one of all) one.abandon(signal.reason)
      }
      listening = { pending: all, listener }
      this.#signals.set(signal, listening)
      signal.addEventListener('abort', listener, { once: true })
    }
    listening.pending.add(pending)
  }

  remove(signal: AbortSignal, pending: Pending): void {
    const listening = this.#signals.get(signal)
    if (listening?.pending.delete(pending) !== true || listening.pending.size > 0) return
    this.#signals.delete(signal)
    signal.removeEventListener('abort', listening.listener)
  }
}

/** Of this thread. */
export const cancellation = new Cancellation()
