import type { ActorDefinition } from '../definition/definition.ts'
import type { Pool } from '../many/pool/pool.ts'
import type { PoolOptions } from '../many/pool/options.ts'
import { Registry } from '../many/registry/registry.ts'
import { Topics } from '../many/topics/topics.ts'
import type { Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Host } from './host.ts'
import { ActorRef, type ActorHandle } from './ref.ts'

/** What an actor has of the system it lives in: the first argument of its factory. */
export class ActorContext {
  readonly #host: Host
  readonly #cell: Cell
  #registry: Registry | undefined
  #topics: Topics | undefined

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

  /**
   * Makes a pool of members that all have these arguments; it stops when this actor does.
   *
   * @throws {ActorError} as `system.pool` does
   */
  pool<Args extends unknown[], H extends object>(
    definition: ActorDefinition<Args, H>,
    options: PoolOptions = {},
    ...args: Args
  ): Promise<Pool<H>> {
    return this.#host.pools.spawn(definition, options, args, this.#cell, this.#cell)
  }

  /** Actors by name. What waits or watches ends with this actor. */
  get registry(): Registry {
    return (this.#registry ??= new Registry(this.#host.registry, this.#cell, this.#whenOver))
  }

  /** Publish-subscribe. What comes is handled as messages of this actor; subscriptions end with it. */
  get topics(): Topics {
    return (this.#topics ??= new Topics(this.#host.topics, this.#deliver, this.#whenOver))
  }

  /** Stops this actor, when the message being handled is done. */
  stop(): void {
    this.#host.stopSoon(this.#cell)
  }

  readonly #deliver = (call: () => unknown, done: () => void): void =>
    this.#host.invoke(this.#cell, () => {
      done()
      return call()
    })

  readonly #whenOver = (act: () => void): (() => void) => {
    const watchers = (this.#cell.watchers ??= new Set())
    watchers.add(act)
    return () => watchers.delete(act)
  }
}
