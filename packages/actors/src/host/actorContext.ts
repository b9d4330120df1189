import type { ActorDefinition } from '../definition/definition.ts'
import type { Handlers } from '../definition/types.ts'
import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import { ActorLog } from './logger.ts'
import { Message } from './message.ts'
import { ActorRef, type ActorHandle } from './ref.ts'
import { ActorTimers } from './timers.ts'
import { Work } from './work.ts'

/** What an actor has of the system it lives in: the first argument of its factory. */
export class ActorContext {
  readonly #host: Host
  readonly #cell: Cell
  #log: ActorLog | undefined

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
    return (this.#work.timers ??= new ActorTimers(this.#host.timerHost(this.#cell)))
  }

  /** Logs for this actor, with the system's logger. */
  get log(): ActorLog {
    return (this.#log ??= new ActorLog(this.#host.reporting, {
      actor: this.self.toString(),
      definition: this.#cell.blueprint.definition.name,
    }))
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
    this.#cell.handlers = handlers
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
    const stashed = this.#work.stash.splice(0)
    for (const envelope of stashed.reverse()) this.#cell.mailbox.unshift(envelope)
    this.#host.wake(this.#cell)
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

  get #work(): Work {
    return (this.#cell.work ??= new Work())
  }

  #current(needs: string): Envelope {
    const { current } = this.#cell
    if (current !== undefined) return current
    throw new ActorError('EINVAL', `No message is being handled, which ${needs} is about`)
  }
}
