import type { ActorDefinition } from '../definition/definition.ts'
import type { Handlers } from '../definition/types.ts'
import { ActorError } from '../errors.ts'
import { policyOf, type SupervisionOptions } from '../supervision/options.ts'
import type { PoolOptions } from '../many/pool/options.ts'
import type { Pool } from '../many/pool/pool.ts'
import { Registry } from '../many/registry/registry.ts'
import { Topics } from '../many/topics/topics.ts'
import type { Cell } from './cell.ts'
import type { Down } from './down.ts'
import { kind, type Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { EndingHook, Incarnation } from './incarnation.ts'
import { ActorLog } from './logger.ts'
import { Message } from './message.ts'
import { ActorHandle, ActorRef } from './ref.ts'
import { ActorTimers } from './timers.ts'
import { Work } from './work.ts'

/** What an actor has of the system it lives in: the first argument of its factory. */
export class ActorContext {
  readonly #host: Host
  readonly #cell: Cell
  readonly #incarnation: Incarnation
  #log: ActorLog | undefined
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
    return new ActorRef(this.#host.addressOf(this.#cell), this.#host.calls, this.#cell)
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

  /** As `message.deadline`: when the answer to the message being handled is of no use any more. */
  get deadline(): number {
    return this.#cell.deadline
  }

  /**
   * The message being handled. An actor that has several under way asks for it before it awaits
   * anything: what it asks for later may be another.
   *
   * @throws {ActorError} `EINVAL`: none is being handled
   */
  get message(): Message {
    return (this.#cell.message ??= new Message(this.#current('message'), this.#host))
  }

  /** Timers of this actor. */
  get timers(): ActorTimers {
    return (this.#work.timers ??= new ActorTimers(this.#host.errands.timerHost(this.#cell)))
  }

  /** Logs for this actor, with the system's logger. */
  get log(): ActorLog {
    return (this.#log ??= new ActorLog(this.#host.reporting, {
      actor: this.path,
      definition: this.#cell.blueprint.definition.name,
    }))
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
    return this.#incarnation.isOver || this.#host.aborts.isAborted(this.#cell)
  }

  /** @internal As `aborted`, of a task that the actor runs. */
  isTaskAborted(mark: number): boolean {
    return this.aborted || this.#host.aborts.isTaskAborted(mark)
  }

  /** @internal The code of a task that the actor runs has the thread from now on; 0: has it no more. */
  showTask(mark: number): void {
    this.#host.aborts.showTask(mark)
  }

  /** The children that it has now, by name. */
  get children(): ReadonlyMap<string, ActorHandle> {
    const children = new Map<string, ActorHandle>()
    for (const { name, address } of this.#incarnation.supervisor ?? [])
      if (address !== undefined)
        children.set(name, new ActorHandle(address, this.#host.calls, this.#cell))
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
   * Calls back once, as this actor's next message, when another is no more: as `ref.down`.
   *
   * @returns takes it back
   */
  watch<H = Handlers>(ref: ActorRef<H>, handler: (down: Down) => unknown): () => void {
    const incarnation = this.#incarnation
    const unwatch = this.#host.watches.watch(ref.address, (down) => {
      unbind()
      this.#host.errands.invoke(this.#cell, incarnation, () => handler(down))
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
    this.#host.errands.stopSoon(this.#cell)
  }

  /**
   * Handles the next messages, and all that follow, with other handlers. A restart brings back those of
   * the factory.
   *
   * @throws {ActorError} `EINVAL`: no handlers, or the factory has not returned yet
   */
  become(handlers: Handlers): void {
    if (typeof handlers !== 'object' || handlers === null)
      throw new ActorError('EINVAL', 'become needs an object of handlers')
    if (this.#cell.phase === 'starting')
      throw new ActorError('EINVAL', 'The first handlers are what the factory returns')
    if (!this.#incarnation.isOver) this.#cell.handlers = handlers
  }

  /**
   * Puts the message being handled aside when its handler is done, until `unstash`. What the handler
   * returns is of no account then; if it throws, the message is not kept. As many are kept as may wait in
   * the mailbox.
   *
   * @throws {ActorError} `EOVERFLOW`: so many are kept; `EINVAL`: no message is being handled
   */
  stash(): void {
    const current = this.#current('stash')
    const { stash, stashing } = this.#work
    if (stash.length + stashing.size >= this.#cell.limit)
      throw new ActorError('EOVERFLOW', `${stash.length} messages have been put aside`)
    stashing.add(current)
  }

  /** Handles the messages that were put aside, in their order, before all others of their urgency. */
  unstash(): void {
    this.#host.errands.unstash(this.#cell)
  }

  /**
   * Acts whenever no message was handled for so many milliseconds, again and again; what it throws goes
   * to the supervisor. The latest call counts; `Infinity`: not any more.
   *
   * @throws {ActorError} `EINVAL`: no number of milliseconds, or less than 1
   */
  receiveTimeout(delayMs: number, act: () => unknown): void {
    this.timers.whenIdle(delayMs, act)
  }

  /** Of this life: what is left of an earlier one has none. */
  get #work(): Work {
    if (this.#incarnation.isOver) throw new ActorError('ESTOPPED')
    return (this.#cell.work ??= new Work())
  }

  #current(needs: string): Envelope {
    const { current } = this.#cell
    const isIt = current !== undefined && current.kind !== kind.call && !this.#incarnation.isOver
    if (isIt) return current
    throw new ActorError('EINVAL', `No message is being handled, which ${needs} is about`)
  }
  readonly #deliver = (call: () => unknown, done: () => void): void =>
    this.#host.errands.invoke(this.#cell, this.#incarnation, () => {
      done()
      return call()
    })

  readonly #whenOver = (act: () => void): (() => void) => this.#incarnation.bind(act)
}
