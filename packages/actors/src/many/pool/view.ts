import { ActorError } from '../../errors.ts'
import { addressLabel, type Address } from '../../host/address.ts'
import type { Pending } from '../../host/asks.ts'
import { kind, type Envelope } from '../../host/envelope.ts'
import { ActorRef, type Call } from '../../host/ref.ts'
import { Timeout } from '../../host/timeouts.ts'
import type { Carrier } from './carrier.ts'
import { Credit, MAX_WINDOW } from './credit.ts'
import { gather, unanswered, type Gathered, type GatherOptions } from './gather.ts'
import { LoadMeter } from './loadMeter.ts'
import { Member } from './member.ts'
import type { HashKey, PoolPlan } from './options.ts'
import { chooserOf, LeastLoaded, type Chooser } from './routes.ts'
import { AskTask, LeaseTask, SendTask, TellTask, type Task, type TaskKeeper } from './task.ts'
import { TaskQueue } from './taskQueue.ts'

/** One member, as the pool's keeper tells callers' threads. */
export interface Seat {
  readonly seat: number
  readonly address: Address
}

/** What a caller's thread is told when it asks for a pool. */
export interface PoolState {
  readonly plan: PoolPlan
  readonly members: readonly Seat[]
}

/** Until the pool's plan is known. */
const UNKNOWN: PoolPlan = {
  route: 'pull',
  isKeyedByFunction: false,
  prefetch: 'auto',
  waiting: 1024,
  retryLost: 0,
  reportMs: 0,
}

/**
 * A pool as one caller's thread sees it: it gives each message to a member, straight to the host of that
 * member, and keeps those that have to wait.
 */
export class PoolView implements TaskKeeper {
  readonly address: Address
  readonly #carrier: Carrier
  readonly #key: HashKey | undefined
  readonly #now: () => number
  readonly #isBlocked: (address: Address) => boolean
  readonly #meter = new LoadMeter()
  /** What any member may get. */
  readonly #waiting = new TaskQueue<Task>()
  readonly #whenIdle: (() => void)[] = []
  readonly #whenDone: (() => void)[] = []
  #plan = UNKNOWN
  #chooser: Chooser = new LeastLoaded()
  #members: Member[] = []
  #waitingCount = 0
  #inFlight = 0
  /** Those in flight that are streams. */
  #leases = 0
  #hasJoined = false
  #joining: Promise<void> | undefined
  #over: { readonly error: unknown } | undefined
  #report: Report | undefined

  /** @param key for a pool that this thread has made: names what a message is about */
  constructor(address: Address, carrier: Carrier, key?: HashKey) {
    this.address = address
    this.#carrier = carrier
    this.#key = key
    this.#now = () => carrier.now()
    this.#isBlocked = (member) => carrier.isBlocked(member)
  }

  /** Members that this thread knows of. */
  get size(): number {
    return this.#members.length
  }

  /** Settles when the members are known. @throws {ActorError} `ENOACTOR`: the pool is gone; `EHOSTDOWN` */
  join(): Promise<void> {
    return (this.#joining ??= this.#join())
  }

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    const { isFromOutside } = ref.options
    this.#start()
    if (this.#over !== undefined || this.#isFull()) {
      const reason = this.#over === undefined ? 'overflow' : 'no such actor'
      this.#carrier.bury(reason, this.address, method)
      return false
    }
    if (this.#isBroadcast()) return this.tellAll(method, args, isFromOutside)
    this.#begin(new TellTask(this, method, args, this.#bury, isFromOutside), Infinity)
    return true
  }

  async send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void> {
    const { isFromOutside } = ref.options
    this.#start()
    if (this.#over !== undefined) throw this.#over.error
    if (this.#isBroadcast()) {
      await Promise.all(
        this.#members.map((member) => this.#refOf(member, ref).callSend(method, args)),
      )
    } else if (this.#isFull()) {
      const { timeoutMs = Infinity, signal } = ref.options
      const task = new SendTask(this, method, args, this.#bury, isFromOutside)
      this.#begin(task, timeoutMs, signal)
      await task.taken
    } else this.#begin(new TellTask(this, method, args, this.#bury, isFromOutside), Infinity)
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    this.#start()
    const task = new AskTask(this, method, args, ref.options.isFromOutside)
    try {
      this.#begin(task, this.#timeoutOf(ref), ref.options.signal)
    } catch (error) {
      task.giveUp(error)
    }
    return task.promise
  }

  async *stream(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    this.#start()
    await this.join()
    if (this.#isBroadcast())
      throw new ActorError('EINVAL', `A stream is read from one actor; ${method} goes to all`)
    const lease = new LeaseTask(this, method, args)
    this.#begin(lease, this.#timeoutOf(ref), ref.options.signal)
    const member = await lease.granted
    try {
      yield* this.#refOf(member, ref).callStream(method, lease.args)
    } finally {
      this.#free(lease, member)
    }
  }

  /** Tells all members. @returns whether all of them took it */
  tellAll(method: string, args: unknown[], isFromOutside = false): boolean {
    let isTakenByAll = this.#over === undefined
    const by = { options: { isFromOutside } }
    for (const member of this.#members)
      isTakenByAll = this.#refOf(member, by).callTell(method, args) && isTakenByAll
    return isTakenByAll
  }

  /** Asks all members. */
  async gather(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
    options: GatherOptions,
  ): Promise<Gathered> {
    this.#start()
    await this.join()
    const refs = this.#members.map((member) => this.#refOf(member, ref))
    return gather(refs, method, args, { timeoutMs: this.#timeoutOf(ref), ...options })
  }

  /** Settles when nothing waits and no member has anything of this thread. */
  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  /** Whether nothing waits, and no member has anything of this thread but streams, whose readers may take for ever. */
  get isDone(): boolean {
    return this.#inFlight === this.#leases && this.#waitingCount === 0
  }

  /** Settles when all is done but streams. */
  whenDone(): Promise<void> {
    if (this.isDone) return Promise.resolve()
    return new Promise((resolve) => this.#whenDone.push(resolve))
  }

  /** Handles a message that was sent to the pool's own address, from where it is not known as a pool. */
  relay(
    envelope: Envelope,
    isFromOutside: boolean,
    pool: ActorRef<never>,
    outlet: RelayOutlet,
  ): void {
    const { method, deadline } = envelope
    const args = envelope.body as unknown[]
    const from: Call = { isFromOutside }
    const ref = isFromOutside ? (pool.calledWith(from) as ActorRef<never>) : pool
    if (envelope.kind === kind.tell) {
      this.#relayTell(envelope, ref, outlet)
      return
    }
    const timeoutMs = deadline === Infinity ? Infinity : Math.max(0, deadline - this.#now())
    const timed = ref.calledWith({ timeoutMs }) as ActorRef<never>
    if (envelope.kind === kind.stream) outlet.play(envelope, this.stream(timed, method, args))
    else
      this.ask(timed, method, args).then(
        (value) => outlet.reply(envelope, value),
        (error: unknown) => outlet.fault(envelope, error),
      )
  }

  #relayTell(envelope: Envelope, ref: ActorRef<never>, outlet: RelayOutlet): void {
    try {
      this.tell(ref, envelope.method, envelope.body as unknown[])
      if (envelope.id !== 0) outlet.reply(envelope, undefined)
    } catch (error) {
      // No member can be chosen by such arguments, and who sent them is elsewhere.
      outlet.refuse(envelope, error)
    }
  }

  /** The keeper has told who is there. */
  update(members: readonly Seat[]): void {
    const known = new Map(this.#members.map((member) => [keyOf(member.address), member]))
    const waiting = this.#takeWaiting()
    this.#members = this.#seatsOf(members).map(({ seat, address }) => {
      const key = keyOf(address)
      const member = known.get(key)
      known.delete(key)
      if (member?.seat === seat) return member
      const added = new Member(address, seat, new Credit(this.#prefetch()), this.#isBlocked)
      added.hasLeft = this.#carrier.isGone(address.host)
      return added
    })
    for (const member of known.values()) member.hasLeft = true
    for (const task of waiting) this.#placeAgain(task)
    // What goes to all members is out of this view's hands.
    this.#rest()
  }

  /** A host is gone, and the members there: whoever is in their place will be told of. */
  lost(host: number): void {
    for (const member of this.#members) if (member.address.host === host) member.hasLeft = true
  }

  /** The pool is no more. */
  end(error: unknown): void {
    if (this.#over !== undefined) return
    this.#over = { error }
    if (this.#report !== undefined) this.#carrier.stopTimeout(this.#report)
    for (const member of this.#members) member.hasLeft = true
    for (const task of this.#takeWaiting()) {
      this.#carrier.remove(task)
      this.#giveUp(task, error)
    }
    this.#rest()
  }

  // What becomes of tasks.

  done(task: Task, value: unknown): void {
    const { member } = task
    if (member === undefined) return
    this.#free(task, member)
    if (task.isAbandoned) this.#carrier.bury('late reply', member.address, task.method)
    else {
      task.unlisten?.()
      task.succeed(value)
    }
  }

  failed(task: Task, error: unknown): void {
    const { member } = task
    if (member === undefined) {
      // The host of this thread closes.
      this.#leaveQueue(task)
      this.#giveUp(task, error)
      return
    }
    const isLost = this.#carrier.isGone(task.host)
    if (isLost) member.hasLeft = true
    this.#free(task, member)
    if (isLost && task.losses < this.#plan.retryLost) {
      task.losses++
      this.#again(task)
    } else if (task.kind !== kind.tell || isLost) this.#giveUp(task, error)
  }

  refused(task: Task, args: unknown): void {
    const member = task.member!
    member.hasLeft = true
    this.#free(task, member)
    if (!task.hasOwnArgs) {
      task.args = args as unknown[]
      task.hasOwnArgs = true
    }
    this.#again(task)
  }

  /** Its caller's signal was aborted. */
  abandon(pending: Pending, error: unknown): void {
    const task = pending as Task
    const { member } = task
    if (task.isAbandoned) return
    this.#leaveQueue(task)
    this.#carrier.remove(task)
    this.#giveUp(task, error)
    if (member === undefined) return
    // The member drops it, or is done with it soon: there is no answer to wait for.
    this.#carrier.cancel(task)
    this.#free(task, member)
  }

  nameOf(): string {
    return `the pool ${addressLabel(this.address)}`
  }

  /** Its time is over. A member that has it refuses it, or is late: then its credit comes back. */
  expired(task: Task, afterMs: number): void {
    if (task.member === undefined) {
      this.#leaveQueue(task)
      this.#carrier.remove(task)
    }
    this.#giveUp(
      task,
      new ActorError('ETIMEDOUT', `${task.asked}: no answer came in ${afterMs} ms`),
    )
  }

  // How tasks get there.

  #isBroadcast(): boolean {
    return this.#plan.route === 'broadcast'
  }

  #isFull(): boolean {
    return this.#waitingCount >= this.#plan.waiting
  }

  #isIdle(): boolean {
    return this.#inFlight === 0 && this.#waitingCount === 0
  }

  #prefetch(): number | 'auto' {
    const { prefetch, route } = this.#plan
    return prefetch === 'auto' && route !== 'pull' ? MAX_WINDOW : prefetch
  }

  #start(): void {
    if (this.#hasJoined || this.#joining !== undefined) return
    // Whoever waits is told by `end`.
    this.join().catch(() => {})
  }

  async #join(): Promise<void> {
    try {
      const { host } = this.address
      const state = (await this.#carrier.request(host, 'pool.join', this.address)) as PoolState
      this.#plan = state.plan
      if (!this.#isForwarding()) this.#chooser = chooserOf(state.plan, this.#key)
      this.#hasJoined = true
      this.update(state.members)
    } catch (error) {
      this.end(error)
      throw error
    }
  }

  /** Whether the thread that made the pool has to choose. */
  #isForwarding(): boolean {
    return this.#plan.isKeyedByFunction && this.#key === undefined
  }

  #seatsOf(members: readonly Seat[]): readonly Seat[] {
    return this.#isForwarding() ? [{ seat: 0, address: this.address }] : members
  }

  #timeoutOf({ options, owner }: ActorRef<never>): number {
    return options.timeoutMs ?? this.#carrier.timeLeft(owner?.deadline)
  }

  #refOf({ address }: Member, { owner, options }: Partial<ActorRef<never>> = {}): ActorRef<never> {
    return new ActorRef<never>(address, this.#carrier.calls, owner, options)
  }

  /** @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  #begin(task: Task, timeoutMs: number, signal?: AbortSignal): void {
    if (signal?.aborted === true) task.giveUp(signal.reason)
    else if (this.#over !== undefined) task.giveUp(this.#over.error)
    else {
      if (this.#plan.retryLost > 0) this.#own(task)
      this.#carrier.add(task, timeoutMs)
      if (signal !== undefined) this.#listen(task, signal)
      try {
        this.#place(task)
      } catch (error) {
        this.#carrier.remove(task)
        task.unlisten?.()
        throw error
      }
    }
  }

  #listen(task: Task, signal: AbortSignal): void {
    const stop = (): void => this.abandon(task, signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    task.unlisten = () => signal.removeEventListener('abort', stop)
  }

  #own(task: Task): void {
    if (task.hasOwnArgs) return
    task.args = this.#carrier.copyArgs(task.args)
    task.hasOwnArgs = true
  }

  /** @param isFirst whether it goes before those that wait */
  #place(task: Task, isFirst = false): void {
    if (this.#isBroadcast()) {
      this.#spread(task)
      return
    }
    // While others wait that any member may have, none has room: that need not be found out for each.
    const isBehind = this.#waiting.length > 0 && !this.#chooser.isBound
    const member = isBehind
      ? undefined
      : this.#chooser.choose(this.#members, task.method, task.args)
    if (member?.hasRoom === true) {
      this.#give(task, member)
      return
    }
    this.#own(task)
    const queue = member !== undefined && this.#chooser.isBound ? member.waiting : this.#waiting
    if (isFirst) queue.unshift(task)
    else queue.push(task)
    this.#waitingCount++
    this.#meter.waitingChanged(1)
    this.#reportLoad()
  }

  /** To all; an ask is answered by the first. */
  #spread(task: Task): void {
    if (task.kind === kind.tell) {
      this.#carrier.remove(task)
      task.given()
      this.tellAll(task.method, task.args, task.isFromOutside)
      return
    }
    const by = { options: { isFromOutside: task.isFromOutside === true } }
    const refs = this.#members.map((member) => this.#refOf(member, by))
    const left = task.deadline === Infinity ? Infinity : Math.max(0, task.deadline - this.#now())
    void gather(refs, task.method, task.args, { first: 1, timeoutMs: left }).then(
      ({ values, errors }) => {
        if (!this.#carrier.remove(task)) return
        task.unlisten?.()
        if (values.length > 0) task.succeed(values[0])
        else task.giveUp(unanswered(errors, task.asked))
      },
    )
  }

  #give(task: Task, member: Member): void {
    member.took(task, this.#now)
    task.member = member
    task.host = member.address.host
    if (member.inFlight === 1) this.#meter.busyChanged(1)
    this.#inFlight++
    if (task.kind === kind.stream) this.#leases++
    if (task.kind !== kind.ask) {
      // Nobody awaits more than that a member has it.
      this.#carrier.stopTimeout(task)
      task.deadline = Infinity
      task.unlisten?.()
    }
    if (task.kind === kind.stream) this.#carrier.remove(task)
    else this.#hand(task, member)
    task.given()
    this.#reportLoad()
  }

  #hand(task: Task, member: Member): void {
    task.address = member.address
    try {
      const { handedAs, method, args, id, deadline } = task
      this.#carrier.hand(handedAs, member.address, method, args, id, deadline)
    } catch (error) {
      this.#takeBack(task, member)
      throw error
    }
  }

  /** The member does not have it any more; it gets what waits. */
  #free(task: Task, member: Member): void {
    this.#takeBack(task, member)
    this.#refill(member)
    this.#rest()
  }

  #takeBack(task: Task, member: Member): void {
    member.gaveBack(task, this.#now, this.#waitingCount > 0)
    task.leave()
    if (member.inFlight === 0) this.#meter.busyChanged(-1)
    this.#inFlight--
    if (task.kind === kind.stream) this.#leases--
  }

  #refill(member: Member): void {
    while (this.#waitingCount > 0 && member.hasRoom) {
      const task = member.waiting.shift() ?? this.#waiting.shift()
      if (task === undefined) return
      this.#leftQueue()
      try {
        this.#give(task, member)
      } catch (error) {
        this.#carrier.remove(task)
        this.#giveUp(task, error)
      }
    }
  }

  /** It was not begun, or may be done again. */
  #again(task: Task): void {
    if (task.isAbandoned) return
    if (this.#over !== undefined) {
      this.#giveUp(task, this.#over.error)
      return
    }
    const { deadline } = task
    this.#carrier.add(task, deadline === Infinity ? Infinity : Math.max(0, deadline - this.#now()))
    this.#placeAgain(task, true)
  }

  #placeAgain(task: Task, isFirst = false): void {
    try {
      this.#place(task, isFirst)
    } catch (error) {
      this.#carrier.remove(task)
      this.#giveUp(task, error)
    }
  }

  #giveUp(task: Task, error: unknown): void {
    if (task.isAbandoned) return
    task.isAbandoned = true
    task.unlisten?.()
    task.giveUp(error)
  }

  #leaveQueue(task: Task): void {
    if (task.waitsIn === undefined) return
    task.waitsIn.remove(task as never)
    this.#leftQueue()
    this.#rest()
  }

  #leftQueue(): void {
    this.#waitingCount--
    this.#meter.waitingChanged(-1)
  }

  /** All that waits, in its order. */
  #takeWaiting(): Task[] {
    const taken: Task[] = []
    for (const queue of [...this.#members.map((member) => member.waiting), this.#waiting]) {
      let task: Task | undefined
      while ((task = queue.shift()) !== undefined) {
        taken.push(task)
        this.#leftQueue()
      }
    }
    return taken
  }

  readonly #bury = (task: Task, error: unknown): void => {
    const isLost = error instanceof ActorError && error.code === 'EHOSTDOWN'
    this.#carrier.bury(isLost ? 'host lost' : 'no such actor', this.address, task.method)
  }

  #rest(): void {
    if (this.isDone) for (const resolve of this.#whenDone.splice(0)) resolve()
    if (this.#isIdle()) for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  // The load, for a pool that is resized by it.

  #reportLoad(): void {
    const { reportMs } = this.#plan
    if (reportMs === 0 || this.#report !== undefined) return
    this.#report = new Report(() => {
      this.#report = undefined
      const load = this.#meter.report()
      this.#carrier.notify(this.address.host, 'pool.load', { pool: this.address, load })
      // The last report says that there is nothing.
      if (load.busy > 0 || !this.#meter.isIdle) this.#reportLoad()
    })
    this.#carrier.startTimeout(this.#report, reportMs)
  }
}

/** Where the answers of relayed messages go. */
export interface RelayOutlet {
  reply(envelope: Envelope, value: unknown): void
  fault(envelope: Envelope, error: unknown): void
  /** It is a dead letter. */
  refuse(envelope: Envelope, error: unknown): void
  play(envelope: Envelope, items: AsyncIterator<unknown>): void
}

class Report extends Timeout {
  readonly #act: () => void

  constructor(act: () => void) {
    super()
    this.#act = act
  }

  expire(): void {
    this.#act()
  }
}

const keyOf = ({ host, slot, generation }: Address): string => `${host}/${slot}.${generation}`
