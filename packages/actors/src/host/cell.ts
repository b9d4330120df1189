import type { ActorDefinition } from '../definition/definition.ts'
import type { Handlers } from '../definition/types.ts'
import type { Address } from './address.ts'
import type { Down } from './down.ts'
import type { Envelope } from './envelope.ts'
import type { Incarnation } from './incarnation.ts'
import { Inspection } from './inspection.ts'
import { QueueMailbox, type Mailbox } from './mailbox.ts'
import type { Message } from './message.ts'
import { PriorityMailbox, urgentFirst } from './priorityMailbox.ts'
import type { RefOwner } from './ref.ts'
import type { Work } from './work.ts'

/**
 * Where an actor is in its life. One that is `suspended` has failed, and waits with its mailbox for
 * what its supervisor says.
 */
export type Phase =
  | 'starting'
  | 'idle'
  | 'queued'
  | 'running'
  | 'awaiting'
  | 'suspended'
  | 'stopping'
  | 'stopped'

/** What an actor knows of its parent, which may live on another host. */
export interface Family {
  /** Of the parent; nowhere: the program. */
  readonly address: Address
  /** Of the parent; `''`: the program. */
  readonly path: string
  /** Whether the supervisor wants to know what is thrown to askers. */
  readonly tellsAsks: boolean
}

/** What it takes to make an actor, here or elsewhere. */
export interface Blueprint {
  readonly definition: ActorDefinition
  /** Copied for each beginning. */
  readonly args: unknown[]
  readonly family: Family
  readonly name: string
  /** Names it among its siblings, those that are no more included. */
  readonly id: number
  /** Where it lived, on hosts that are gone. */
  readonly formerly?: readonly Address[] | undefined
}

/** Default for the messages that may wait for one actor. */
const DEFAULT_MAILBOX = 1024

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
  /** What its schema has to look at; none: it has no schema for messages. */
  readonly inspection: Inspection | undefined
  /** Messages whose handlers are awaited. */
  underWay = 0
  phase: Phase = 'starting'
  handlers: Handlers = {}
  /** The life that it leads now: each time that its factory runs, a new one begins. */
  incarnation!: Incarnation
  /** The message being handled; if several are under way, only until its handler first awaits something. */
  current: Envelope | undefined
  /** What its handler sees of it; made when first asked for. */
  message: Message | undefined
  /** What it has in hand besides; made when first needed. */
  work: Work | undefined
  /** Hosts that were told to pause, while the mailbox counts as full. */
  paused: Set<number> | undefined
  /** Who wants to know when it is gone. */
  watchers: Set<(down: Down) => void> | undefined
  /** Whether it stops when the message being handled is done. */
  isStopping = false
  /** Whether it stops when its mailbox is empty. */
  isLeaving = false
  /** Settles when its factory has; only while that is awaited. */
  started: Promise<void> | undefined
  /** Takes its messages in its place: for what is an actor to others only. */
  relay: ((envelope: Envelope, isFromOutside: boolean) => void) | undefined

  constructor(slot: number, generation: number, blueprint: Blueprint) {
    this.slot = slot
    this.generation = generation
    this.blueprint = blueprint
    const { priority, options } = blueprint.definition
    const { mailbox = DEFAULT_MAILBOX, urgent, concurrency = 1 } = options
    const laneOf = priority ?? (urgent === undefined ? undefined : urgentFirst(urgent))
    this.mailbox = laneOf === undefined ? new QueueMailbox() : new PriorityMailbox(laneOf)
    this.limit = mailbox === 0 ? Infinity : mailbox
    this.concurrency = concurrency
    this.inspection = Inspection.of(blueprint.definition)
  }

  /** Of the message being handled. */
  get deadline(): number {
    return this.current?.deadline ?? Infinity
  }

  /** Its names from the program down, as `/parent/child`. */
  get path(): string {
    return `${this.blueprint.family.path}/${this.blueprint.name}`
  }
}
