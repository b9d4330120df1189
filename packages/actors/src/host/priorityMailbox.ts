import { ActorError } from '../errors.ts'
import type { Envelope } from './envelope.ts'
import { QueueMailbox, type Mailbox } from './mailbox.ts'

/** The most urgent lane; 0 is the ordinary one. */
const MAX_LANE = 7

/** In which lane a message waits: a whole number from 0 to 7, the higher the sooner. */
export type Priority = (method: string, args: readonly unknown[]) => number

/** First in, first out within a lane; a message waits until all higher lanes are empty. */
export class PriorityMailbox implements Mailbox {
  readonly #laneOf: Priority
  readonly #lanes: QueueMailbox[] = [new QueueMailbox()]
  #length = 0

  constructor(laneOf: Priority) {
    this.#laneOf = laneOf
  }

  get length(): number {
    return this.#length
  }

  get first(): Envelope | undefined {
    return this.#lanes.findLast((lane) => lane.length > 0)?.first
  }

  push(envelope: Envelope): void {
    this.#lane(envelope).push(envelope)
    this.#length++
  }

  shift(): Envelope | undefined {
    return this.#taken(this.#lanes.findLast((lane) => lane.length > 0)?.shift())
  }

  unshift(envelope: Envelope): void {
    this.#lane(envelope).unshift(envelope)
    this.#length++
  }

  drop(): Envelope | undefined {
    return this.#taken(this.#lanes.find((lane) => lane.length > 0)?.shift())
  }

  remove(from: number, id: number): Envelope | undefined {
    for (const lane of this.#lanes) {
      const envelope = lane.remove(from, id)
      if (envelope !== undefined) return this.#taken(envelope)
    }
    return undefined
  }

  #taken(envelope: Envelope | undefined): Envelope | undefined {
    if (envelope !== undefined) this.#length--
    return envelope
  }

  /** @throws {ActorError} `EINVAL`: it has no such lane; and what the function throws */
  #lane({ method, body }: Envelope): QueueMailbox {
    const number = this.#laneOf(method, body as unknown[])
    if (!Number.isInteger(number) || number < 0 || number > MAX_LANE)
      throw new ActorError(
        'EINVAL',
        `priority must be from 0 to ${MAX_LANE}, not ${String(number)}`,
      )
    while (this.#lanes.length <= number) this.#lanes.push(new QueueMailbox())
    return this.#lanes[number]!
  }
}

export const urgentFirst = (methods: readonly string[]): Priority => {
  const urgent = new Set(methods)
  return (method) => (urgent.has(method) ? 1 : 0)
}
