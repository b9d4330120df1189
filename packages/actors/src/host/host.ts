import { expectDefinition, type ActorDefinition } from '../definition/definition.ts'
import type { SpawnOptions } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import type { PoolRef } from '../many/pool/pool.ts'
import { Pools } from '../many/pool/pools.ts'
import { RegistryHub, type RegistryHost } from '../many/registry/hub.ts'
import { TopicHub, type TopicHost } from '../many/topics/hub.ts'
import type { Gateway } from '../nodes/gateway.ts'
import { RemoteCaller } from '../nodes/remoteCaller.ts'
import { spawnArguments } from '../schema/checking.ts'
import { Aborts } from './aborts.ts'
import { addressLabel, PROGRAM, type Address } from './address.ts'
import { Answers } from './answers.ts'
import { Arrivals } from './arrivals.ts'
import { Asks, type Pending } from './asks.ts'
import type { Board } from './board.ts'
import { Calls } from './calls.ts'
import type { Blueprint, Cell } from './cell.ts'
import type { Clock } from './clock.ts'
import type { Down } from './down.ts'
import { serveDuties } from './duties.ts'
import { Errands } from './errands.ts'
import { Families, type Lost, type Parent } from './families.ts'
import { Happenings } from './happenings.ts'
import { hostDown } from './hostLoss.ts'
import { Life, type StopOptions } from './life.ts'
import type { Lanes, Mesh } from './mesh.ts'
import type { MessageHost } from './message.ts'
import type { MovesSnapshot } from './moves.ts'
import { Outcomes } from './outcomes.ts'
import { Performer } from './performer.ts'
import { Placement, type Places } from './placement.ts'
import type { Platform } from './platform.ts'
import { PoolsPort } from './poolsPort.ts'
import { Pressure } from './pressure.ts'
import { ActorHandle, type Call } from './ref.ts'
import { RefValues, type RefMaker } from './refValues.ts'
import { Replies } from './replies.ts'
import { Reporting, type ReportingHost } from './reporting.ts'
import { Services, type Service } from './services.ts'
import { Sources } from './sources.ts'
import { Stopping } from './stopping.ts'
import { Timeouts, type Timeout } from './timeouts.ts'
import { Waits } from './waits.ts'
import { Watches } from './watches.ts'
import { Whereabouts } from './whereabouts.ts'
import { Withdrawals } from './withdrawals.ts'

/** What a host that begins is told. */
export interface Welcome {
  readonly places: Places
  readonly lost: readonly Lost[]
  readonly moves: MovesSnapshot
}

/**
 * The runtime of one thread: it carries what its actors and its program say to actors anywhere, and
 * delivers what is for its own actors. Its parts do that; it makes them, and has what they all need.
 */
export class Host implements RefMaker, MessageHost, ReportingHost, TopicHost, RegistryHost {
  readonly number: number
  readonly timeouts: Timeouts
  /** What the program hears of this host. */
  readonly reporting: Reporting
  readonly happenings: Happenings
  /** Carries the calls of refs of this node's actors. */
  readonly calls: Calls
  /** Carries the calls of refs of other nodes' actors. */
  readonly remote = new RemoteCaller(this)
  /** The way to other nodes; in the program's host, once it is used. */
  gateway: Gateway | undefined
  readonly services: Services
  readonly whereabouts: Whereabouts
  readonly placement: Placement
  readonly aborts: Aborts
  readonly performer: Performer
  readonly life: Life
  readonly errands: Errands
  readonly stopping: Stopping
  readonly families: Families
  readonly watches: Watches
  readonly pressure: Pressure
  readonly replies: Replies
  readonly sources: Sources
  readonly waits: Waits
  readonly withdrawals: Withdrawals
  /** Pools that were made here, and those that are used here. */
  readonly pools: Pools
  readonly topics: TopicHub
  readonly registry: RegistryHub
  readonly #clock: Clock
  readonly #values: RefValues
  readonly #mesh: Mesh
  readonly #asks: Asks
  readonly #arrivals: Arrivals

  /** @param seat this host's on the board */
  constructor(number: number, platform: Platform, board: Board, seat: number) {
    const { clock } = platform
    this.number = number
    this.#clock = clock
    // Each part is made of those above it.
    const timeouts = new Timeouts(clock)
    const asks = new Asks(timeouts)
    const values = new RefValues(this, platform.encodesAlways)
    const mesh = platform.meshWith(values)
    this.timeouts = timeouts
    this.#asks = asks
    this.#values = values
    this.#mesh = mesh
    this.placement = new Placement(number, board, seat)
    this.aborts = new Aborts(this.placement)
    this.whereabouts = new Whereabouts(number, mesh, timeouts)
    this.happenings = new Happenings(this)
    this.stopping = new Stopping(this, clock)
    const answers = new Answers(asks, values, this.happenings)
    this.replies = new Replies(number, mesh, values, answers, this.happenings)
    this.sources = new Sources(number, this.replies)
    this.performer = new Performer(
      new Outcomes(this, mesh, this.replies, this.sources),
      platform.pacing,
    )
    this.errands = new Errands(this, this.performer, this.replies)
    this.life = new Life(this, this.performer, clock, board.seat(seat))
    this.pressure = new Pressure(number, mesh, this.life, this.replies, this.happenings)
    const { admission } = this.pressure
    this.withdrawals = new Withdrawals(this.life, this.sources, this, admission)
    this.waits = new Waits(
      number,
      clock,
      timeouts,
      asks,
      mesh,
      this.pressure.room,
      this.sources,
      this.withdrawals,
      (address) => this.nameOf(address),
    )
    this.services = new Services(number, mesh, asks, this.waits, this.whereabouts)
    this.#arrivals = new Arrivals(this, values, answers, this.replies)
    this.calls = new Calls(this, values, mesh, asks, this.waits, this.#arrivals)
    this.reporting = new Reporting(this)
    this.pools = new Pools(new PoolsPort(this, asks))
    this.topics = new TopicHub(this)
    this.registry = new RegistryHub(this)
    this.families = new Families(this, platform)
    this.watches = new Watches(this, this.life)
    serveDuties(this)
  }

  /** Receives from now on. */
  open(): void {
    this.#mesh.open(this.#arrivals.take, this.performer)
    this.reporting.open()
  }

  close(): void {
    this.whereabouts.close()
    this.registry.close()
    this.placement.close()
    this.#asks.failAll(() => new ActorError('ECLOSED'))
    this.timeouts.close()
    this.#mesh.close()
    this.reporting.events.close()
  }

  now(): number {
    return this.#clock.now()
  }

  // Other hosts.

  /** Answers requests of that name from other hosts; what it throws fails them. */
  serve(name: string, answer: Service): void {
    this.services.serve(name, answer)
  }

  /** Asks another host, or this one. @param way `users`: behind what actors there were sent before */
  request(host: number, name: string, body: unknown, way?: keyof Lanes): Promise<unknown> {
    return this.services.request(host, name, body, way)
  }

  /** Tells another host, or this one, what it does not answer. */
  notify(host: number, name: string, body: unknown): void {
    this.services.notify(host, name, body)
  }

  offer(host: number, name: string, body: unknown): boolean {
    return this.services.offer(host, name, body)
  }

  get peers(): readonly number[] {
    return [PROGRAM, ...this.placement.hosts].filter((host) => host !== this.number)
  }

  isGone(host: number): boolean {
    return this.whereabouts.isGone(host)
  }

  /** Where actors may be placed from now on. */
  placeAt(places: Places): void {
    this.placement.update(places)
    this.topics.peersChanged()
  }

  /** Where an actor of this definition is to run. */
  choosePlace(choice: SpawnOptions['host']): number | Promise<number> {
    const host =
      typeof choice === 'object' ? this.whereabouts.whereIs(choice.sameAs.address).host : choice
    if (host === 'least' && !this.placement.countsAll)
      return this.request(PROGRAM, 'least', undefined) as Promise<number>
    return this.placement.choose(host, (number) => this.isGone(number))
  }

  /** This host begins. */
  settleIn({ lost, moves, places }: Welcome): void {
    for (const one of lost) if (!this.whereabouts.isLost(one.host)) this.#cutOff(one)
    this.whereabouts.moves.restore(moves)
    this.placeAt(places)
  }

  /** A host has ended: whatever waits for it fails. */
  lose(lost: Lost): void {
    const { host } = lost
    if (this.whereabouts.isLost(host)) return
    this.whereabouts.moves.lose(host)
    this.#cutOff(lost)
    const addresses = this.families.lose(lost)
    this.notify(PROGRAM, 'awaits', { host, addresses })
  }

  /** Nothing goes to the host any more, and nothing comes. */
  #cutOff({ host, loss }: Lost): void {
    this.whereabouts.lose(host, loss)
    this.#mesh.forget(host)
    this.placement.remove(host)
    this.pools.lost(host)
    this.topics.lost(host)
    this.registry.lost(host)
    // What hosts ask of each other is of no actor.
    const why = ({ to, asked }: Pending) => hostDown(host, loss, to && asked)
    this.#asks.failAll(why, host)
    this.pressure.room.forget(host)
    this.reporting.forget(host)
    this.watches.lose(host)
  }

  // Its actors.

  /** Those that live here. */
  get actors(): number {
    return this.life.count
  }

  cellAt({ host, slot, generation }: Address): Cell | undefined {
    return host === this.number ? this.life.get(slot, generation) : undefined
  }

  addressOf({ slot, generation }: Cell): Address {
    return { host: this.number, slot, generation }
  }

  /** An actor as errors name it: by its path, if that is known here. */
  nameOf(address: Address): string {
    return this.cellAt(address)?.path ?? this.families.pathOf(address) ?? addressLabel(address)
  }

  /** Messages that wait for an actor of this host. */
  waitingFor(address: Address): number {
    return this.cellAt(address)?.mailbox.length ?? 0
  }

  /** @param parent an actor of this host; none: the program itself */
  spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    args: Args,
    parent?: Parent,
    { isFromOutside = false }: Call = {},
  ): Promise<ActorHandle<H>> {
    try {
      expectDefinition('spawn', definition)
      const checked = spawnArguments(definition, args, isFromOutside)
      // Without an asynchronous function, which makes a promise more for each.
      return checked instanceof Promise
        ? checked.then((given) => this.#spawn<H>(definition as never, given, parent))
        : Promise.resolve(this.#spawn<H>(definition as never, checked, parent))
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  #spawn<H>(
    definition: ActorDefinition,
    args: unknown[],
    parent: Parent | undefined,
  ): ActorHandle<H> | Promise<ActorHandle<H>> {
    const handleOf = (address: Address): ActorHandle<H> =>
      new ActorHandle(address, this.calls, parent?.cell)
    const address = this.families.spawn(definition, args, parent)
    return address instanceof Promise ? address.then(handleOf) : handleOf(address)
  }

  /** Makes an actor here. @throws what its factory throws */
  create(blueprint: Blueprint, incarnation: number): Address | Promise<Address> {
    const cell = this.life.create(blueprint, incarnation)
    const address = this.addressOf(cell)
    return cell.started === undefined ? address : cell.started.then(() => address)
  }

  whenSettled(address: Address): Promise<Address | undefined> {
    return this.whereabouts.whenSettled(address)
  }

  formerlyOf(address: Address): readonly Address[] {
    return this.cellAt(address)?.blueprint.formerly ?? []
  }

  /** Whether the actor is there. */
  async lives(actor: Address): Promise<boolean> {
    const address = this.whereabouts.whereIs(actor)
    if (this.isGone(address.host)) return false
    return (await this.request(address.host, 'lives', address)) as boolean
  }

  watch(actor: Address, watcher: (down: Down) => void): () => void {
    return this.watches.watch(actor, watcher)
  }

  /** Stops all actors. */
  async stopActors(options: StopOptions): Promise<void> {
    await this.life.stopAll(options)
    await this.reporting.drained()
  }

  /** What was delivered is handled now, as far as it can be. */
  settle(): void {
    this.performer.run()
  }

  // What its parts need.

  startTimeout(timeout: Timeout, lastsMs: number): void {
    this.timeouts.add(timeout, lastsMs)
  }

  stopTimeout(timeout: Timeout): void {
    this.timeouts.remove(timeout)
  }

  poolRefOf(address: Address): PoolRef {
    return this.pools.refOf(address)
  }

  /** Arguments as an actor has them: its own. */
  copyArgs(args: unknown[], owner?: Cell): unknown[] {
    const copied = this.#values.copyArguments(args)
    this.#values.adopt(owner)
    return copied
  }

  copyOf<T>(value: T): T {
    const copied = this.#values.copy(value) as T
    this.#values.adopt(undefined)
    return copied
  }
}
