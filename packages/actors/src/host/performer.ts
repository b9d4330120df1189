import { ActorError } from '../errors.ts'
import type { Cell } from './cell.ts'
import { kind, type Envelope } from './envelope.ts'
import { RunQueue, threadPace } from './runQueue.ts'

/** Messages that one actor handles before the next has its turn. */
const MESSAGES_PER_STEP = 64

/** What the messages of actors lead to. */
export interface Stage {
  now(): number
  /** The handler of an ask has returned, and what. */
  reply(to: Envelope, value: unknown): void
  /** A message was not handled as it should have been. */
  refuse(envelope: Envelope, error: unknown): void
  /** A handler has returned a generator to read from. */
  play(cell: Cell, envelope: Envelope, items: Iterator<unknown> | AsyncIterator<unknown>): void
  /** A handler has thrown. */
  failed(cell: Cell, envelope: Envelope, error: unknown): void
  /** The mailbox has room again. */
  relieved(cell: Cell): void
  /** The actor was to stop, and nothing of it runs. */
  canStop(cell: Cell): void
  /** Nothing is left to be run for now. */
  rested(): void
}

/** Runs the messages of a host's actors: one at a time for each of them, and each in its turn. */
export class Performer {
  readonly #stage: Stage
  readonly #queue: RunQueue<Cell>
  readonly run: () => void

  constructor(stage: Stage) {
    this.#stage = stage
    this.#queue = new RunQueue<Cell>(
      threadPace,
      (cell) => this.#step(cell),
      () => stage.rested(),
    )
    this.run = this.#queue.run
  }

  /** The actor has something to do, if it does nothing now. */
  wake(cell: Cell): void {
    if (cell.phase !== 'idle') return
    cell.phase = 'queued'
    this.#queue.add(cell)
  }

  #step(cell: Cell): void {
    if (cell.phase !== 'queued') return
    for (let left = MESSAGES_PER_STEP; left > 0; left--) {
      if (cell.isStopping) break
      const envelope = cell.mailbox.shift()
      if (envelope === undefined) break
      if (cell.paused !== undefined && cell.mailbox.length <= cell.limit / 2)
        this.#stage.relieved(cell)
      cell.phase = 'running'
      if (!this.#handle(cell, envelope)) return
    }
    this.#rest(cell)
  }

  /** Nothing of it runs: it stops, goes on in its next turn, or waits for a message. */
  #rest(cell: Cell): void {
    cell.phase = 'idle'
    if (cell.isStopping || (cell.isLeaving && cell.mailbox.length === 0)) this.#stage.canStop(cell)
    else if (cell.mailbox.length > 0) this.wake(cell)
  }

  /** @returns whether it is done: false while a promise is awaited */
  #handle(cell: Cell, envelope: Envelope): boolean {
    const { method } = envelope
    if (envelope.deadline < Infinity && envelope.deadline <= this.#stage.now()) {
      this.#stage.refuse(envelope, new ActorError('EEXPIRED'))
      return true
    }
    const handler = envelope.kind === kind.call ? callOf(envelope) : handlerOf(cell, method)
    if (handler === undefined) {
      const { name } = cell.blueprint.definition
      this.#stage.refuse(envelope, new ActorError('ENOHANDLER', `${name} has no handler ${method}`))
      return true
    }
    cell.deadline = envelope.deadline
    let result: unknown
    try {
      result = Reflect.apply(
        handler,
        cell.handlers,
        envelope.kind === kind.call ? [] : (envelope.body as unknown[]),
      )
    } catch (error) {
      this.#stage.failed(cell, envelope, error)
      // One that waits for its supervisor handles nothing more.
      return cell.phase === 'running'
    }
    if (isThenable(result)) {
      cell.phase = 'awaiting'
      cell.handling = envelope
      void this.#await(cell, envelope, result)
      return false
    }
    this.#done(cell, envelope, result)
    return true
  }

  async #await(cell: Cell, envelope: Envelope, result: PromiseLike<unknown>): Promise<void> {
    try {
      const value = await result
      if (cell.handling !== envelope) return
      this.#done(cell, envelope, value)
    } catch (error) {
      // Nobody waits for it: the actor has stopped, or was restarted.
      if (cell.handling !== envelope) return
      cell.handling = undefined
      this.#stage.failed(cell, envelope, error)
    }
    cell.handling = undefined
    if (cell.phase === 'awaiting') this.#rest(cell)
  }

  #done(cell: Cell, envelope: Envelope, result: unknown): void {
    if (isIterator(result)) {
      if (envelope.kind === kind.stream) this.#stage.play(cell, envelope, result)
      else
        this.#stage.refuse(
          envelope,
          new ActorError('ENOHANDLER', `${envelope.method} streams: read it with ref.stream`),
        )
    } else if (envelope.kind === kind.ask) this.#stage.reply(envelope, result)
    else if (envelope.kind === kind.tell && envelope.id !== 0)
      this.#stage.reply(envelope, undefined)
    else if (envelope.kind === kind.stream)
      this.#stage.refuse(
        envelope,
        new ActorError('ENOHANDLER', `${envelope.method} does not stream: call it with ref.ask`),
      )
  }
}

/** What is called in an actor's turn, without a message. */
const callOf = ({ body }: Envelope): (() => unknown) => body as () => unknown

const ordinary = Object.prototype as unknown as Record<string, unknown>

function handlerOf(cell: Cell, method: string): ((...args: unknown[]) => unknown) | undefined {
  const handler = cell.handlers[method]
  return typeof handler === 'function' && handler !== ordinary[method] ? handler : undefined
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

function isIterator(value: unknown): value is Iterator<unknown> | AsyncIterator<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { next?: unknown }).next === 'function' &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  )
}
