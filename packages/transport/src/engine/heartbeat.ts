/** In milliseconds; 0 for none. */
export interface HeartbeatSettings {
  /** Between two pings. */
  readonly intervalMs: number
  /** How long a ping may go unanswered. */
  readonly timeoutMs: number
  /** After so long without traffic the peer is to close. */
  readonly timeToLiveMs: number
}

/**
 * Notices that a peer is gone although the connection is not: asks it for a sign of life, and closes
 * when there is none. Anything that arrives is a sign.
 *
 * @see RFC 37/ZMTP "Heartbeating"
 */
export class Heartbeat {
  readonly #settings: HeartbeatSettings
  readonly #sendPing: (timeToLiveMs: number) => boolean
  readonly #onSilence: () => void
  #pings: NodeJS.Timeout | undefined
  #answer: NodeJS.Timeout | undefined
  /** What the peer has asked for. */
  #peersTimeToLive: NodeJS.Timeout | undefined
  /** The peer counts as silent when what may have arrived meanwhile has been read. */
  #verdict: NodeJS.Immediate | undefined

  /**
   * @param sendPing false when none was sent, so that no answer is due
   * @param onSilence nothing has come for too long
   */
  constructor(
    settings: HeartbeatSettings,
    sendPing: (timeToLiveMs: number) => boolean,
    onSilence: () => void,
  ) {
    this.#settings = settings
    this.#sendPing = sendPing
    this.#onSilence = onSilence
  }

  start(): void {
    const { intervalMs } = this.#settings
    if (intervalMs > 0) this.#pings = setInterval(() => this.#ping(), intervalMs).unref()
  }

  #ping(): void {
    const { timeoutMs, timeToLiveMs } = this.#settings
    if (this.#sendPing(timeToLiveMs) && timeoutMs > 0)
      this.#answer ??= setTimeout(this.#suspect, timeoutMs).unref()
  }

  /**
   * An event loop that comes to its timers late, because its thread has computed, comes to them before it
   * reads what has arrived meanwhile.
   */
  readonly #suspect = (): void => {
    this.#verdict ??= setImmediate(this.#judge)
  }

  readonly #judge = (): void => {
    this.#verdict = undefined
    this.#onSilence()
  }

  /** Something has arrived. */
  alive(): void {
    if (this.#verdict !== undefined) {
      clearImmediate(this.#verdict)
      this.#verdict = undefined
    }
    if (this.#answer !== undefined) {
      clearTimeout(this.#answer)
      this.#answer = undefined
    }
    this.#peersTimeToLive?.refresh()
  }

  /** The peer wants this side to close after so long a silence. */
  askedFor(timeToLiveMs: number): void {
    clearTimeout(this.#peersTimeToLive)
    this.#peersTimeToLive =
      timeToLiveMs > 0 ? setTimeout(this.#suspect, timeToLiveMs).unref() : undefined
  }

  stop(): void {
    clearInterval(this.#pings)
    clearTimeout(this.#answer)
    clearTimeout(this.#peersTimeToLive)
    clearImmediate(this.#verdict)
  }
}
