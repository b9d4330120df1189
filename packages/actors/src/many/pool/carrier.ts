import type { Address } from '../../host/address.ts'
import type { Pending } from '../../host/asks.ts'
import type { DeadLetterReason } from '../../host/events.ts'
import type { Kind } from '../../host/envelope.ts'
import type { Caller } from '../../host/ref.ts'
import type { Timeout } from '../../host/timeouts.ts'

/** What a pool needs of the host whose thread it is called from. */
export interface Carrier {
  readonly number: number
  /** Carries the calls of refs of actors. */
  readonly calls: Caller
  /** Milliseconds since the epoch. */
  now(): number
  /** How long an ask without a timeout of its own may take, in milliseconds. */
  timeLeft(deadline?: number): number
  /** Gives it an id and a deadline; the host fails it when the host that has it is lost. */
  add(pending: Pending, timeoutMs: number): void
  /** Nobody waits for it any more. */
  remove(pending: Pending): boolean
  startTimeout(timeout: Timeout, lastsMs: number): void
  stopTimeout(timeout: Timeout): void
  /** Tells the host that has it that nobody waits for it. */
  cancel(pending: Pending): void
  /** @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  hand(
    how: Kind,
    address: Address,
    method: string,
    args: unknown[],
    id: number,
    deadline: number,
  ): void
  /** A copy that shares nothing with the original. @throws {ActorError} `EVALUE` */
  copyArgs(args: unknown[]): unknown[]
  /** Whether a message more should wait: the mailbox is full, or its host does not keep up. */
  isBlocked(address: Address): boolean
  isGone(host: number): boolean
  bury(reason: DeadLetterReason, address: Address, method: string): void
  request(host: number, name: string, body: unknown): Promise<unknown>
  notify(host: number, name: string, body: unknown): void
}
