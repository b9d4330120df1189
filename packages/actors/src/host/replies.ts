import { ActorError } from '../errors.ts'
import type { Answers } from './answers.ts'
import { kind, type Envelope, type Kind } from './envelope.ts'
import type { DeadLetterReason } from './events.ts'
import type { Happenings } from './happenings.ts'
import { lane, type Mesh } from './mesh.ts'
import { parcelTo } from './parcels.ts'
import type { RefValues } from './refValues.ts'

/** What actors of this host send back to whoever asked, here or elsewhere. */
export class Replies {
  readonly #number: number
  readonly #mesh: Mesh
  readonly #values: RefValues
  readonly #answers: Answers
  readonly #happenings: Happenings

  constructor(
    number: number,
    mesh: Mesh,
    values: RefValues,
    answers: Answers,
    happenings: Happenings,
  ) {
    this.#number = number
    this.#mesh = mesh
    this.#values = values
    this.#answers = answers
    this.#happenings = happenings
  }

  /** @param how the kind of the answer */
  send(how: Kind, to: Envelope, value: unknown): void {
    const { from } = to
    if (from === this.#number) this.#sendHere(how, to, value)
    else if (!this.#mesh.isGone(from)) {
      try {
        this.#mesh.post(from, lane.users, parcelTo(to, how, value))
      } catch (error) {
        this.#mesh.post(from, lane.users, parcelTo(to, kind.failure, error))
      }
    }
  }

  /** An item of a stream. @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  item(to: Envelope, value: unknown): number {
    const { from, id } = to
    if (from === this.#number) {
      this.#answers.take(kind.item, id, this.#values.copy(value), to)
      return 0
    }
    if (this.#mesh.isGone(from)) return 0
    return this.#mesh.post(from, lane.users, parcelTo(to, kind.item, value))
  }

  /** The message is a dead letter; whoever asked is told. */
  refuse(envelope: Envelope, error: unknown): void {
    if (envelope.kind === kind.call) return
    if (envelope.id !== 0)
      if (error instanceof ActorError && error.code === 'ENOACTOR')
        this.send(kind.refusal, envelope, envelope.body)
      else this.send(kind.failure, envelope, error)
    const issues = error instanceof ActorError ? error.issues : undefined
    const address = { host: this.#number, ...envelope }
    this.#happenings.bury(reasonOf(error), address, envelope.method, issues)
  }

  #sendHere(how: Kind, to: Envelope, value: unknown): void {
    let copied = value
    if (how !== kind.failure || this.#values.encodesAlways)
      try {
        copied = this.#values.copy(value)
      } catch (error) {
        this.#answers.take(kind.failure, to.id, error, to)
        return
      }
    this.#answers.take(how, to.id, copied, to)
  }
}

const reasons: Partial<Record<string, DeadLetterReason>> = {
  ENOHANDLER: 'no such handler',
  ETIMEDOUT: 'expired',
  EBADMSG: 'unreadable',
  EMSGSIZE: 'unreadable',
  EOVERFLOW: 'overflow',
  ESCHEMA: 'invalid',
  EINVAL: 'invalid',
}

const reasonOf = (error: unknown): DeadLetterReason =>
  (error instanceof ActorError && reasons[error.code]) || 'no such actor'
