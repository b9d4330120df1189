import { channel } from 'node:diagnostics_channel'
import type { Address } from './address.ts'

/** Why a message was not handled. */
export type DeadLetterReason =
  | 'no such actor'
  | 'overflow'
  | 'expired'
  | 'late reply'
  | 'unreadable'
  | 'host lost'
  | 'node lost'

/** A message that no actor handled. */
export interface DeadLetter {
  readonly reason: DeadLetterReason
  /** Whom it was for. */
  readonly address: Address
  readonly method: string
}

/** Every dead letter of this thread is published here, if somebody subscribed. */
export const deadLetters = channel('ringpost.actors.deadLetter')

export function bury(reason: DeadLetterReason, address: Address, method: string): void {
  if (deadLetters.hasSubscribers)
    deadLetters.publish({ reason, address, method } satisfies DeadLetter)
}
