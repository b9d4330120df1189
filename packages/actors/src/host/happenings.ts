import type { Overflow } from '../definition/mailboxOptions.ts'
import type { SchemaIssue } from '../errors.ts'
import type { ActorFailure } from '../supervision/failures.ts'
import type { Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Down, HostLoss } from './down.ts'
import type { DeadLetterReason } from './events.ts'
import type { Host } from './host.ts'
import { ActorRef } from './ref.ts'
import { Unhandled } from './unhandled.ts'

/** What happens on a host, as others hear of it: as an event, or in the log. */
export class Happenings {
  readonly unhandled: Unhandled
  readonly #host: Host

  constructor(host: Host) {
    this.unhandled = new Unhandled(host)
    this.#host = host
  }

  /** An actor has begun, or begun anew. */
  began(cell: Cell): void {
    const { reporting } = this.#host
    const { number: incarnation } = cell.incarnation
    if (incarnation > 1) {
      if (reporting.wants('restarted'))
        reporting.tell({ type: 'restarted', incarnation, ...this.#who(cell) })
    } else if (reporting.wants('spawned')) reporting.tell({ type: 'spawned', ...this.#who(cell) })
  }

  /** An actor is no more. */
  stopped(cell: Cell, down: Down): void {
    const { reporting } = this.#host
    if (reporting.wants('stopped')) reporting.tell({ type: 'stopped', down, ...this.#who(cell) })
  }

  overflowed(cell: Cell, overflow: Overflow): void {
    const { reporting } = this.#host
    if (reporting.wants('overflow'))
      reporting.tell({ type: 'overflow', overflow, ...this.#who(cell) })
  }

  /** An actor has failed, and its supervisor, which lives here, has decided. */
  failed(failure: ActorFailure): void {
    const { reporting } = this.#host
    const { path: actor, error: err, during, directive } = failure
    if (reporting.wants('failed')) reporting.tell({ type: 'failed', ...failure })
    const level = directive === 'resume' ? 'warn' : 'error'
    reporting.say(level, { actor, during, directive, err }, 'An actor has failed')
  }

  /** A host has ended that should not have; only the program knows. */
  lost(host: number, loss: HostLoss): void {
    const { reporting } = this.#host
    if (reporting.wants('host lost')) reporting.tell({ type: 'host lost', host, loss })
    // Loggers print errors by this name only.
    const how = loss.why === 'uncaught' ? { why: loss.why, err: loss.error } : loss
    reporting.say('error', { host, ...how }, 'A host is lost')
  }

  /** Somebody was not let in as a node. */
  refused(endpoint: string, error: Error): void {
    const { reporting } = this.#host
    if (reporting.wants('node refused')) reporting.tell({ type: 'node refused', endpoint, error })
  }

  /** A message that no actor handles. */
  bury(
    reason: DeadLetterReason,
    { host, slot, generation, url }: Address,
    method: string,
    issues?: readonly SchemaIssue[],
  ): void {
    const { reporting, calls, remote } = this.#host
    if (!reporting.wants('dead letter')) return
    const isHere = url === undefined
    const address = isHere ? { host, slot, generation } : { host, slot, generation, url }
    const actor = new ActorRef(address, isHere ? calls : remote)
    const why = issues === undefined ? {} : { issues }
    reporting.tell({ type: 'dead letter', reason, actor, method, ...why })
  }

  #who(cell: Cell): { actor: ActorRef; definition: string; path: string } {
    const actor = new ActorRef(this.#host.addressOf(cell), this.#host.calls)
    return { actor, definition: cell.blueprint.definition.name, path: cell.path }
  }
}
