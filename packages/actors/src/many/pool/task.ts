import { Pending, type Asker } from '../../host/asks.ts'
import { kind, kindFrom, type Kind } from '../../host/envelope.ts'
import type { Member } from './member.ts'
import type { Queued, TaskQueue } from './taskQueue.ts'

/** The host of a task that no member has. */
const NO_HOST = -1

/** What tasks tell the router that they belong to. */
export interface TaskKeeper extends Asker {
  /** Its time is over. */
  expired(task: Task, afterMs: number): void
  /** The member has done it. */
  done(task: Task, value: unknown): void
  /** The member has failed at it. */
  failed(task: Task, error: unknown): void
  /** The member is not there, and has not begun it. @param args what it was to be called with, sent back */
  refused(task: Task, args: unknown): void
}

/** Puts what no member will handle among the dead letters. */
export type Bury = (task: Task, error: unknown) => void

/** One message to a pool, from when it was given until a member has done it. */
export abstract class Task extends Pending implements Queued {
  declare host: number
  readonly kind: Kind
  /** Whether it is of another node. */
  readonly isFromOutside: boolean | undefined
  args: unknown[]
  /** Who has it. */
  member: Member | undefined
  /** How often a host that had it was lost. */
  losses = 0
  /** Whether nobody waits for it any more; a member may still have it. */
  isAbandoned = false
  /** Whether the arguments are its own, which the caller cannot change. */
  hasOwnArgs = false
  /** Takes back what waits for the caller's signal. */
  unlisten: (() => void) | undefined
  waitsIn: TaskQueue<never> | undefined
  ahead: Queued | undefined
  behind: Queued | undefined
  readonly #keeper: TaskKeeper

  constructor(
    keeper: TaskKeeper,
    kindOfIt: Kind,
    method: string,
    args: unknown[],
    isFromOutside?: boolean,
  ) {
    super(NO_HOST, keeper)
    this.#keeper = keeper
    this.kind = kindOfIt
    this.isFromOutside = isFromOutside
    this.method = method
    this.args = args
  }

  /** As a member is handed it. */
  get handedAs(): Kind {
    return kindFrom(this.kind, this.isFromOutside)
  }

  /** Tells its caller; called once. */
  abstract succeed(value: unknown): void
  /** Tells its caller; called once. */
  abstract giveUp(error: unknown): void

  /** It is on its way to a member. */
  given(): void {}

  /** No member has it any more. */
  leave(): void {
    this.member = undefined
    this.host = NO_HOST
  }

  override expire(afterMs: number): void {
    this.#keeper.expired(this, afterMs)
  }

  override settle(value: unknown): void {
    this.#keeper.done(this, value)
  }

  override fail(error: unknown): void {
    this.#keeper.failed(this, error)
  }

  override refuse(args: unknown): void {
    this.#keeper.refused(this, args)
  }
}

/** An ask: its answer is a promise. */
export class AskTask extends Task {
  readonly promise: Promise<unknown>
  #resolve!: (value: unknown) => void
  #reject!: (error: unknown) => void

  constructor(keeper: TaskKeeper, method: string, args: unknown[], isFromOutside?: boolean) {
    super(keeper, kind.ask, method, args, isFromOutside)
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  succeed(value: unknown): void {
    this.#resolve(value)
  }

  giveUp(error: unknown): void {
    this.#reject(error)
  }
}

/** A message of which nobody awaits the end: it is acknowledged, so that the member's credit comes back. */
export class TellTask extends Task {
  readonly #bury: Bury

  constructor(
    keeper: TaskKeeper,
    method: string,
    args: unknown[],
    bury: Bury,
    isFromOutside?: boolean,
  ) {
    super(keeper, kind.tell, method, args, isFromOutside)
    this.#bury = bury
  }

  succeed(): void {}

  giveUp(error: unknown): void {
    this.#bury(this, error)
  }
}

/** A tell that waits for room: it is taken when a member has room for it. */
export class SendTask extends TellTask {
  readonly taken: Promise<void>
  #resolve!: () => void
  #reject: ((error: unknown) => void) | undefined

  constructor(
    keeper: TaskKeeper,
    method: string,
    args: unknown[],
    bury: Bury,
    isFromOutside?: boolean,
  ) {
    super(keeper, method, args, bury, isFromOutside)
    this.taken = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  override given(): void {
    this.#reject = undefined
    this.#resolve()
  }

  override giveUp(error: unknown): void {
    if (this.#reject === undefined) super.giveUp(error)
    else this.#reject(error)
  }
}

/** The right to use one member, for as long as a stream of it is read. */
export class LeaseTask extends Task {
  readonly granted: Promise<Member>
  #resolve!: (member: Member) => void
  #reject!: (error: unknown) => void

  constructor(keeper: TaskKeeper, method: string, args: unknown[]) {
    super(keeper, kind.stream, method, args)
    this.granted = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  override given(): void {
    this.#resolve(this.member!)
  }

  succeed(): void {}

  giveUp(error: unknown): void {
    this.#reject(error)
  }
}
