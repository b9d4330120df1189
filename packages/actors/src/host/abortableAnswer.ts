import type { Address } from './address.ts'
import { Answer, type Asker } from './asks.ts'
import { cancellation } from './cancellation.ts'

/** An ask that a signal ends; the actor is told. */
export class AbortableAnswer extends Answer {
  readonly #signal: AbortSignal

  constructor(address: Address, asker: Asker, signal: AbortSignal) {
    super(address.host, asker)
    this.address = address
    this.#signal = signal
    if (!signal.aborted) cancellation.add(signal, this)
  }

  override settle(value: unknown): void {
    cancellation.remove(this.#signal, this)
    super.settle(value)
  }

  override fail(error: unknown): void {
    cancellation.remove(this.#signal, this)
    super.fail(error)
  }
}
