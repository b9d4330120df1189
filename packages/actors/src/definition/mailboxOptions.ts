import type { Kinds } from '../options/checkOptions.ts'
import { must, oneOf, textsOf, whole } from '../options/kinds.ts'

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
  /**
   * Messages of these names are handled before those of others. The handlers that the factory returns must have
   * all of them, or the spawn fails with `EINVAL`. Default: none.
   */
  urgent?: readonly string[]
  /**
   * Messages that may be under way at once, where their handlers await something. Default 1: the
   * next one is handled when what the handler awaits has settled.
   */
  concurrency?: number
}

const isConcurrency = (value: unknown): boolean =>
  value === Infinity || (Number.isInteger(value) && (value as number) >= 1)

export const mailboxKinds: Kinds<MailboxOptions> = {
  mailbox: whole(0),
  overflow: oneOf(...policies),
  urgent: textsOf('names of messages'),
  concurrency: must('a whole number from 1, or Infinity', isConcurrency),
}
