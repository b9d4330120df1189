import type { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { Address } from '../host/address.ts'
import type { Family } from '../host/cell.ts'
import type { Clock } from '../host/clock.ts'
import { Child, type Failure } from './child.ts'
import { defaultPolicy, type Directive, type Policy } from './options.ts'
import { Restarts } from './restarts.ts'
import { concerned, directiveFor } from './strategy.ts'

/** What a supervisor's decisions lead to. */
export interface Orders {
  /** Ends what runs of the child, which may take so long; it waits with its mailbox. */
  halt(child: Child, graceMs: number): Promise<void>
  /** Runs its factory again: where it is, or on another host if its own is gone. */
  begin(child: Child, supervisor: Supervisor): Promise<void>
  /** It handles the next message. */
  resume(child: Child): void
  /** Ends it as failed. */
  fail(child: Child, error: unknown): void
  /** Ends it; at once, or after its mailbox. @param graceMs how long it may take; as long as it takes */
  stop(child: Child, drain: boolean, graceMs?: number): Promise<void>
  /** The parent fails with its child's error. False if there is nobody above to see to that. */
  escalate(error: unknown): boolean
  /** Nobody looks for it any more. */
  forget(child: Child): void
  /** What was decided, for those who want to know. */
  report(path: string, failure: Failure, directive: Directive): void
}

/** Of children that were spawned in this thread: those of a parent's former life may outlast it. */
let ids = 0

/**
 * The children of one actor in one of its lives, or of the program: knows them, and decides what
 * becomes of those that fail.
 */
export class Supervisor implements Family {
  readonly address: Address
  readonly path: string
  readonly #orders: Orders
  readonly #clock: Clock
  readonly #random: () => number
  readonly #children = new Map<string, Child>()
  readonly #delays = new Set<() => void>()
  #policy: Policy = defaultPolicy
  #names = 0
  /** Whether a child was ever given a name, which may be a number that would be another's. */
  #hasGivenNames = false
  #isClosed = false

  /**
   * @param address of the parent: nowhere for the program
   * @param path of the parent: `''` for the program
   * @param random from 0 to 1, for the jitter of backoffs
   */
  constructor(address: Address, path: string, orders: Orders, clock: Clock, random: () => number) {
    this.address = address
    this.path = path
    this.#orders = orders
    this.#clock = clock
    this.#random = random
  }

  get policy(): Policy {
    return this.#policy
  }

  set policy(policy: Policy) {
    this.#policy = policy
  }

  get tellsAsks(): boolean {
    return this.#policy.decide !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  [Symbol.iterator](): Iterator<Child> {
    return this.#children.values()
  }

  /**
   * A child is about to begin: its name is taken from now on.
   *
   * @throws {ActorError} `EEXIST`; `ESTOPPED`: the parent is ending
   */
  admit(definition: ActorDefinition, args: unknown[]): Child {
    if (this.#isClosed) throw new ActorError('ESTOPPED', 'An actor that ends spawns no more')
    const name = definition.options.name ?? this.#nextName()
    if (definition.options.name !== undefined) {
      this.#hasGivenNames = true
      if (this.#children.has(name))
        throw new ActorError('EEXIST', `${this.path}/${name} exists already`)
    }
    const child = new Child(this, ++ids, name, definition, args)
    this.#children.set(name, child)
    return child
  }

  /** The child has begun for the first time. */
  began(child: Child, address: Address): void {
    child.address ??= address
    child.isBusy = false
    this.#deal(child)
  }

  find(name: string, id: number): Child | undefined {
    const child = this.#children.get(name)
    return child?.id === id ? child : undefined
  }

  /** The child is no more. */
  ended(child: Child): void {
    if (this.#children.get(child.name) !== child) return
    this.#children.delete(child.name)
    if (child.formerly !== undefined || child.isLost) this.#orders.forget(child)
  }

  /** A child has failed, and waits for what is decided. */
  failed(child: Child, failure: Failure): void {
    if (this.#isClosed) {
      this.#orders.fail(child, failure.error)
      return
    }
    // It has been restarted since.
    if (failure.incarnation !== child.incarnation) return
    child.failure = failure
    this.#deal(child)
  }

  /** The child's host is gone. */
  lost(child: Child, error: unknown): void {
    if (child.isLost) return
    child.isLost = true
    if (this.#isClosed) this.ended(child)
    // What is under way for it fails, or finds that it is lost.
    else if (!child.isBusy)
      this.failed(child, { error, during: 'host', incarnation: child.incarnation })
  }

  /** The parent goes on although it failed with a child's error: so do its children. */
  resume(): void {
    for (const child of this.#children.values()) {
      if (!child.isEscalated || child.failure === undefined) continue
      child.isEscalated = false
      const { during } = child.failure
      if (during === 'start' || child.isLost) void this.#restart([child], 0)
      else this.#resume(child)
    }
  }

  /** The parent ends: no child is restarted, and all are stopped. */
  async close(drain: boolean): Promise<void> {
    this.#isClosed = true
    for (const end of this.#delays) end()
    const children = [...this.#children.values()]
    if (this.#policy.strategy === 'one-for-one')
      await Promise.all(children.map((child) => this.#stop(child, drain)))
    else for (const child of children.toReversed()) await this.#stop(child, drain)
  }

  /** Nobody waits any more for those that have not ended: they may take so long. */
  leave(graceMs: number): void {
    for (const child of this.#children.values())
      if (child.address !== undefined && !child.isLost)
        this.#orders.stop(child, false, graceMs).catch(() => {
          // The system is closed, and all actors with it.
        })
  }

  async #stop(child: Child, drain: boolean): Promise<void> {
    // Who spawns it sees that it ends.
    if (child.address === undefined) return
    if (!child.isLost)
      await this.#orders.stop(child, drain && !child.isBusy && child.failure === undefined)
    this.ended(child)
  }

  /** Deals with the child's failure, unless it has to wait for what is under way. */
  #deal(child: Child): void {
    if (child.failure === undefined || child.isEscalated || this.#isClosed) return
    if (this.#mustWait(child)) return
    this.#decide(child, child.failure)
  }

  #mustWait(child: Child): boolean {
    if (child.isBusy) return true
    if (this.#policy.strategy === 'one-for-one') return false
    return [...this.#children.values()].some(
      ({ isBusy, address }) => isBusy && address !== undefined,
    )
  }

  #decide(child: Child, failure: Failure): void {
    const { error, during } = failure
    let directive: Directive
    let thrown: unknown = error
    const path = `${this.path}/${child.name}`
    try {
      directive = directiveFor(this.#policy, error, { name: child.name, path, during })
    } catch (mistake) {
      directive = 'escalate'
      thrown = mistake
    }
    if (directive === 'restart') {
      const delayMs = (child.restarts ??= new Restarts(this.#policy, this.#random)).next(
        this.#clock.now(),
      )
      if (delayMs !== undefined) {
        this.#orders.report(path, failure, directive)
        const all = [...this.#children.values()].filter(({ address }) => address !== undefined)
        void this.#restart(concerned(this.#policy.strategy, all, child), delayMs)
        return
      }
      directive = this.#policy.exceeded
    }
    this.#orders.report(path, failure, directive)
    if (directive === 'resume') this.#resume(child)
    else if (directive === 'stop') this.#fail(child, thrown)
    else this.#escalate(child, thrown)
  }

  #resume(child: Child): void {
    child.failure = undefined
    this.#orders.resume(child)
  }

  /** The child waits until it is known what becomes of its parent. */
  #escalate(child: Child, error: unknown): void {
    child.isEscalated = true
    if (this.#orders.escalate(error)) return
    child.isEscalated = false
    this.#fail(child, error)
  }

  #fail(child: Child, error: unknown): void {
    child.failure = undefined
    if (child.isLost) this.ended(child)
    else this.#orders.fail(child, error)
  }

  async #restart(children: readonly Child[], delayMs: number): Promise<void> {
    for (const child of children) child.isBusy = true
    for (const child of children.toReversed())
      if (!child.isLost && this.#isHere(child)) await this.#orders.halt(child, this.#policy.graceMs)
    await this.#delay(delayMs)
    for (const child of children) await this.#begin(child)
    for (const child of children) child.isBusy = false
    for (const child of this.#children.values()) this.#deal(child)
  }

  async #begin(child: Child): Promise<void> {
    if (this.#isClosed || !this.#isHere(child)) return
    const wasLost = child.isLost
    child.failure = undefined
    child.incarnation++
    const { incarnation } = child
    try {
      await this.#orders.begin(child, this)
      if (this.#isClosed) await this.#orders.stop(child, false)
    } catch (error) {
      const during = child.isLost && !wasLost ? 'host' : 'start'
      child.failure = { error, during, incarnation }
    }
  }

  #isHere(child: Child): boolean {
    return this.#children.get(child.name) === child
  }

  /** Settles after so many milliseconds, or when the parent ends. */
  #delay(delayMs: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        this.#delays.delete(end)
        this.#clock.cancel(timer)
        resolve()
      }
      const timer = this.#clock.after(delayMs, end)
      this.#delays.add(end)
    })
  }

  #nextName(): string {
    let name: string
    do name = String(++this.#names)
    while (this.#hasGivenNames && this.#children.has(name))
    return name
  }
}
