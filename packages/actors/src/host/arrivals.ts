import type { Overflow } from '../definition/mailboxOptions.ts'
import { ActorError } from '../errors.ts'
import { isGateway } from '../nodes/remoteAddress.ts'
import type { Admission } from './admission.ts'
import type { Answers } from './answers.ts'
import { fromOutsideAs, kind, type Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { Life } from './life.ts'
import type { Performer } from './performer.ts'
import { Unreadable } from './record.ts'
import type { RefValues } from './refValues.ts'
import type { Replies } from './replies.ts'

/** What comes to a host: it goes to the actor, to whoever has asked, or to the host itself. */
export class Arrivals {
  readonly #host: Host
  readonly #life: Life
  readonly #performer: Performer
  readonly #admission: Admission
  readonly #values: RefValues
  readonly #answers: Answers
  readonly #replies: Replies

  constructor(host: Host, values: RefValues, answers: Answers, replies: Replies) {
    this.#host = host
    this.#life = host.life
    this.#performer = host.performer
    this.#admission = host.pressure.admission
    this.#values = values
    this.#answers = answers
    this.#replies = replies
  }

  readonly take = (envelope: Envelope): void => {
    switch (envelope.kind) {
      case kind.tell:
      case kind.ask:
      case kind.stream:
      case kind.tellFromOutside:
      case kind.askFromOutside:
      case kind.streamFromOutside:
        this.deliver(envelope)
        break
      case kind.request:
      case kind.notice:
      case kind.pause:
      case kind.resume:
      case kind.want:
      case kind.credit:
      case kind.cancel:
        this.#hear(envelope)
        break
      default:
        this.#answers.take(envelope.kind, envelope.id, envelope.body, envelope)
    }
    // Whatever was read and not taken by an actor belongs to none.
    this.#values.adopt(undefined)
  }

  /** A message for an actor. */
  deliver(delivered: Envelope): void {
    const fromOutside = fromOutsideAs(delivered)
    const envelope = fromOutside ?? delivered
    const cell = this.#life.get(envelope.slot, envelope.generation)
    this.#values.adopt(cell)
    if (cell === undefined) {
      this.#deliverElsewhere(envelope)
      return
    }
    if (envelope.body instanceof Unreadable) {
      this.#replies.refuse(envelope, envelope.body.error)
      return
    }
    const isFromOutside = fromOutside !== undefined
    cell.inspection?.receive(envelope, isFromOutside)
    if (cell.relay !== undefined) cell.relay(envelope, isFromOutside)
    else if (this.#admission.admit(cell, envelope)) this.#performer.wake(cell)
  }

  /** No actor of this host is meant: one of another node may be. */
  #deliverElsewhere(envelope: Envelope): void {
    const { body } = envelope
    const { gateway } = this.#host
    if (gateway === undefined || !isGateway(envelope))
      this.#replies.refuse(envelope, new ActorError('ENOACTOR'))
    else if (body instanceof Unreadable) this.#replies.refuse(envelope, body.error)
    else gateway.relays.take(envelope)
  }

  /** What is for the host itself. */
  #hear(envelope: Envelope): void {
    const { from, id, slot, generation, body } = envelope
    const { services, pressure, sources, withdrawals, watches, gateway } = this.#host
    switch (envelope.kind) {
      case kind.request:
        void services.take(envelope)
        break
      case kind.notice:
        services.hear(envelope)
        break
      case kind.pause:
        pressure.room.close({ host: from, slot, generation }, body as Overflow)
        break
      case kind.resume:
        pressure.room.open({ host: from, slot, generation }, body as number | undefined)
        break
      case kind.want:
        pressure.wanted(from, slot, generation)
        break
      case kind.credit:
        sources.credit(from, id, body as number)
        break
      default:
        withdrawals.take(from, id, slot, generation)
        watches.cancel(from, id)
        gateway?.relays.cancel(from, id)
    }
  }
}
