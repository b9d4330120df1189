import type { Overflow } from '../definition/mailboxOptions.ts'
import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Envelope } from './envelope.ts'
import { soon } from './soon.ts'

/** What mailboxes need of their host. */
export interface Doorkeeper {
  /** A message does not come in. */
  refuse(envelope: Envelope, error: unknown): void
  /** That host is to send no more to the actor. */
  pause(host: number, cell: Cell, overflow: Overflow): void
  /** That host may send so many messages again; `undefined`: any. */
  resume(host: number, actor: Omit<Address, 'host'>, messages: number | undefined): void
  /** A mailbox has become full. */
  overflowed(cell: Cell, overflow: Overflow): void
}

/** Lets messages into the mailboxes of one host's actors, and has senders wait where one is full. */
export class Admission {
  readonly #doorkeeper: Doorkeeper

  constructor(doorkeeper: Doorkeeper) {
    this.#doorkeeper = doorkeeper
  }

  /** @returns whether it is in the mailbox */
  admit(cell: Cell, envelope: Envelope): boolean {
    const { mailbox, limit } = cell
    if (mailbox.length >= limit && !this.#makeRoom(cell, envelope)) return false
    try {
      mailbox.push(envelope)
    } catch (error) {
      // The definition's `priority` has thrown.
      this.#doorkeeper.refuse(envelope, error)
      return false
    }
    if (mailbox.length >= limit) this.#press(cell, envelope.from)
    return true
  }

  /** Half of the mailbox is free: those who were told to pause may go on. */
  relieve(cell: Cell): void {
    const { slot, generation, paused } = cell
    if (paused === undefined) return
    cell.paused = undefined
    const room = Math.max(1, Math.floor((cell.limit - cell.mailbox.length) / paused.size))
    for (const host of paused) this.#doorkeeper.resume(host, { slot, generation }, room)
  }

  /** More messages wait at that host than were let go. */
  want(cell: Cell, host: number): void {
    ;(cell.paused ??= new Set()).add(host)
    this.review(cell)
  }

  /** There may be room that the actor does not notice: it may never come to another message. */
  review(cell: Cell): void {
    if (cell.paused === undefined) return
    // Later, for it may have been called by what this would call.
    if (cell.mailbox.length <= cell.limit / 2) soon(() => this.relieve(cell))
  }

  /** @returns whether the message may come in nevertheless */
  #makeRoom(cell: Cell, envelope: Envelope): boolean {
    const overflow = overflowOf(cell)
    // It was under way when its sender was told to pause.
    if (overflow === 'wait') return true
    if (overflow === 'drop-oldest') {
      const dropped = cell.mailbox.drop()!
      this.#doorkeeper.refuse(dropped, isFull(cell, dropped))
      return true
    }
    this.#press(cell, envelope.from)
    this.#doorkeeper.refuse(envelope, isFull(cell, envelope))
    return false
  }

  #press(cell: Cell, host: number): void {
    const overflow = overflowOf(cell)
    if (cell.paused === undefined) {
      cell.paused = new Set()
      this.#doorkeeper.overflowed(cell, overflow)
    }
    if (overflow === 'drop-oldest' || cell.paused.has(host)) return
    cell.paused.add(host)
    this.#doorkeeper.pause(host, cell, overflow)
  }
}

const overflowOf = ({ blueprint }: Cell): Overflow =>
  blueprint.definition.options.overflow ?? 'wait'

const isFull = ({ path, limit }: Cell, { method }: Envelope): ActorError =>
  new ActorError('EOVERFLOW', `${method} of ${path}: the mailbox is full (${limit} messages)`)
