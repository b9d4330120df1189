import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Moves } from './moves.ts'
import { Timeout, type Timeouts } from './timeouts.ts'

/** A wait for an actor that is being restarted elsewhere. */
class Finding extends Timeout {
  readonly #late: () => void

  constructor(late: () => void) {
    super()
    this.#late = late
  }

  expire(): void {
    this.#late()
  }
}

/**
 * Settles when it is known where the actor is now, or that it is gone.
 *
 * @throws {ActorError} `ETIMEDOUT`; the signal's reason
 */
export function whenFound(
  moves: Moves,
  timeouts: Timeouts,
  address: Address,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const end = (settle: () => void) => (): void => {
      forget()
      timeouts.remove(timeout)
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const timeout = new Finding(end(() => reject(new ActorError('ETIMEDOUT'))))
    const abort = end(() => reject(signal!.reason))
    const forget = moves.whenKnown(address, end(resolve))
    timeouts.add(timeout, timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
