import { ActorError } from '../errors.ts'
import { checkHandlerNames } from '../definition/handlerNames.ts'
import { DEFAULT_START_MS } from '../definition/spawnOptions.ts'
import type { During } from '../supervision/options.ts'
import { ActorContext } from './actorContext.ts'
import type { Address } from './address.ts'
import type { Seat } from './board.ts'
import type { Blueprint, Cell } from './cell.ts'
import { Cells } from './cells.ts'
import type { Clock } from './clock.ts'
import type { Down } from './down.ts'
import type { Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import { Incarnation, type Ending } from './incarnation.ts'
import type { Performer } from './performer.ts'
import { StartLimit } from './startLimit.ts'

/** How an actor is stopped. */
export interface StopOptions {
  /** Whether it handles what is in its mailbox first. Default true. */
  drain?: boolean
  /**
   * How long it may take, in milliseconds. Then a handler that awaits something is left alone; and
   * if its thread does not even come to that within as long again, the thread is ended, with all
   * actors on it, which are restarted elsewhere. Default: as long as it takes.
   */
  graceMs?: number
}

const stopped: Down = { reason: 'stopped' }

/** The beginning and the end of a host's actors. */
export class Life {
  readonly #host: Host
  readonly #performer: Performer
  readonly #clock: Clock
  readonly #seat: Seat
  readonly #cells = new Cells()

  constructor(host: Host, performer: Performer, clock: Clock, seat: Seat) {
    this.#host = host
    this.#performer = performer
    this.#clock = clock
    this.#seat = seat
  }

  get count(): number {
    return this.#cells.count
  }

  get(slot: number, generation: number): Cell | undefined {
    return this.#cells.get(slot, generation)
  }

  [Symbol.iterator](): Iterator<Cell> {
    return this.#cells[Symbol.iterator]()
  }

  /**
   * Makes an actor. It takes messages from now on, and handles them when its factory is done; if
   * that throws, `cell.started` rejects with it, and there is no actor.
   */
  create(blueprint: Blueprint, incarnation: number): Cell {
    const cell = this.#cells.add(blueprint)
    this.#seat.actors = this.#cells.count
    cell.started = this.#begin(cell, incarnation, false)
    return cell
  }

  /**
   * A new life for an actor that was halted.
   *
   * @throws {ActorError} `ENOACTOR`: it has been stopped; and what its factory throws: then it stays halted
   */
  async restart(slot: number, generation: number, incarnation: number): Promise<void> {
    const cell = this.#cells.get(slot, generation)
    if (cell?.phase === 'suspended') await cell.incarnation.closing
    // Its supervisor is told of the end first, and so takes what follows for no failure.
    if (cell?.phase === 'stopping') await this.#gone(cell)
    if (cell?.phase !== 'suspended') throw new ActorError('ENOACTOR', 'The actor has stopped')
    cell.started = this.#begin(cell, incarnation, true)
    await cell.started
  }

  /**
   * Ends what runs of an actor; it waits, with its mailbox, for a new life, or is gone if it was to stop.
   *
   * @param graceMs how long it may take: then nothing of it is waited for any more
   */
  async halt(slot: number, generation: number, error: unknown, graceMs: number): Promise<void> {
    const cell = this.#cells.get(slot, generation)
    if (cell === undefined) return
    const { incarnation } = cell
    const timer = this.#clock.after(graceMs, () => incarnation.leave(graceMs))
    try {
      if (cell.phase === 'stopping') await this.#gone(cell)
      else {
        cell.phase = 'suspended'
        await this.#close(cell, { reason: 'restarting', error }, false)
      }
    } finally {
      this.#clock.cancel(timer)
    }
  }

  /** An actor that has failed goes on, if anything of it is left. */
  resume(slot: number, generation: number): void {
    const cell = this.#cells.get(slot, generation)
    if (cell?.phase !== 'suspended' || cell.incarnation.isOver) return
    cell.phase = 'idle'
    cell.incarnation.supervisor?.resume()
    this.#performer.wake(cell)
  }

  /** The actor has failed: it waits for what its supervisor says. */
  fail(cell: Cell, error: unknown, during: During): void {
    switch (cell.phase) {
      case 'suspended':
      case 'stopping':
      case 'stopped':
        return
      case 'starting':
        cell.incarnation.failure ??= { error }
        return
      default:
    }
    if (cell.isStopping) {
      void this.finish(cell, { reason: 'failed', error })
      return
    }
    cell.phase = 'suspended'
    this.#performer.drop(cell, new ActorError('ESTOPPED', 'The actor has failed'))
    this.#host.families.tell(cell, error, during)
  }

  /** Stops an actor; settles when it is gone. */
  stop(slot: number, generation: number, options: StopOptions): Promise<void> {
    const cell = this.#cells.get(slot, generation)
    if (cell === undefined) return Promise.resolve()
    const { drain = true, graceMs } = options
    if (drain) cell.isLeaving = true
    else this.hurry(cell)
    if (isAtRest(cell) || (cell.phase === 'suspended' && !drain)) {
      const ending = this.finish(cell, stopped)
      if (ending === undefined) return Promise.resolve()
    } else this.#performer.wake(cell)
    const gone = this.#gone(cell)
    return graceMs === undefined ? gone : this.#endIn(graceMs, cell, gone)
  }

  /** Leaves a handler alone that does not end in time, and then children and hooks. */
  async #endIn(graceMs: number, cell: Cell, gone: Promise<void>): Promise<void> {
    let timer = this.#clock.after(graceMs, () => {
      this.hurry(cell)
      void this.finish(cell, stopped)
      timer = this.#clock.after(graceMs, () => cell.incarnation.leave(graceMs))
    })
    await gone
    this.#clock.cancel(timer)
  }

  /** It stops when the message being handled is done, whose handler is told. */
  hurry(cell: Cell): void {
    cell.isStopping = true
    cell.incarnation.abort()
  }

  /** All that are there; children with their parents. */
  async stopAll(options: StopOptions): Promise<void> {
    await Promise.all(
      [...this.#cells].map((cell) => this.stop(cell.slot, cell.generation, options)),
    )
  }

  /** Calls back when the actor is gone, with the reason. @returns takes it back */
  watch({ slot, generation }: Address, watcher: (down: Down) => void): () => void {
    const cell = this.#cells.get(slot, generation)
    if (cell === undefined) {
      queueMicrotask(() => watcher({ reason: 'no such actor' }))
      return () => undefined
    }
    return this.#watch(cell, watcher)
  }

  #watch(cell: Cell, watcher: (down: Down) => void): () => void {
    // Each has its own entry, even if one function watches twice.
    const entry = (down: Down): void => watcher(down)
    ;(cell.watchers ??= new Set()).add(entry)
    return () => cell.watchers?.delete(entry)
  }

  #gone(cell: Cell): Promise<void> {
    return new Promise((resolve) => this.#watch(cell, () => resolve()))
  }

  /**
   * The actor ends: first what belongs to it, then the actor itself.
   *
   * @returns a promise only where something is to be waited for
   */
  finish(cell: Cell, down: Down): Promise<void> | undefined {
    if (cell.phase === 'stopping' || cell.phase === 'stopped') return undefined
    cell.phase = 'stopping'
    const { supervisor, hooks, closing } = cell.incarnation
    if (supervisor === undefined && hooks === undefined && closing === undefined) {
      this.#cease(cell, down)
      this.#end(cell, down)
      return undefined
    }
    return this.#finish(cell, down)
  }

  async #finish(cell: Cell, down: Down): Promise<void> {
    const failed = await this.#close(cell, down, !cell.isStopping && down.reason === 'stopped')
    this.#end(cell, failed === undefined || down.reason === 'failed' ? down : failed)
  }

  /** @returns a promise only if the factory returned one, or failed: it rejects when that was seen to */
  #begin(cell: Cell, number: number, isRestart: boolean): Promise<void> | undefined {
    const incarnation = new Incarnation(number)
    cell.incarnation = incarnation
    cell.phase = 'starting'
    const { definition, args } = cell.blueprint
    try {
      const context = new ActorContext(this.#host, cell, incarnation)
      const handlers: unknown = definition.factory(context, ...this.#host.copyArgs(args, cell))
      if (handlers instanceof Promise)
        return this.#startLater(cell, incarnation, handlers, isRestart)
      this.#start(cell, incarnation, handlers)
      return undefined
    } catch (error) {
      return this.#failToBegin(cell, error, isRestart)
    }
  }

  /** @throws {ActorError} `ETIMEDOUT`; `ESTOPPED`: its life is over before it has begun */
  async #inTime(
    cell: Cell,
    incarnation: Incarnation,
    handlers: Promise<unknown>,
  ): Promise<unknown> {
    const { startTimeoutMs = DEFAULT_START_MS } = cell.blueprint.definition.options
    const limit = new StartLimit(this.#host.timeouts, startTimeoutMs, undefined, cell.path)
    const unbind = incarnation.bind(() => {
      if (incarnation.isOver) limit.exceed(new ActorError('ESTOPPED'))
    })
    try {
      return await Promise.race([handlers, limit.exceeded])
    } finally {
      unbind()
      limit.end()
    }
  }

  async #startLater(
    cell: Cell,
    incarnation: Incarnation,
    handlers: Promise<unknown>,
    isRestart: boolean,
  ): Promise<void> {
    try {
      this.#start(cell, incarnation, await this.#inTime(cell, incarnation, handlers))
    } catch (error) {
      await this.#failToBegin(cell, error, isRestart)
    } finally {
      cell.started = undefined
    }
  }

  /** What does not begin is gone; what does not begin anew waits. */
  async #failToBegin(cell: Cell, error: unknown, isRestart: boolean): Promise<never> {
    if (isRestart) {
      if (cell.phase === 'starting') cell.phase = 'suspended'
      await this.#close(cell, { reason: 'restarting', error }, false)
    } else await this.finish(cell, { reason: 'failed', error })
    throw error
  }

  #start(cell: Cell, incarnation: Incarnation, handlers: unknown): void {
    if (typeof handlers !== 'object' || handlers === null) {
      const { name, url } = cell.blueprint.definition
      throw new ActorError('EINVAL', `The factory of ${name} in ${url} returned no handlers`)
    }
    checkHandlerNames(cell.blueprint.definition, handlers)
    if (incarnation.failure !== undefined) throw incarnation.failure.error
    if (incarnation.isOver) throw new ActorError('ESTOPPED')
    cell.handlers = handlers as never
    cell.phase = 'idle'
    this.#host.happenings.began(cell)
    const hasWork = cell.mailbox.length > 0 || (cell.work?.turns.length ?? 0) > 0
    if (hasWork || cell.isStopping || cell.isLeaving) this.#performer.wake(cell)
  }

  /**
   * Ends a life and all that belongs to it: streams, children, hooks.
   *
   * @returns the failure of a hook, if one has thrown
   */
  #close(cell: Cell, ending: Ending, drain: boolean): Promise<Down | undefined> {
    const { incarnation } = cell
    return (incarnation.closing ??= this.#closeOnce(cell, ending, drain)) as Promise<
      Down | undefined
    >
  }

  async #closeOnce(cell: Cell, ending: Ending, drain: boolean): Promise<Down | undefined> {
    const { incarnation } = cell
    this.#cease(cell, ending)
    if (incarnation.supervisor !== undefined) {
      await incarnation.unlessLeft(incarnation.supervisor.close(drain))
      if (incarnation.leftMs !== undefined) incarnation.supervisor.leave(incarnation.leftMs)
      this.#host.families.disband(incarnation.supervisor)
    }
    let failed: Down | undefined
    for (const hook of incarnation.hooks?.toReversed() ?? []) {
      try {
        await incarnation.unlessLeft(hook(ending))
      } catch (thrown) {
        this.#host.happenings.failed({
          path: cell.path,
          error: thrown,
          during: 'hook',
          directive: undefined,
        })
        failed ??= { reason: 'failed', error: thrown }
      }
    }
    return failed
  }

  /** No code of this life runs any more; whoever waits for it is told. */
  #cease(cell: Cell, ending: Ending): void {
    cell.incarnation.end()
    if (cell.underWay > 0 || cell.work !== undefined) {
      const error = new ActorError('ESTOPPED', `The actor ${reasonsInWords[ending.reason]}`)
      this.#performer.drop(cell, error)
      cell.work?.end(error)
    }
    if (ending.reason === 'restarting') this.#host.errands.unstash(cell)
  }

  #end(cell: Cell, down: Down): void {
    cell.phase = 'stopped'
    this.#cells.remove(cell)
    this.#seat.actors = this.#cells.count
    for (const stashed of cell.work?.stash.splice(0) ?? [])
      this.#host.replies.refuse(stashed, new ActorError('ENOACTOR', 'The actor has stopped'))
    let envelope: Envelope | undefined
    while ((envelope = cell.mailbox.shift()) !== undefined)
      this.#host.replies.refuse(envelope, new ActorError('ENOACTOR', 'The actor has stopped'))
    if (cell.paused !== undefined) this.#host.pressure.relieve(cell)
    this.#host.happenings.stopped(cell, down)
    for (const watcher of cell.watchers ?? []) watcher(down)
    this.#host.families.bury(cell)
  }
}

const reasonsInWords: Record<Ending['reason'], string> = {
  stopped: 'has stopped',
  failed: 'has failed',
  restarting: 'is being restarted',
  'host lost': 'has lost its host',
  'node lost': 'The node of the actor is gone',
  'no such actor': 'is gone',
}

/** Nothing of it runs, and nothing waits. */
const isAtRest = ({ phase, underWay, mailbox, work }: Cell): boolean =>
  phase === 'idle' && underWay === 0 && mailbox.length === 0 && (work?.turns.length ?? 0) === 0
