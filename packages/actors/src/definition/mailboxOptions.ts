import { ActorError } from '../errors.ts'

const policies = ['wait', 'drop-newest', 'drop-oldest', 'fail'] as const

/**
 * What becomes of messages for a mailbox that is full.
 *
 * - `wait`: `send`, `ask` and `stream` wait for room; `tell` returns false
 * - `fail`: `send`, `ask` and `stream` fail with `EOVERFLOW` at once; `tell` returns false
 * - `drop-newest`: what comes is dropped; only `ask` and `stream` fail with `EOVERFLOW`, `tell` returns false
 * - `drop-oldest`: what has waited longest is dropped for what comes; if it was asked, it fails with `EOVERFLOW`
 */
export type Overflow = (typeof policies)[number]

/** Which messages wait for an actor, and how many. */
export interface MailboxOptions {
  /** Messages that may wait for the actor. Default 1,024; 0 means no limit. */
  mailbox?: number
  /** What becomes of messages when so many wait. Default `wait`. */
  overflow?: Overflow
  /** Messages of these names are handled before those of others. Default: none. */
  urgent?: readonly string[]
  /**
   * Messages that may be under way at once, where their handlers await something. Default 1: the
   * next one is handled when what the handler awaits has settled.
   */
  concurrency?: number
}

/** @throws {ActorError} `EINVAL`, which names the option */
export function checkMailboxOptions(options: MailboxOptions): void {
  const { mailbox = 0, overflow = 'wait', urgent = [], concurrency = 1 } = options
  if (!Number.isInteger(mailbox) || mailbox < 0)
    throw new ActorError('EINVAL', `mailbox must be a number of messages, not ${String(mailbox)}`)
  if (!policies.includes(overflow))
    throw new ActorError(
      'EINVAL',
      `overflow must be one of ${policies.join(', ')}, not ${String(overflow)}`,
    )
  if (!Array.isArray(urgent) || urgent.some((method) => typeof method !== 'string'))
    throw new ActorError('EINVAL', 'urgent must be an array of names of messages')
  if (concurrency !== Infinity && (!Number.isInteger(concurrency) || concurrency < 1))
    throw new ActorError('EINVAL', `concurrency must be at least 1, not ${String(concurrency)}`)
}
