import type { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import { OwnLink, RefLink, type Link, type TaskBoard } from './link.ts'
import { employer, type Trade } from './workerActor.ts'

/** What a farm needs of the system that it is part of. */
export interface Ground {
  /** Hosts that take actors; none: actors run in the calling thread. */
  readonly hosts: readonly number[]
  /** Whether more hosts are to come: some that are gone are being replaced. */
  readonly isExpecting: boolean
  spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>>
  readonly board: TaskBoard
  /** Ends a host's thread, wherever it is. */
  endHost(host: number): void
  /** Calls back whenever hosts have come or gone. @returns what ends that */
  onHosts(changed: () => void): () => void
}

/** Finds the workers of a farm. */
export interface Recruiter {
  /** How many workers the farm should have. */
  readonly wanted: number
  /** Whether there may be more to be had, although there are none now. */
  readonly isExpecting: boolean
  /** One more; undefined if there is nowhere to get it from. */
  recruit(): Promise<Link> | undefined
  /** The worker is gone. */
  left(link: Link): void
  endHost(host: number): void
  /** Calls back whenever there may be more workers to be had. */
  open(changed: () => void): void
  close(): void
}

/** Spawns workers, as many on each host as on the others. */
export class Spawner implements Recruiter {
  readonly wanted: number
  readonly #ground: Ground
  readonly #trade: Trade | undefined
  /** Workers by host, those that are being made as well. */
  readonly #places = new Map<number, number>()
  readonly #isHere: boolean
  /** Workers that a host gets as long as more hosts are to come. */
  readonly #share: number
  readonly #firstHost: number
  #close: (() => void) | undefined

  /**
   * @param wanted default: one for each host
   * @param firstHost the place among the hosts of the one that gets the first worker
   */
  constructor(ground: Ground, trade: Trade | undefined, wanted: number | undefined, firstHost = 0) {
    this.#ground = ground
    this.#trade = trade
    this.#isHere = ground.hosts.length === 0
    this.#firstHost = firstHost
    const hosts = Math.max(1, ground.hosts.length)
    this.wanted = wanted ?? hosts
    this.#share = Math.ceil(this.wanted / hosts)
  }

  get isExpecting(): boolean {
    return this.#ground.isExpecting
  }

  recruit(): Promise<Link> | undefined {
    if (this.#isHere) return this.#spawn('here')
    const host = this.#leastUsedHost()
    if (host === undefined) return undefined
    // One that has its share leaves the others to the host that replaces theirs.
    return this.isExpecting && this.#used(host) >= this.#share ? undefined : this.#spawnAt(host)
  }

  left({ host }: Link): void {
    if (host !== undefined) this.#count(host, -1)
  }

  endHost(host: number): void {
    if (!this.#isHere) this.#ground.endHost(host)
  }

  open(changed: () => void): void {
    this.#close = this.#ground.onHosts(changed)
  }

  close(): void {
    this.#close?.()
  }

  async #spawnAt(host: number): Promise<Link> {
    this.#count(host, 1)
    try {
      return await this.#spawn(host)
    } catch (error) {
      this.#count(host, -1)
      throw error
    }
  }

  async #spawn(host: number | 'here'): Promise<Link> {
    const here = employer.with({ host: 'here' })
    return OwnLink.by(await this.#ground.spawn(here, host, this.#trade), this.#ground.board)
  }

  #leastUsedHost(): number | undefined {
    const { hosts } = this.#ground
    let least: number | undefined
    for (let i = 0; i < hosts.length; i++) {
      const host = hosts[(this.#firstHost + i) % hosts.length]!
      if (least === undefined || this.#used(host) < this.#used(least)) least = host
    }
    return least
  }

  #used(host: number): number {
    return this.#places.get(host) ?? 0
  }

  #count(host: number, change: number): void {
    const workers = this.#used(host) + change
    if (workers === 0) this.#places.delete(host)
    else this.#places.set(host, workers)
  }
}

/** Takes actors that are there already. */
export class Gathering implements Recruiter {
  readonly isExpecting = false
  readonly #refs: ActorRef<never>[]
  #changed: (() => void) | undefined
  #working = 0

  constructor(refs: readonly ActorRef<never>[]) {
    this.#refs = [...refs]
  }

  get wanted(): number {
    return this.#working + this.#refs.length
  }

  /** One more can be had. @throws {ActorError} `ECLOSED` */
  offer(ref: ActorRef<never>): void {
    if (this.#changed === undefined) throw new ActorError('ECLOSED', 'The farm is closed')
    this.#refs.push(ref)
    this.#changed()
  }

  recruit(): Promise<Link> | undefined {
    const ref = this.#refs.shift()
    if (ref === undefined) return undefined
    this.#working++
    return Promise.resolve(new RefLink(ref))
  }

  left(): void {
    this.#working--
  }

  endHost(): void {
    // The hosts of others are not ours to end.
  }

  open(changed: () => void): void {
    this.#changed = changed
  }

  close(): void {
    this.#changed = undefined
  }
}
