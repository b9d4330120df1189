import { ActorError } from '../errors.ts'
import { ActorContext } from './actorContext.ts'
import type { Address } from './address.ts'
import type { Blueprint, Cell } from './cell.ts'
import { Cells } from './cells.ts'
import type { Down } from './down.ts'
import type { Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { Performer } from './performer.ts'

/** The beginning and the end of a host's actors. */
export class Life {
  readonly #host: Host
  readonly #performer: Performer
  readonly #cells = new Cells()

  constructor(host: Host, performer: Performer) {
    this.#host = host
    this.#performer = performer
  }

  get count(): number {
    return this.#cells.count
  }

  get(slot: number, generation: number): Cell | undefined {
    return this.#cells.get(slot, generation)
  }

  /**
   * Makes an actor. It takes messages from now on, and handles them when its factory is done.
   *
   * @throws what the factory throws; there is no actor then
   */
  create(blueprint: Blueprint): Cell {
    const cell = this.#cells.add(blueprint)
    const { definition, args } = blueprint
    this.#host.adopt(cell)
    let handlers: unknown
    try {
      handlers = definition.factory(new ActorContext(this.#host, cell), ...args)
      if (isPromise(handlers)) cell.started = this.#await(cell, handlers)
      else this.#start(cell, handlers)
    } catch (error) {
      this.#end(cell, { reason: 'failed', error })
      throw error
    }
    return cell
  }

  async #await(cell: Cell, handlers: Promise<unknown>): Promise<void> {
    try {
      this.#start(cell, await handlers)
    } catch (error) {
      this.#end(cell, { reason: 'failed', error })
      throw error
    } finally {
      cell.started = undefined
    }
  }

  #start(cell: Cell, handlers: unknown): void {
    if (typeof handlers !== 'object' || handlers === null) {
      const { name, url } = cell.blueprint.definition
      throw new ActorError('EINVAL', `The factory of ${name} in ${url} returned no handlers`)
    }
    cell.handlers = handlers as never
    cell.phase = 'idle'
    this.#host.spawned(cell)
    if (cell.mailbox.length > 0 || cell.isStopping || cell.isLeaving) this.#performer.wake(cell)
  }

  /** Stops an actor when its mailbox is empty; settles when it is gone. */
  async stop(slot: number, generation: number): Promise<void> {
    const cell = this.#cells.get(slot, generation)
    if (cell === undefined) return
    const gone = new Promise<Down>((resolve) => this.#watch(cell, resolve))
    cell.isLeaving = true
    this.#performer.wake(cell)
    await gone
  }

  /** The child stops with its parent. */
  adopt(parent: Cell, child: Address): void {
    if (parent.phase === 'stopped') void this.#host.stop(child)
    else (parent.children ??= new Set()).add(child)
  }

  /** Settles when the actor is gone, with the reason. */
  watch(slot: number, generation: number): Promise<Down> {
    const cell = this.#cells.get(slot, generation)
    if (cell === undefined) return Promise.resolve({ reason: 'no such actor' })
    return new Promise((resolve) => this.#watch(cell, resolve))
  }

  #watch(cell: Cell, watcher: (down: Down) => void): void {
    ;(cell.watchers ??= new Set()).add(watcher)
  }

  /** Nothing of the actor runs: its children stop, then it ends. */
  async finish(cell: Cell, down: Down): Promise<void> {
    if (cell.phase === 'stopping' || cell.phase === 'stopped') return
    cell.phase = 'stopping'
    if (cell.children !== undefined)
      await Promise.all([...cell.children].map((child) => this.#host.stop(child)))
    this.#end(cell, down)
  }

  /** All that are there. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#cells].map((cell) => this.stop(cell.slot, cell.generation)))
  }

  #end(cell: Cell, down: Down): void {
    cell.phase = 'stopped'
    this.#cells.remove(cell)
    cell.stopping?.abort()
    const stopped = new ActorError('ESTOPPED')
    cell.message?.withdraw(stopped)
    for (const stashed of cell.work?.end() ?? []) this.#host.refuse(stashed, stopped)
    let envelope: Envelope | undefined
    while ((envelope = cell.mailbox.shift()) !== undefined)
      this.#host.refuse(envelope, new ActorError('ENOACTOR', 'The actor has stopped'))
    if (cell.paused !== undefined) this.#host.relieved(cell)
    this.#host.stopped(cell, down)
    for (const watcher of cell.watchers ?? []) watcher(down)
  }
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise
