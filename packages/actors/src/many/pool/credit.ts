/** A member's messages should be done in about so long, from sending to answer, in milliseconds. */
const LOW_MS = 2
/** When they take longer than this, fewer are sent ahead. */
const HIGH_MS = 8
/** The most that is sent ahead. */
export const MAX_WINDOW = 256

/**
 * How many messages a member may have that are not done.
 *
 * What is sent ahead hides the way there and back, and cannot be given to another member any more. So the window
 * holds about 2 ms of work: hundreds of empty tasks, one of those that take long. It is known from how long
 * one message at a time, the probe, was on its way and in the queue.
 */
export class Credit {
  #window: number
  readonly #isFixed: boolean

  /** @param prefetch the window; `'auto'`: as work allows */
  constructor(prefetch: number | 'auto') {
    this.#isFixed = prefetch !== 'auto'
    this.#window = prefetch === 'auto' ? 1 : prefetch
  }

  get window(): number {
    return this.#window
  }

  /** Whether probes are of use. */
  get isFixed(): boolean {
    return this.#isFixed
  }

  /**
   * The probe is back.
   *
   * @param wasUsedUp whether the window was what kept more from being sent
   */
  probed(tookMs: number, wasUsedUp: boolean): void {
    if (this.#isFixed) return
    if (tookMs <= LOW_MS) {
      if (wasUsedUp) this.#window = Math.min(MAX_WINDOW, this.#window * 2)
    } else if (tookMs > HIGH_MS) this.#window = Math.max(1, this.#window >>> 1)
  }
}
