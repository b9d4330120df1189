import { ActorError } from '../errors.ts'
import { Timeout, type Timeouts } from './timeouts.ts'

/** How long an actor may take until it is ready. */
export class StartLimit extends Timeout {
  /** Rejects when the time is over, or with the reason of the signal; never settles after `end`. */
  readonly exceeded: Promise<never>
  isExceeded = false
  readonly #timeouts: Timeouts
  readonly #signal: AbortSignal | undefined
  readonly #what: string
  #reject!: (reason: unknown) => void

  /** @param what is to be ready, for people */
  constructor(timeouts: Timeouts, limitMs: number, signal: AbortSignal | undefined, what: string) {
    super()
    this.#timeouts = timeouts
    this.#signal = signal
    this.#what = what
    this.exceeded = new Promise((_, reject) => (this.#reject = reject))
    timeouts.add(this, limitMs)
    signal?.addEventListener('abort', this.#abort, { once: true })
  }

  override expire(): void {
    this.exceed(new ActorError('ETIMEDOUT', `${this.#what} is not ready in time`))
  }

  end(): void {
    this.#timeouts.remove(this)
    this.#signal?.removeEventListener('abort', this.#abort)
  }

  /** It is not waited for any longer. */
  exceed(reason: unknown): void {
    this.isExceeded = true
    this.#reject(reason)
  }

  readonly #abort = (): void => this.exceed(this.#signal!.reason)
}
