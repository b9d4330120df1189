import { channel } from 'node:diagnostics_channel'
import type { ActorDefinition } from '../../definition/definition.ts'
import { ActorError } from '../../errors.ts'
import type { SpawnOptions } from '../../definition/spawnOptions.ts'
import type { ActorContext } from '../../host/actorContext.ts'
import type { Address } from '../../host/address.ts'
import type { Down } from '../../host/down.ts'
import type { ActorHandle } from '../../host/ref.ts'
import { Timeout } from '../../host/timeouts.ts'
import { Backoff } from './backoff.ts'
import type { Load } from './loadMeter.ts'
import type { PoolOptions, PoolPlan, SizeRange } from './options.ts'
import { Sizer } from './sizer.ts'
import type { PoolState, Seat } from './view.ts'

/** What the keeper of a pool needs of its host. */
export interface KeeperHost {
  now(): number
  /** Where members may be placed. */
  readonly places: readonly number[]
  watch(address: Address, watcher: (down: Down) => void): () => void
  startTimeout(timeout: Timeout, lastsMs: number): void
  stopTimeout(timeout: Timeout): void
}

/** What a pool is made of. */
export interface Blueprint {
  readonly definition: ActorDefinition<unknown[], object>
  readonly args: unknown[]
  readonly plan: PoolPlan
  readonly range: SizeRange
  readonly replace: NonNullable<PoolOptions['replace']>
}

/** Brings the members to a caller's thread. */
export type Tell = (view: number, members: readonly Seat[]) => void

/** A member, and what is known of those who sat there before. */
interface Sitting {
  readonly handle: ActorHandle<object>
  readonly backoff: Backoff
  isDismissed: boolean
}

/** Members that ended, and those that could not begin, are published here, if somebody subscribed. */
const events = channel('ringpost.actors.pool')

/**
 * The owner of a pool's members, who are its children: it spawns them, replaces those that end, and tells
 * all threads that use the pool who is there. It lives in the thread that made the pool. Messages do not pass
 * through it.
 */
export class PoolKeeper {
  readonly #host: KeeperHost
  readonly #blueprint: Blueprint
  readonly #tell: Tell
  readonly #views = new Set<number>()
  readonly #seats = new Map<number, Sitting>()
  /** Seats that are about to be taken. */
  readonly #awaited = new Set<number>()
  /** Members by host, those included that are about to be there. */
  readonly #placed = new Map<number, number>()
  readonly #waits = new Set<Wait>()
  readonly #sizer: Sizer
  #ctx!: ActorContext
  #size: number
  #again: Wait | undefined
  #isOver = false

  constructor(host: KeeperHost, blueprint: Blueprint, tell: Tell) {
    this.#host = host
    this.#blueprint = blueprint
    this.#tell = tell
    this.#sizer = new Sizer(blueprint.range)
    this.#size = blueprint.range.min
  }

  /** The factory of the keeper as an actor. */
  readonly begin = async (ctx: ActorContext): Promise<object> => {
    this.#ctx = ctx
    this.#isOver = false
    // A member that has failed restarts where it is. One that cannot, ends, and is replaced from here.
    ctx.supervise({
      decide: (_, { during }) => (during === 'host' ? 'stop' : undefined),
      exceeded: 'stop',
    })
    ctx.signal.addEventListener('abort', () => this.#end(), { once: true })
    try {
      await this.#fill()
    } catch (error) {
      this.#end()
      throw error
    }
    return {}
  }

  /** A caller's thread wants to know the pool, and to be told of changes. */
  join(view: number): PoolState {
    this.#views.add(view)
    return { plan: this.#blueprint.plan, members: this.#members() }
  }

  /** Settles when new members have begun, and those who go are gone. @throws {ActorError} `EINVAL` */
  async resize(size: number): Promise<void> {
    if (!Number.isInteger(size) || size < 1)
      throw new ActorError('EINVAL', `A pool cannot have ${String(size)} members`)
    this.#size = size
    await Promise.all([this.#fill(), this.#dismiss()])
  }

  /** How much work a caller's thread has. */
  load(view: number, load: Load): void {
    this.#sizer.report(view, load)
    this.#decide()
  }

  /** The host is gone, and the view there. Its members are known to be down. */
  lost(host: number): void {
    this.#views.delete(host)
    this.#sizer.forget(host)
  }

  get views(): Iterable<number> {
    return this.#views
  }

  #members(): Seat[] {
    const members: Seat[] = []
    for (const [seat, { handle, isDismissed }] of this.#seats)
      if (!isDismissed) members.push({ seat, address: handle.address })
    return members
  }

  #announce(): void {
    const members = this.#members()
    for (const view of this.#views) this.#tell(view, members)
  }

  #missing(): number[] {
    const missing: number[] = []
    for (let seat = 0; seat < this.#size; seat++)
      if (!this.#awaited.has(seat) && this.#seats.get(seat)?.isDismissed !== false)
        missing.push(seat)
    return missing
  }

  async #fill(): Promise<void> {
    await Promise.all(this.#missing().map((seat) => this.#spawn(seat, new Backoff())))
  }

  async #spawn(seat: number, backoff: Backoff): Promise<void> {
    const { definition, args } = this.#blueprint
    const place = this.#choosePlace()
    this.#awaited.add(seat)
    this.#count(place, 1)
    let handle: ActorHandle<object>
    try {
      handle = await this.#ctx.spawn(definition.with({ host: place }), ...args)
    } catch (error) {
      this.#count(place, -1)
      throw error
    } finally {
      this.#awaited.delete(seat)
    }
    backoff.began(this.#host.now())
    const sitting = { handle, backoff, isDismissed: false }
    this.#seats.set(seat, sitting)
    void this.#attend(seat, sitting, place)
    if (seat < this.#size) this.#announce()
    else await this.#dismiss()
  }

  /** The host that the definition names, or the one with the fewest members. */
  #choosePlace(): NonNullable<SpawnOptions['host']> {
    const { host } = this.#blueprint.definition.options
    if (host !== undefined) return host
    // Where there is none now, it is waited for.
    let best: number | 'least' = 'least'
    let fewest = Infinity
    for (const place of this.#host.places) {
      const count = this.#placed.get(place) ?? 0
      if (count >= fewest) continue
      best = place
      fewest = count
    }
    return best
  }

  #count(place: NonNullable<SpawnOptions['host']>, by: number): void {
    if (typeof place === 'number') this.#placed.set(place, (this.#placed.get(place) ?? 0) + by)
  }

  /** Until the member ends. */
  async #attend(
    seat: number,
    sitting: Sitting,
    place: NonNullable<SpawnOptions['host']>,
  ): Promise<void> {
    const { address } = sitting.handle
    const down = await new Promise<Down>((resolve) => this.#host.watch(address, resolve))
    this.#count(place, -1)
    if (this.#seats.get(seat) === sitting) this.#seats.delete(seat)
    if (this.#isOver || sitting.isDismissed) return
    if (events.hasSubscribers) events.publish({ event: 'member ended', seat, down })
    this.#announce()
    const { replace } = this.#blueprint
    if (replace === 'always' || (replace === 'failed' && down.reason !== 'stopped'))
      await this.#replace(seat, sitting.backoff)
    else if (this.#seats.size === 0 && this.#awaited.size === 0) this.#ctx.stop()
  }

  /** Spawns for a seat until it is taken. */
  async #replace(seat: number, backoff: Backoff): Promise<void> {
    this.#awaited.add(seat)
    while (true) {
      await this.#wait(backoff.ended(this.#host.now()))
      if (this.#isOver || seat >= this.#size) {
        this.#awaited.delete(seat)
        return
      }
      try {
        await this.#spawn(seat, backoff)
        return
      } catch (error) {
        this.#awaited.add(seat)
        if (events.hasSubscribers) events.publish({ event: 'member not replaced', seat, error })
      }
    }
  }

  /** Stops those for whom there is no seat any more, once no caller gives them messages. */
  async #dismiss(): Promise<void> {
    const leaving = [...this.#seats].filter(
      ([seat, { isDismissed }]) => seat >= this.#size && !isDismissed,
    )
    if (leaving.length === 0) return
    for (const [, sitting] of leaving) sitting.isDismissed = true
    this.#announce()
    await Promise.all(leaving.map(([, { handle }]) => handle.stop()))
  }

  #decide(): void {
    if (this.#again !== undefined) this.#forget(this.#again)
    this.#again = undefined
    if (this.#isOver) return
    const { size, againInMs } = this.#sizer.decide(this.#size, this.#host.now())
    if (againInMs !== undefined) this.#again = this.#after(againInMs, () => this.#decide())
    if (size < this.#size) {
      this.#size = size
      void this.#dismiss()
    } else if (size > this.#size) {
      this.#size = size
      for (const seat of this.#missing()) void this.#replace(seat, new Backoff())
    }
  }

  #wait(delayMs: number): Promise<void> {
    if (delayMs === 0) return Promise.resolve()
    return new Promise((resolve) => this.#after(delayMs, resolve))
  }

  #after(delayMs: number, act: () => void): Wait {
    const wait = new Wait(() => {
      this.#forget(wait)
      act()
    })
    this.#waits.add(wait)
    this.#host.startTimeout(wait, delayMs)
    return wait
  }

  #forget(wait: Wait): void {
    this.#host.stopTimeout(wait)
    this.#waits.delete(wait)
  }

  /** Who waits goes on, and finds that it is over. */
  #end(): void {
    this.#isOver = true
    for (const sitting of this.#seats.values()) sitting.isDismissed = true
    this.#seats.clear()
    for (const wait of this.#waits) wait.expire()
  }
}

/** A time that passes. */
class Wait extends Timeout {
  readonly #over: () => void

  constructor(over: () => void) {
    super()
    this.#over = over
  }

  expire(): void {
    this.#over()
  }
}
