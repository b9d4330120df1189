import type { InspectOptions } from 'node:util'
import { outline, show } from '@ringpost/core/internal'
import type { Handlers, HandlersOf, Tell } from '../../definition/types.ts'
import { addressLabel, type Address } from '../../host/address.ts'
import type { StopOptions } from '../../host/life.ts'
import {
  ActorRef,
  type Call,
  type CallOptions,
  type Caller,
  type RefOwner,
  stopKinds,
} from '../../host/ref.ts'
import { verbs, type VerbCaller } from '../../host/verbs.ts'
import { checkOptions } from '../../options/checkOptions.ts'
import { gatherKinds, type Gathered, type GatherOptions } from './gather.ts'
import type { PoolView } from './view.ts'

/** What carries a pool's calls. */
export interface PoolCaller extends Caller {
  broadcast(ref: ActorRef<never>, method: string, args: unknown[]): boolean
  gather(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
    options: GatherOptions,
  ): Promise<Gathered>
  resize(pool: Address, size: number): Promise<void>
  sizeOf(pool: Address): number
}

/** Asks all members; settles with what they say. */
export type Gather<H> = {
  readonly [K in keyof Tell<H>]: K extends keyof H
    ? H[K] extends (...args: infer Args) => infer R
      ? (...args: Args) => Promise<Gathered<Awaited<R>>>
      : never
    : never
}

/** Calls one of the ways to reach all members as a ref calls its actor. */
class ToAll implements Pick<VerbCaller, 'callTell' | 'callAsk'> {
  readonly #ref: ActorRef<never>
  readonly #caller: PoolCaller
  readonly #options: GatherOptions

  constructor(ref: ActorRef<never>, caller: PoolCaller, options: GatherOptions) {
    this.#ref = ref
    this.#caller = caller
    this.#options = options
  }

  callTell(method: string, args: unknown[]): boolean {
    return this.#caller.broadcast(this.#ref, method, args)
  }

  callAsk(method: string, args: unknown[]): Promise<unknown> {
    return this.#caller.gather(this.#ref, method, args, this.#options)
  }
}

/**
 * Names a pool, and reaches its members, wherever they run: what is told and asked goes to one of them, as the
 * pool's route says. It travels in messages as any ref does.
 */
export class PoolRef<H = Handlers> extends ActorRef<H> {
  /** @internal */
  readonly pools: PoolCaller
  /** @internal What this thread has of the pool, found when it is first used. */
  view: PoolView | undefined

  /** @internal */
  constructor(address: Address, pools: PoolCaller, owner?: RefOwner, options?: Call) {
    super(address, pools, owner, options)
    this.pools = pools
  }

  /** How many members this thread knows of; 0 until it has first used the pool. */
  get size(): number {
    return this.pools.sizeOf(this.address)
  }

  /** Tells all members, whatever the route: whether all of them took it. */
  get broadcast(): Tell<HandlersOf<H>> {
    return verbs.tell(this.#toAll({})) as never
  }

  /**
   * Asks all members, whatever the route; settles when `first` values have come, all have answered, or
   * the time is over, with values and errors in the order in which they came.
   *
   * @throws {ActorError} `EINVAL`: an option; and the reason of `options.signal`
   */
  gather(options: GatherOptions = {}): Gather<HandlersOf<H>> {
    checkOptions('gather', options, gatherKinds)
    return verbs.ask(this.#toAll(options)) as never
  }

  override with(options: CallOptions): PoolRef<H> {
    return super.with(options) as PoolRef<H>
  }

  /** @internal */
  override calledWith(options: Call): PoolRef<H> {
    const ref = new PoolRef<H>(this.address, this.pools, this.owner, {
      ...this.options,
      ...options,
    })
    ref.view = this.view
    return ref
  }

  /**
   * Changes how many members there are; settles when new ones have begun, and those who go have done what they
   * had. An elastic pool goes on from there.
   *
   * @throws {ActorError} `EINVAL`: the size; `ENOACTOR`: the pool is no more; and what the factory throws
   */
  resize(size: number): Promise<void> {
    return this.pools.resize(this.address, size)
  }

  /** @internal */
  override [show](depth: number, options: InspectOptions): string {
    const facts = { address: addressLabel(this.address), size: this.size, ...this.options }
    return outline(this, facts, depth, options)
  }

  /** Only told and asked: those are the verbs that reach all. */
  #toAll(options: GatherOptions): VerbCaller {
    return new ToAll(this as never, this.pools, options) as ToAll & VerbCaller
  }
}

/** A pool's ref of who made it: leaving its scope with `await using` stops the pool. */
export class Pool<H = Handlers> extends PoolRef<H> implements AsyncDisposable {
  /**
   * Stops all members, when what this thread has given to the pool is done; or at once, with
   * `drain: false`.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    checkOptions('stop', options, stopKinds)
    return this.pools.stop(this.address, options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
