import { ActorError } from '../../errors.ts'
import { expectRef, type ActorRef, type RefOwner } from '../../host/ref.ts'
import { checkOptions, type Kinds } from '../../options/checkOptions.ts'
import { abortSignal, milliseconds } from '../../options/kinds.ts'
import type { Latest } from '../latest.ts'
import { owned, type RegistryHub } from './hub.ts'
import { nameOf, type KeyLike } from './key.ts'

/** How long to wait for a name. */
export interface WaitOptions {
  /** In milliseconds. Default: no limit. */
  readonly timeoutMs?: number
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal
}

const waitKinds: Kinds<WaitOptions> = { timeoutMs: milliseconds(0), signal: abortSignal }

/** Calls back once, when whoever has the registry ends. @returns takes it back */
export type WhenOver = (act: () => void) => () => void

/**
 * Actors by name, for the whole system: a name is known to all threads as soon as `register` has settled.
 */
export class Registry {
  readonly #hub: RegistryHub
  readonly #owner: RefOwner | undefined
  readonly #whenOver: WhenOver | undefined

  /** @internal For an actor: who it is, and when it ends. */
  constructor(hub: RegistryHub, owner?: RefOwner, whenOver?: WhenOver) {
    this.#hub = hub
    this.#owner = owner
    this.#whenOver = whenOver
  }

  /**
   * Makes the actor known by a name that nobody else may have. The name is free again when the actor ends; one
   * that has ended leaves at once. If its host is lost and it begins anew on another, it keeps the name.
   *
   * @throws {ActorError} `EEXIST`: another actor or a group has it; `EINVAL`
   */
  async register<H>(key: KeyLike<H>, ref: ActorRef<H>): Promise<void> {
    expectRef('register', ref)
    await this.#hub.add(nameOf(key as KeyLike<never>), ref as never, true)
  }

  /**
   * Makes the actor a member of a group, of which all are known by the name, until it leaves or ends.
   *
   * @throws {ActorError} `EEXIST`: it is the name of one actor; `EINVAL`
   */
  async join<H>(key: KeyLike<H>, ref: ActorRef<H>): Promise<void> {
    expectRef('join', ref)
    await this.#hub.add(nameOf(key as KeyLike<never>), ref as never, false)
  }

  /** The actor is not known by the name any more. @returns whether it was */
  async unregister<H>(key: KeyLike<H>, ref: ActorRef<H>): Promise<boolean> {
    expectRef('unregister', ref)
    return await this.#hub.remove(nameOf(key as KeyLike<never>), ref as never)
  }

  /** The actor with that name, or the first of the group. */
  async find<H>(key: KeyLike<H>): Promise<ActorRef<H> | undefined> {
    return (await this.list(key))[0]
  }

  /** All that are known by the name, in the order in which they came. */
  async list<H>(key: KeyLike<H>): Promise<ActorRef<H>[]> {
    const refs = await this.#hub.list(nameOf(key as KeyLike<never>))
    return refs.map((ref) => owned(ref, this.#owner) as ActorRef as ActorRef<H>)
  }

  /**
   * The actor with that name, as soon as there is one.
   *
   * @throws {ActorError} `ETIMEDOUT`; `ESTOPPED`: the actor that waits has ended; and the reason of the signal
   */
  async waitFor<H>(key: KeyLike<H>, options: WaitOptions = {}): Promise<ActorRef<H>> {
    checkOptions('waitFor', options, waitKinds)
    const { timeoutMs = Infinity, signal } = options
    const listing = this.#watch(key, signal)
    const done = this.#hub.after(timeoutMs, () =>
      listing.end(
        new ActorError('ETIMEDOUT', `Nobody has the name ${nameOf(key as KeyLike<never>)}`),
      ),
    )
    try {
      for await (const [first] of listing) if (first !== undefined) return first
      throw new ActorError('ESTOPPED')
    } finally {
      done()
    }
  }

  /**
   * All that are known by the name: now, and after each change. A reader that is slow misses what was in
   * between. Ends by `break`, or by the signal, whose reason it throws.
   */
  watch<H>(
    key: KeyLike<H>,
    options: Pick<WaitOptions, 'signal'> = {},
  ): AsyncGenerator<readonly ActorRef<H>[], void, void> {
    checkOptions('watch', options, { signal: abortSignal })
    return this.#watch(key, options.signal)
  }

  #watch<H>(key: KeyLike<H>, signal?: AbortSignal): Latest<readonly ActorRef<H>[]> {
    const name = nameOf(key as KeyLike<never>)
    const forget = this.#whenOver?.(() => listing.end())
    const listing = this.#hub.watch<H>(name, signal, this.#owner, () => forget?.())
    return listing
  }
}
