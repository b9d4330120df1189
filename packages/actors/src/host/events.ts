import { channel, type Channel } from 'node:diagnostics_channel'
import type { SchemaIssue } from '../errors.ts'
import type { Overflow } from '../definition/mailboxOptions.ts'
import type { ActorFailure } from '../supervision/failures.ts'
import type { Down, HostLoss } from './down.ts'
import type { ActorRef } from './ref.ts'

/** Why a message was not handled. */
export type DeadLetterReason =
  | 'no such actor'
  | 'no such handler'
  | 'overflow'
  | 'expired'
  | 'late reply'
  | 'unreadable'
  | 'invalid'
  | 'host lost'
  | 'node lost'

/** A message that no actor handled; of a late reply, the message that it answers. */
export interface DeadLetter {
  readonly type: 'dead letter'
  readonly reason: DeadLetterReason
  /** Whom it was for. */
  readonly actor: ActorRef
  readonly method: string
  /** What is `invalid` about it. */
  readonly issues?: readonly SchemaIssue[]
}

/** What has happened in a system. */
export type SystemEvent =
  | DeadLetter
  | {
      readonly type: 'spawned'
      readonly actor: ActorRef
      readonly definition: string
      readonly path: string
    }
  | {
      readonly type: 'stopped'
      readonly actor: ActorRef
      readonly definition: string
      readonly path: string
      readonly down: Down
    }
  | {
      readonly type: 'restarted'
      readonly actor: ActorRef
      readonly definition: string
      readonly path: string
      /** How often it has begun. */
      readonly incarnation: number
    }
  /** An actor has failed, and what was decided. */
  | ({ readonly type: 'failed' } & ActorFailure)
  /** A mailbox has become full; told again only when half of it was empty in between. */
  | {
      readonly type: 'overflow'
      readonly actor: ActorRef
      readonly definition: string
      readonly path: string
      readonly overflow: Overflow
    }
  | { readonly type: 'host lost'; readonly host: number; readonly loss: HostLoss }
  /** Somebody was not let in where this system listens: by a key or a password, or who breaks the protocol. */
  | { readonly type: 'node refused'; readonly endpoint: string; readonly error: Error }
  /** So many events and log entries of a host, or of a reader that was too slow, are missing here. */
  | { readonly type: 'dropped'; readonly host: number; readonly count: number }

export type SystemEventType = SystemEvent['type']

/** Where each event is published, in the thread where it happens. */
const channels: Readonly<Record<SystemEventType, Channel>> = {
  'dead letter': channel('ringpost.actors.deadLetter'),
  spawned: channel('ringpost.actors.spawned'),
  stopped: channel('ringpost.actors.stopped'),
  restarted: channel('ringpost.actors.restarted'),
  failed: channel('ringpost.actors.failure'),
  overflow: channel('ringpost.actors.overflow'),
  'host lost': channel('ringpost.actors.hostLost'),
  'node refused': channel('ringpost.actors.nodeRefused'),
  dropped: channel('ringpost.actors.dropped'),
}

export const channelOf = (type: SystemEventType): Channel => channels[type]
