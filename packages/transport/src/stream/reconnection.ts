export interface ReconnectionSettings {
  /** Between two attempts, at least; negative for a single attempt. */
  readonly intervalMs: number
  /** Up to which the interval doubles from one attempt to the next; 0 for a random part instead. */
  readonly mostMs: number
}

/**
 * When to try again. Without a maximum a random part of up to the interval is added, so that the
 * clients of a server that was restarted do not come all at once; with one it doubles, as in libzmq.
 *
 * @see ZMQ_RECONNECT_IVL, ZMQ_RECONNECT_IVL_MAX in zmq_setsockopt(3)
 */
export class Reconnection {
  readonly #settings: ReconnectionSettings
  #currentMs: number

  constructor(settings: ReconnectionSettings) {
    this.#settings = settings
    this.#currentMs = settings.intervalMs
  }

  /** How long to wait now; undefined for ever. */
  nextMs(): number | undefined {
    const { intervalMs, mostMs } = this.#settings
    if (intervalMs < 0) return undefined
    if (mostMs <= intervalMs) return intervalMs + Math.floor(Math.random() * intervalMs)
    const now = this.#currentMs
    this.#currentMs = Math.min(Math.max(now, 1) * 2, mostMs)
    return now
  }

  /** There was a connection. */
  succeeded(): void {
    this.#currentMs = this.#settings.intervalMs
  }
}
