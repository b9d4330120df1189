import { ActorError, isTimedOut, markFromHandler } from '../errors.ts'
import type { Cell } from './cell.ts'
import { kind, type Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { Mesh } from './mesh.ts'
import type { Message } from './message.ts'
import type { Stage } from './performer.ts'
import type { Replies } from './replies.ts'
import type { Items, Sources } from './sources.ts'
import type { Timeouts } from './timeouts.ts'
import { Work } from './work.ts'

/** What the messages of a host's actors lead to. */
export class Outcomes implements Stage {
  readonly timeouts: Timeouts
  readonly #host: Host
  readonly #mesh: Mesh
  readonly #replies: Replies
  readonly #sources: Sources

  constructor(host: Host, mesh: Mesh, replies: Replies, sources: Sources) {
    this.timeouts = host.timeouts
    this.#host = host
    this.#mesh = mesh
    this.#replies = replies
    this.#sources = sources
  }

  now(): number {
    return this.#host.now()
  }

  reply(envelope: Envelope, value: unknown): void {
    this.#replies.send(kind.reply, envelope, value)
  }

  late(cell: Cell, envelope: Envelope, cause?: unknown): void {
    const why = `${envelope.method} of ${cell.path}: its time was over before it was done`
    const options = cause === undefined ? undefined : { cause }
    this.#replies.send(kind.failure, envelope, new ActorError('ETIMEDOUT', why, options))
  }

  refuse(envelope: Envelope, error: unknown): void {
    this.#replies.refuse(envelope, error)
  }

  unhandled(cell: Cell, envelope: Envelope, error: unknown, doesStream: boolean): void {
    this.#replies.refuse(envelope, error)
    if (envelope.kind === kind.tell)
      this.#host.happenings.unhandled.tell(cell, envelope.method, doesStream)
  }

  failed(cell: Cell, envelope: Envelope, error: unknown): void {
    const { life } = this.#host
    if (envelope.id !== 0) {
      if (envelope.kind === kind.ask && envelope.deadline <= this.now())
        this.late(cell, envelope, gaveUp(error) ? undefined : error)
      else {
        markFromHandler(error)
        this.#replies.send(kind.failure, envelope, error)
      }
    }
    if (envelope.kind === kind.tell || envelope.kind === kind.call) {
      life.fail(cell, error, 'message')
      return
    }
    if (cell.blueprint.family.tellsAsks) life.fail(cell, error, 'ask')
  }

  canStop(cell: Cell): void {
    void this.#host.life.finish(cell, { reason: 'stopped' })
  }

  play(cell: Cell, message: Message, items: Items): void {
    const { performer } = this.#host
    const { sources } = (cell.work ??= new Work())
    this.#sources.add(message, items, sources, {
      schedule: (turn) => performer.perform(cell, turn),
      threw: (error) => this.failed(cell, message.envelope, error),
    })
  }

  relieved(cell: Cell): void {
    this.#host.pressure.relieve(cell)
  }

  said(): void {
    this.#mesh.flush()
  }
}

/** Whether it says no more than that the time was over. */
const gaveUp = (error: unknown): boolean =>
  isTimedOut(error) || (error instanceof Error && error.name === 'AbortError')
