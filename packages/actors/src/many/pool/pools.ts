import { ActorDefinition, expectDefinition } from '../../definition/definition.ts'
import { ActorError } from '../../errors.ts'
import type { Address } from '../../host/address.ts'
import type { Down } from '../../host/down.ts'
import type { Envelope } from '../../host/envelope.ts'
import type { Parent } from '../../host/families.ts'
import type { StopOptions } from '../../host/life.ts'
import type { ActorRef, ActorHandle, RefOwner } from '../../host/ref.ts'
import type { Carrier } from './carrier.ts'
import type { Gathered, GatherOptions } from './gather.ts'
import { PoolKeeper, type KeeperHost } from './keeper.ts'
import type { Load } from './loadMeter.ts'
import { planOf, rangeOf, type PoolOptions } from './options.ts'
import { Pool, PoolRef, type PoolCaller } from './pool.ts'
import { PoolView, type RelayOutlet, type Seat } from './view.ts'

/** What the pools of a thread need of its host. */
export interface PoolsHost extends Carrier, KeeperHost {
  serve(name: string, answer: (body: never, from: number) => unknown): void
  spawn<H>(definition: ActorDefinition<[], H>, args: [], parent?: Parent): Promise<ActorHandle<H>>
  /** Messages to the actor itself go to `relay`. */
  relayFor(address: Address, relay: (envelope: Envelope, isFromOutside: boolean) => void): void
  outletOf(address: Address): RelayOutlet
}

/** A request to a host: whether what it has given to pools is done, once that is so. */
const DONE = 'pools.done'

/** The pools that a thread has made, and those that it uses. */
export class Pools implements PoolCaller {
  readonly #host: PoolsHost
  readonly #keepers = new Map<string, PoolKeeper>()
  readonly #views = new Map<string, PoolView>()

  constructor(host: PoolsHost) {
    this.#host = host
    host.serve('pool.join', (pool: Address, from) => this.#keeperOf(pool).join(from))
    host.serve('pool.resize', ({ pool, size }: { pool: Address; size: number }) =>
      this.#keeperOf(pool).resize(size),
    )
    host.serve('pool.load', ({ pool, load }: { pool: Address; load: Load }, from) =>
      this.#keepers.get(keyOf(pool))?.load(from, load),
    )
    host.serve('pool.members', ({ pool, members }: { pool: Address; members: Seat[] }) =>
      this.#views.get(keyOf(pool))?.update(members),
    )
    host.serve('pool.ended', (pool: Address) => this.#ended(pool, gone()))
    host.serve(DONE, () => this.#done())
  }

  /** @param parent an actor of this thread; none: the program itself */
  async spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    options: PoolOptions,
    args: Args,
    parent?: Parent,
  ): Promise<Pool<H>> {
    expectDefinition('pool', definition)
    const plan = planOf(options)
    const hosts = Math.max(1, this.#host.places.length)
    const range = rangeOf(options.size, hosts)
    const { replace = 'always', route, name } = options
    const blueprint = {
      // Members have numbers.
      definition: definition.unnamed() as never,
      args: this.#host.copyArgs(args),
      plan,
      range,
      replace,
    }
    let address: Address | undefined
    const tell = (view: number, members: readonly Seat[]): void => {
      if (address === undefined) return
      this.#host.notify(view, 'pool.members', { pool: address, members })
    }
    const keeper = new PoolKeeper(this.#host, blueprint, tell)
    const actor = new ActorDefinition<[], object>(import.meta.url, 'pool', keeper.begin, {
      host: 'here',
      ...(name === undefined ? {} : { name }),
    })
    ;({ address } = await this.#host.spawn(actor, [], parent))
    this.#keepers.set(keyOf(address), keeper)
    void this.#attend(address, keeper)
    const key = typeof route === 'object' ? route.hash : undefined
    const view = new PoolView(address, this.#host, key)
    this.#views.set(keyOf(address), view)
    const pool = new Pool<H>(address, this, parent?.cell)
    this.#host.relayFor(address, (envelope, isFromOutside) =>
      view.relay(envelope, isFromOutside, pool as never, this.#host.outletOf(pool.address)),
    )
    await view.join()
    return pool
  }

  /** A pool that was named in a message. */
  refOf(address: Address, owner?: RefOwner): PoolRef {
    return new PoolRef(address, this, owner)
  }

  /**
   * Settles when what these hosts have given to pools is done, and what members have given to pools meanwhile.
   *
   * @param isOver whether nobody waits for that any more
   */
  async whenDone(hosts: readonly number[], isOver: () => boolean): Promise<void> {
    let wereDone = false
    while (!wereDone && !isOver()) {
      const said = await Promise.all(hosts.map((host) => this.#isDoneAt(host)))
      wereDone = said.every(Boolean)
    }
  }

  async #isDoneAt(host: number): Promise<boolean> {
    try {
      return (await this.#host.request(host, DONE, undefined)) as boolean
    } catch (error) {
      // With a host ends what it has given.
      if (error instanceof ActorError && ['EHOSTDOWN', 'ECLOSED'].includes(error.code)) return true
      throw error
    }
  }

  /** The host is gone: its members do not get anything more, and its pools are no more. */
  lost(host: number): void {
    for (const keeper of this.#keepers.values()) keeper.lost(host)
    for (const view of this.#views.values()) {
      view.lost(host)
      if (view.address.host === host)
        this.#ended(
          view.address,
          new ActorError('EHOSTDOWN', `Host ${host}, which had made the pool, is gone`),
        )
    }
  }

  /** @returns whether all that this thread has given to pools was done already; settles when it is */
  async #done(): Promise<boolean> {
    const busy = [...this.#views.values()].filter((view) => !view.isDone)
    await Promise.all(busy.map((view) => view.whenDone()))
    return busy.length === 0
  }

  // What refs call.

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    return this.#viewOf(ref).tell(ref, method, args)
  }

  send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void> {
    return this.#viewOf(ref).send(ref, method, args)
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    return this.#viewOf(ref).ask(ref, method, args)
  }

  stream(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    return this.#viewOf(ref).stream(ref, method, args)
  }

  broadcast(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    return this.#viewOf(ref).tellAll(method, args)
  }

  gather(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
    options: GatherOptions,
  ): Promise<Gathered> {
    return this.#viewOf(ref).gather(ref, method, args, options)
  }

  async resize(pool: Address, size: number): Promise<void> {
    await this.#host.request(pool.host, 'pool.resize', { pool, size })
  }

  async stop(pool: Address, options: StopOptions): Promise<void> {
    if (options.drain !== false) await this.#views.get(keyOf(pool))?.whenIdle()
    await this.#host.calls.stop(pool, options)
  }

  down(pool: Address, signal: AbortSignal | undefined): Promise<Down> {
    return this.#host.calls.down(pool, signal)
  }

  path(pool: Address): Promise<string> {
    return this.#host.calls.path(pool)
  }

  sizeOf(pool: Address): number {
    return this.#views.get(keyOf(pool))?.size ?? 0
  }

  #viewOf(ref: ActorRef<never>): PoolView {
    const pool = ref as PoolRef<never>
    return (pool.view ??= this.#find(pool.address))
  }

  #find(address: Address): PoolView {
    const key = keyOf(address)
    let view = this.#views.get(key)
    if (view === undefined) {
      view = new PoolView(address, this.#host)
      this.#views.set(key, view)
      // Whoever waits is told by the view.
      view.join().catch((error: unknown) => this.#ended(address, error))
    }
    return view
  }

  #keeperOf(pool: Address): PoolKeeper {
    const keeper = this.#keepers.get(keyOf(pool))
    if (keeper === undefined) throw gone()
    return keeper
  }

  /** Until the pool ends. */
  async #attend(address: Address, keeper: PoolKeeper): Promise<void> {
    await this.#host.calls.down(address, undefined)
    this.#keepers.delete(keyOf(address))
    for (const view of keeper.views) this.#host.notify(view, 'pool.ended', address)
    this.#ended(address, gone())
  }

  #ended(pool: Address, error: unknown): void {
    const view = this.#views.get(keyOf(pool))
    this.#views.delete(keyOf(pool))
    view?.end(error)
  }
}

const gone = (): ActorError => new ActorError('ENOACTOR', 'The pool is no more')

const keyOf = ({ host, slot, generation }: Address): string => `${host}/${slot}.${generation}`
