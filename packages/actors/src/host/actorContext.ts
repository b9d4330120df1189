import type { ActorDefinition } from '../definition/definition.ts'
import type { Handlers } from '../definition/types.ts'
import { policyOf, type SupervisionOptions } from '../supervision/options.ts'
import type { PoolOptions } from '../many/pool/options.ts'
import type { Pool } from '../many/pool/pool.ts'
import { Registry } from '../many/registry/registry.ts'
import { Topics } from '../many/topics/topics.ts'
import type { Cell } from './cell.ts'
import type { Down } from './down.ts'
import type { Host } from './host.ts'
import type { EndingHook, Incarnation } from './incarnation.ts'
import { ActorHandle, ActorRef } from './ref.ts'

/** What an actor has of the system it lives in: the first argument of its factory. */
export class ActorContext {
  readonly #host: Host
  readonly #cell: Cell
  readonly #incarnation: Incarnation
  #registry: Registry | undefined
  #topics: Topics | undefined

  /** @internal */
  constructor(host: Host, cell: Cell, incarnation: Incarnation) {
    this.#host = host
    this.#cell = cell
    this.#incarnation = incarnation
  }

  /** The actor itself, to be handed to others. */
  get self(): ActorRef {
    return new ActorRef(this.#host.addressOf(this.#cell), this.#host, this.#cell)
  }

  /** Its last name in its path. */
  get name(): string {
    return this.#cell.blueprint.name
  }

  /** Its names from the program down: `/parent/child`. */
  get path(): string {
    return this.#cell.path
  }

  /** The number of the host that the actor runs on. */
  get host(): number {
    return this.#host.number
  }

  /** How often the actor has begun: 1 until it is restarted. */
  get incarnation(): number {
    return this.#incarnation.number
  }

  /** When the answer to the message being handled is of no use any more: milliseconds since the epoch. */
  get deadline(): number {
    return this.#cell.deadline
  }

  /** Aborted when the actor is to stop at once, when it has stopped, and before it is restarted. */
  get signal(): AbortSignal {
    return this.#incarnation.signal
  }

  /**
   * Whether the actor is to stop at once. Read from shared memory: it changes even while a loop
   * leaves the thread no time for messages. A loop that looks at it counts as making progress.
   */
  get aborted(): boolean {
    return this.#incarnation.isOver || this.#host.isAborted(this.#cell)
  }

  /** @internal As `aborted`, of a task that the actor runs. */
  isTaskAborted(mark: number): boolean {
    return this.aborted || this.#host.isTaskAborted(mark)
  }

  /** The children that it has now, by name. */
  get children(): ReadonlyMap<string, ActorHandle> {
    const children = new Map<string, ActorHandle>()
    for (const { name, address } of this.#incarnation.supervisor ?? [])
      if (address !== undefined)
        children.set(name, new ActorHandle(address, this.#host, this.#cell))
    return children
  }

  /**
   * Spawns a child; settles when it is ready. It stops when this actor stops or restarts, and what
   * becomes of it when it fails is decided as `supervise` says.
   *
   * @throws {ActorError} `EEXIST`: a child has the name; `ESTOPPED`: this actor has ended; and as `system.spawn`
   */
  spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>> {
    const parent = { cell: this.#cell, incarnation: this.#incarnation }
    return this.#host.spawn(definition, args, parent)
  }

  /**
   * Says how children are supervised that are spawned from now on.
   *
   * @throws {ActorError} `EINVAL`
   */
  supervise(options: SupervisionOptions): void {
    const parent = { cell: this.#cell, incarnation: this.#incarnation }
    this.#host.families.of(parent).policy = policyOf(options)
  }

  /**
   * Calls back when this life of the actor ends, for good or to begin anew, after its children have
   * ended; those that were registered last are called first, and what they return is awaited.
   */
  onStop(hook: EndingHook): void {
    ;(this.#incarnation.hooks ??= []).push(hook)
  }

  /**
   * Calls back once, as this actor's next message, when another is no more.
   *
   * @returns takes it back
   */
  watch<H = Handlers>(ref: ActorRef<H>, handler: (down: Down) => unknown): () => void {
    const incarnation = this.#incarnation
    const unwatch = this.#host.watches.watch(ref.address, (down) => {
      unbind()
      this.#host.invoke(this.#cell, incarnation, () => handler(down))
    })
    const unbind = incarnation.bind(unwatch)
    return unbind
  }

  /**
   * Ties this actor to another: when one of them fails, or loses its host, the other fails with
   * `ELINKED`. One that is stopped takes nobody along.
   *
   * @returns takes it back
   */
  link<H = Handlers>(ref: ActorRef<H>): () => void {
    return this.#host.watches.link(this.#cell, this.#incarnation, ref.address)
  }

  /**
   * Makes a pool of members that all have these arguments; it stops when this actor stops or restarts.
   *
   * @throws {ActorError} as `system.pool` does
   */
  pool<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    options: PoolOptions = {},
    ...args: Args
  ): Promise<Pool<H>> {
    const parent = { cell: this.#cell, incarnation: this.#incarnation }
    return this.#host.pools.spawn(definition, options, args, parent)
  }

  /** Actors by name. What waits or watches ends with this life of the actor. */
  get registry(): Registry {
    return (this.#registry ??= new Registry(this.#host.registry, this.#cell, this.#whenOver))
  }

  /**
   * Publish-subscribe. What comes is handled as messages of this actor; subscriptions end with this life
   * of it.
   */
  get topics(): Topics {
    return (this.#topics ??= new Topics(this.#host.topics, this.#deliver, this.#whenOver))
  }

  /** Stops this actor, when the message being handled is done. */
  stop(): void {
    this.#host.stopSoon(this.#cell)
  }

  readonly #deliver = (call: () => unknown, done: () => void): void =>
    this.#host.invoke(this.#cell, this.#incarnation, () => {
      done()
      return call()
    })

  readonly #whenOver = (act: () => void): (() => void) => this.#incarnation.bind(act)
}
