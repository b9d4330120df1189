import type { ActorDefinition, SpawnOptions } from '../definition/definition.ts'
import type { Handlers } from '../definition/types.ts'
import type { Address } from './address.ts'
import type { Down } from './down.ts'
import type { Envelope } from './envelope.ts'
import { QueueMailbox, type Mailbox } from './mailbox.ts'
import type { Message } from './message.ts'
import { PriorityMailbox, urgentFirst } from './priorityMailbox.ts'
import type { RefOwner } from './ref.ts'
import type { Work } from './work.ts'

/** Where an actor is in its life. */
export type Phase = 'starting' | 'idle' | 'queued' | 'running' | 'awaiting' | 'stopping' | 'stopped'

/** What it takes to make an actor, here or elsewhere. */
export interface Blueprint {
  readonly definition: ActorDefinition
  readonly args: unknown[]
  readonly parent: Address
  readonly options: SpawnOptions
}

/** Default for the messages that may wait for one actor. */
export const DEFAULT_MAILBOX = 1024

/** One actor, as its host sees it. */
export class Cell implements RefOwner {
  readonly slot: number
  readonly generation: number
  readonly blueprint: Blueprint
  readonly mailbox: Mailbox
  /** Messages that may wait before senders are told to pause. */
  readonly limit: number
  /** Messages that may be under way at once. */
  readonly concurrency: number
  /** Messages whose handlers' promises have not settled. */
  underWay = 0
  phase: Phase = 'starting'
  handlers: Handlers = {}
  /** Of the message being handled. */
  deadline = Infinity
  /** The message being handled. */
  current: Envelope | undefined
  /** What its handler sees of it; made when first asked for. */
  message: Message | undefined
  /** What it has in hand besides; made when first needed. */
  work: Work | undefined
  /** Hosts that were told to pause, while the mailbox counts as full. */
  paused: Set<number> | undefined
  /** Who wants to know when it is gone. */
  watchers: Set<(down: Down) => void> | undefined
  /** Aborted when the actor stops; made when first asked for. */
  stopping: AbortController | undefined
  /** Whether it stops when the message being handled is done. */
  isStopping = false
  /** Whether it stops when its mailbox is empty. */
  isLeaving = false
  /** Settles when its factory has; only while that is awaited. */
  started: Promise<void> | undefined
  /** Children to be stopped before it. */
  children: Set<Address> | undefined

  constructor(slot: number, generation: number, blueprint: Blueprint) {
    this.slot = slot
    this.generation = generation
    this.blueprint = blueprint
    const { mailbox = DEFAULT_MAILBOX, urgent, concurrency = 1 } = blueprint.options
    const priority =
      blueprint.definition.priority ?? (urgent === undefined ? undefined : urgentFirst(urgent))
    this.mailbox = priority === undefined ? new QueueMailbox() : new PriorityMailbox(priority)
    this.limit = mailbox === 0 ? Infinity : mailbox
    this.concurrency = concurrency
  }
}
