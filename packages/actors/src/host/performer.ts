import { ActorError } from '../errors.ts'
import type { Cell } from './cell.ts'
import { kind, type Envelope } from './envelope.ts'
import type { Inspection } from './inspection.ts'
import { Message, type MessageHost } from './message.ts'
import type { Pacing, Queue } from './pacing.ts'
import type { Turn } from './turn.ts'
import { Work } from './work.ts'

/** Messages that one actor handles before the next has its turn. */
const MESSAGES_PER_STEP = 64

/** What the messages of actors lead to. */
export interface Stage extends MessageHost {
  /** The handler of an ask has returned, and what. */
  reply(to: Envelope, value: unknown): void
  /** Its time was over while it was handled: there is no other answer. @param cause what came of it instead */
  late(cell: Cell, to: Envelope, cause?: unknown): void
  /** A message was not handled as it should have been. */
  refuse(envelope: Envelope, error: unknown): void
  /** There is no handler for the message, or what there is has to be read. */
  unhandled(cell: Cell, envelope: Envelope, error: unknown, doesStream: boolean): void
  /** A handler has returned a generator to read from. */
  play(cell: Cell, message: Message, items: Iterator<unknown> | AsyncIterator<unknown>): void
  /** A handler has thrown, or what runs in its place: a timer counts as a `tell`. */
  failed(cell: Cell, envelope: Envelope, error: unknown): void
  /** The mailbox has room again. */
  relieved(cell: Cell): void
  /** The actor was to stop, and nothing of it runs. */
  canStop(cell: Cell): void
  /** What was said until now should leave: nothing is left to be run for now, or that takes long. */
  said(): void
}

/**
 * Runs the messages of a host's actors: one at a time for each of them, unless an actor may have more
 * under way, and each in its turn.
 */
export class Performer {
  readonly #stage: Stage
  readonly #queue: Queue<Cell>
  /** Runs what there is to do. @returns false: some is left for the next turn of the event loop */
  readonly run: () => boolean

  constructor(stage: Stage, pacing: Pacing) {
    this.#stage = stage
    this.#queue = pacing.queue(
      (cell) => this.#step(cell),
      () => stage.said(),
    )
    this.run = this.#queue.run
  }

  /** Who brings messages now calls `run` in any case. */
  expectRun(): void {
    this.#queue.expectRun()
  }

  /** The actor has something to do, if it does nothing now. */
  wake(cell: Cell): void {
    if (cell.phase !== 'idle') return
    cell.phase = 'queued'
    this.#queue.add(cell)
  }

  /** The actor does this next, if it is not gone by then. */
  perform(cell: Cell, turn: Turn): void {
    ;(cell.work ??= new Work()).turns.push(turn)
    this.wake(cell)
  }

  #step(cell: Cell): void {
    if (cell.phase !== 'queued') return
    cell.phase = 'running'
    for (let left = MESSAGES_PER_STEP; left > 0 && !cell.isStopping; left--) {
      const turn = cell.work?.turns.shift()
      if (turn !== undefined) {
        this.#turn(cell, turn)
        this.#queue.did()
        if (this.#isHeld(cell)) return
      }
      const envelope = cell.mailbox.shift()
      if (envelope !== undefined) {
        if (cell.paused !== undefined && cell.mailbox.length <= cell.limit / 2)
          this.#stage.relieved(cell)
        this.#handle(cell, envelope)
        this.#queue.did()
        if (this.#isHeld(cell)) return
      }
      if (!hasWork(cell) || this.#queue.isOver()) break
    }
    this.#rest(cell)
  }

  /** Whether the actor can go no further: it awaits something, or has failed. */
  #isHeld(cell: Cell): boolean {
    if (cell.phase !== 'running') return true
    if (cell.underWay < cell.concurrency) return false
    cell.phase = 'awaiting'
    return true
  }

  /** It stops, goes on in its next turn, or waits for a message. */
  #rest(cell: Cell): void {
    if (cell.inspection?.awaited !== undefined && !cell.isStopping) {
      cell.phase = 'awaiting'
      return
    }
    cell.phase = 'idle'
    const isDone = cell.isStopping || (cell.isLeaving && cell.mailbox.length === 0)
    if (isDone) {
      if (cell.underWay === 0) this.#stage.canStop(cell)
    } else if (hasWork(cell)) this.wake(cell)
  }

  #handle(cell: Cell, envelope: Envelope): void {
    const { method } = envelope
    if (envelope.deadline < Infinity && envelope.deadline <= this.#stage.now()) {
      this.#stage.refuse(
        envelope,
        new ActorError(
          'ETIMEDOUT',
          `${method} of ${cell.path}: its time was over before its turn came`,
        ),
      )
      return
    }
    const handler = handlerOf(cell, method)
    if (handler === undefined) {
      const { name } = cell.blueprint.definition
      const why = `${method} of ${cell.path}: ${name} has no such handler`
      this.#stage.unhandled(cell, envelope, new ActorError('ENOHANDLER', why), false)
      return
    }
    if (cell.inspection?.isDue(envelope) === true) {
      this.#inspect(cell, cell.inspection, envelope)
      return
    }
    cell.current = envelope
    cell.work?.timers?.receiveTimeout?.restart()
    let result: unknown
    try {
      result = Reflect.apply(handler, cell.handlers, envelope.body as unknown[])
    } catch (error) {
      this.#failed(cell, envelope, this.#over(cell, envelope), error)
      return
    }
    if (isThenable(result)) void this.#await(cell, envelope, result)
    else this.#done(cell, envelope, this.#over(cell, envelope), result)
  }

  /** A schema says whether it is handled, and with what. */
  #inspect(cell: Cell, inspection: Inspection, envelope: Envelope): void {
    let checked: unknown[] | Promise<unknown[]>
    try {
      checked = inspection.check(envelope)
    } catch (error) {
      this.#stage.refuse(envelope, error)
      return
    }
    if (checked instanceof Promise) void this.#awaitCheck(cell, inspection, envelope, checked)
    else this.#handle(cell, { ...envelope, body: checked })
  }

  async #awaitCheck(
    cell: Cell,
    inspection: Inspection,
    envelope: Envelope,
    checked: Promise<unknown[]>,
  ): Promise<void> {
    inspection.awaited = envelope
    cell.phase = 'awaiting'
    try {
      const body = await checked
      if (!inspection.isCanceled) this.#readmit(cell, { ...envelope, body })
    } catch (error) {
      this.#stage.refuse(envelope, error)
    }
    inspection.awaited = undefined
    inspection.isCanceled = false
    if (cell.phase === 'awaiting' || cell.phase === 'idle') this.#rest(cell)
  }

  /** It is the next to be handled. */
  #readmit(cell: Cell, envelope: Envelope): void {
    if (cell.phase === 'stopped') throw new ActorError('ENOACTOR', 'The actor has stopped')
    cell.mailbox.unshift(envelope)
  }

  #turn(cell: Cell, turn: Turn): void {
    const { message } = turn
    // Of a stream, the message that has opened it; else there is none, but what fails counts as one.
    const envelope = message?.envelope ?? envelopeOf(cell, turn)
    cell.current = envelope
    cell.message = message
    let result: unknown
    try {
      result = turn.run()
    } catch (error) {
      this.#over(cell, envelope)
      this.#stage.failed(cell, envelope, error)
      return
    }
    if (isThenable(result)) void this.#await(cell, envelope, result)
    else this.#over(cell, envelope)
  }

  /** What is being handled is not waited for any more: whoever asked is told, and its result is ignored. */
  drop(cell: Cell, error: ActorError): void {
    const dropped = [...(cell.work?.handling ?? [])].map(({ envelope }) => envelope)
    for (const message of cell.work?.handling ?? []) message.withdraw(error)
    if (cell.current !== undefined && cell.underWay > 0) {
      dropped.push(cell.current)
      cell.message?.withdraw(error)
      this.#over(cell, cell.current)
    }
    cell.work?.handling.clear()
    cell.work?.stashing.clear()
    cell.underWay = 0
    for (const envelope of dropped) this.#stage.refuse(envelope, error)
  }

  async #await(cell: Cell, envelope: Envelope, result: PromiseLike<unknown>): Promise<void> {
    cell.underWay++
    const own = cell.concurrency > 1 ? this.#share(cell, envelope) : undefined
    try {
      const value = await result
      if (!this.#isUnderWay(cell, envelope, own)) return
      cell.underWay--
      this.#done(cell, envelope, own ?? this.#over(cell, envelope), value)
    } catch (error) {
      // Nobody waits for it: the actor has stopped, or was restarted.
      if (!this.#isUnderWay(cell, envelope, own)) return
      cell.underWay--
      this.#failed(cell, envelope, own ?? this.#over(cell, envelope), error)
    }
    if (cell.phase === 'awaiting' || cell.phase === 'idle') this.#rest(cell)
  }

  /** Of several that are under way, each has its own message, and is not the actor's current one. */
  #share(cell: Cell, envelope: Envelope): Message {
    const message = this.#over(cell, envelope) ?? new Message(envelope, this.#stage)
    ;(cell.work ??= new Work()).handling.add(message)
    return message
  }

  /** Whether its result still counts; it is taken off what is under way if it is one of several. */
  #isUnderWay(cell: Cell, envelope: Envelope, own: Message | undefined): boolean {
    return own === undefined ? cell.current === envelope : cell.work!.handling.delete(own)
  }

  /** It is not the message being handled any more. @returns what its handler saw of it, if it looked */
  #over(cell: Cell, envelope: Envelope): Message | undefined {
    if (cell.current !== envelope) return undefined
    const { message } = cell
    cell.current = undefined
    cell.message = undefined
    return message
  }

  #failed(cell: Cell, envelope: Envelope, message: Message | undefined, error: unknown): void {
    message?.end()
    cell.work?.stashing.delete(envelope)
    this.#stage.failed(cell, envelope, error)
  }

  #late(cell: Cell, envelope: Envelope): void {
    if (envelope.id !== 0) this.#stage.late(cell, envelope)
  }

  #done(cell: Cell, envelope: Envelope, message: Message | undefined, result: unknown): void {
    if (cell.work?.stashing.delete(envelope) === true) {
      message?.end()
      if (message?.isWithdrawn !== true) cell.work.stash.push(envelope)
      else if (message.isExpired) this.#late(cell, envelope)
      return
    }
    const isStream = envelope.kind === kind.stream
    if (isIterator(result)) {
      if (isStream) {
        this.#stage.play(cell, message ?? new Message(envelope, this.#stage), result)
        return
      }
      const why = `${envelope.method} of ${cell.path}: it streams; read it with ref.stream`
      this.#stage.unhandled(cell, envelope, new ActorError('ENOHANDLER', why), true)
    } else if (isStream)
      this.#stage.refuse(
        envelope,
        new ActorError(
          'ENOHANDLER',
          `${envelope.method} of ${cell.path}: it does not stream; call it with ref.ask`,
        ),
      )
    else if (message?.isExpired === true) this.#late(cell, envelope)
    else if (envelope.id !== 0 && message?.isWithdrawn !== true)
      // A tell that has a name is acknowledged.
      this.#stage.reply(envelope, envelope.kind === kind.ask ? result : undefined)
    message?.end()
  }
}

const hasWork = ({ mailbox, work }: Cell): boolean =>
  mailbox.length > 0 || (work !== undefined && work.turns.length > 0)

/** What stands for a turn where a message is meant. */
function envelopeOf({ slot, generation }: Cell, { name }: Turn): Envelope {
  return {
    kind: kind.call,
    slot,
    generation,
    from: 0,
    id: 0,
    deadline: Infinity,
    method: name,
    body: [],
  }
}

const ordinary = Object.prototype as unknown as Record<string, unknown>
/** Asked for what it does not have, an object takes longer than a set. */
const ordinaryNames = new Set(Object.getOwnPropertyNames(ordinary))

function handlerOf(cell: Cell, method: string): ((...args: unknown[]) => unknown) | undefined {
  const handler = cell.handlers[method]
  if (typeof handler !== 'function') return undefined
  return ordinaryNames.has(method) && handler === ordinary[method] ? undefined : handler
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
