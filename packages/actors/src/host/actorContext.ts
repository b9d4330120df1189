import type { ActorDefinition } from '../definition/definition.ts'
import type { Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Host } from './host.ts'
import { ActorRef, type ActorHandle } from './ref.ts'

/** What an actor has of the system it lives in: the first argument of its factory. */
export class ActorContext {
  readonly #host: Host
  readonly #cell: Cell

  /** @internal */
  constructor(host: Host, cell: Cell) {
    this.#host = host
    this.#cell = cell
  }

  /** The actor itself, to be handed to others. */
  get self(): ActorRef {
    const { slot, generation } = this.#cell
    const address: Address = { host: this.#host.number, slot, generation }
    return new ActorRef(address, this.#host, this.#cell)
  }

  /** The number of the host that the actor runs on. */
  get host(): number {
    return this.#host.number
  }

  /** When the answer to the message being handled is of no use any more: milliseconds since the epoch. */
  get deadline(): number {
    return this.#cell.deadline
  }

  /** Aborted when the actor stops. */
  get signal(): AbortSignal {
    return (this.#cell.stopping ??= new AbortController()).signal
  }

  /** Spawns a child: it stops when this actor does. */
  spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>> {
    return this.#host.spawn(definition, args, this.#cell)
  }

  /** Stops this actor, when the message being handled is done. */
  stop(): void {
    this.#host.stopSoon(this.#cell)
  }
}
