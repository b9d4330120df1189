import type { Context } from '@ringpost/core'
import { loadDefinition, type ActorDefinition } from '../definition/definition.ts'
import type { SpawnOptions } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import type { PoolRef } from '../many/pool/pool.ts'
import { Pools, type PoolsHost } from '../many/pool/pools.ts'
import type { RelayOutlet } from '../many/pool/view.ts'
import { RegistryHub, type RegistryHost } from '../many/registry/hub.ts'
import { TopicHub, type TopicHost } from '../many/topics/hub.ts'
import { copyValue, type ValueContext } from '../values/index.ts'
import type { Gateway } from '../nodes/gateway.ts'
import { isGateway } from '../nodes/remoteAddress.ts'
import { RemoteCaller } from '../nodes/remoteCaller.ts'
import { publishFailure } from '../supervision/failures.ts'
import type { During } from '../supervision/options.ts'
import { nowhere, PROGRAM, type Address } from './address.ts'
import { Answer, Asks, type Asker, type Pending } from './asks.ts'
import type { Board, Seat } from './board.ts'
import type { Blueprint, Cell } from './cell.ts'
import { systemClock, type Clock } from './clock.ts'
import { bury, type DeadLetterReason } from './deadLetters.ts'
import type { Down, HostLoss } from './down.ts'
import { kind, type Envelope, type Kind, type Parcel } from './envelope.ts'
import { Families, type Lost, type Parent, type SpawnOrder } from './families.ts'
import { whenFound } from './finding.ts'
import { Gates } from './gates.ts'
import { hostDown, lostWith } from './hostLoss.ts'
import type { Incarnation } from './incarnation.ts'
import { Life, type StopOptions } from './life.ts'
import { lane, Mesh, type Lanes } from './mesh.ts'
import { Moves, type Awaited, type Move, type MovesSnapshot } from './moves.ts'
import { Performer, type Stage } from './performer.ts'
import { Placement, type Places } from './placement.ts'
import { Unreadable } from './record.ts'
import { ActorHandle, type ActorRef, type Caller, type RefOwner } from './ref.ts'
import { refsIn, type RefMaker } from './refValues.ts'
import { StreamReader, WINDOW, type Creditor } from './streamReader.ts'
import { StreamSource, type Outlet } from './streamSource.ts'
import { Timeouts, type Timeout } from './timeouts.ts'
import { Watches } from './watches.ts'

/** How long an ask waits unless it is told otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5000

/** Answers a request of another host; `id` is the request's name there. */
type Service = (body: never, from: number, id: number) => unknown

/** What a host that begins is told. */
export interface Welcome {
  readonly places: Places
  readonly lost: readonly Lost[]
  readonly moves: MovesSnapshot
}

/**
 * The runtime of one thread: it carries what its actors and its program say to actors anywhere, and
 * delivers what is for its own actors.
 */
export class Host
  implements Caller, Asker, Creditor, Stage, RefMaker, PoolsHost, TopicHost, RegistryHost
{
  readonly number: number
  /** Carries the calls of refs of other nodes' actors. */
  readonly remote = new RemoteCaller(this)
  /** The way to other nodes; in the program's host, once it is used. */
  gateway: Gateway | undefined
  readonly #clock: Clock = systemClock
  readonly #values: ValueContext
  readonly #mesh: Mesh
  readonly #gates = new Gates()
  readonly #timeouts = new Timeouts(this.#clock)
  readonly #asks = new Asks(this.#timeouts)
  readonly #performer = new Performer(this)
  readonly #life: Life
  readonly #placement: Placement
  readonly #moves = new Moves()
  /** Hosts that are gone, and why. */
  readonly #losses = new Map<number, HostLoss>()
  readonly watches: Watches
  readonly families: Families
  readonly #services = new Map<string, Service>()
  /** Pools that were made here, and those that are used here. */
  readonly pools: Pools
  readonly topics: TopicHub
  readonly registry: RegistryHub
  /** Generators that are read, by reader: its host and its name there. */
  readonly #sources = new Map<number, StreamSource>()
  #isClosed = false

  /** @param seat this host's on the board */
  constructor(system: string, number: number, context: Context, board: Board, seat: number) {
    this.number = number
    this.#values = refsIn(this)
    this.#mesh = new Mesh(system, number, context, this.#values)
    this.pools = new Pools(this)
    this.topics = new TopicHub(this)
    this.registry = new RegistryHub(this)
    this.#placement = new Placement(number, board, seat)
    this.#life = new Life(this, this.#performer, this.#clock, board.seat(seat))
    this.families = new Families(this, this.#clock)
    this.watches = new Watches(this, this.#life)
    this.serve('spawn', (order: SpawnOrder) => this.#spawnFor(order))
    this.serve('stop', ({ actor, options }: { actor: Address; options: StopOptions }) =>
      this.#life.stop(actor.slot, actor.generation, options),
    )
    this.serve('halt', ({ slot, generation, error }: Address & { error: unknown }) =>
      this.#life.halt(slot, generation, error),
    )
    this.serve('restart', ({ slot, generation, incarnation }: Address & { incarnation: number }) =>
      this.#life.restart(slot, generation, incarnation),
    )
    this.serve('resume', ({ slot, generation }: Address) => this.#life.resume(slot, generation))
    this.serve('fail', ({ slot, generation, error }: Address & { error: unknown }) => {
      const cell = this.#life.get(slot, generation)
      if (cell !== undefined) void this.#life.finish(cell, { reason: 'failed', error })
    })
    this.serve('lives', (actor: Address) => this.cellAt(actor) !== undefined)
    this.serve('places', (places: Places) => this.placeAt(places))
    this.serve('welcome', (welcome: Welcome) => this.#settleIn(welcome))
    this.serve('lost', (lost: Lost) => this.lose(lost))
    this.serve('awaited', (awaited: Awaited) => this.#moves.expect(awaited))
    this.serve('settled', (lost: number) => this.#moves.settle(lost))
    this.serve('moved', (move: Move) => this.#moves.add(move))
    this.serve('forget', (from: readonly Address[]) => this.#moves.remove(from))
  }

  /** Receives from now on. */
  open(): void {
    this.#mesh.open(this.#take, this.#performer.run)
  }

  /** Answers requests of that name from other hosts; what it throws fails them. */
  serve(name: string, answer: Service): void {
    this.#services.set(name, answer)
  }

  /** Actors that live here. */
  get actors(): number {
    return this.#life.count
  }

  get cells(): Iterable<Cell> {
    return this.#life
  }

  get moves(): Moves {
    return this.#moves
  }

  // What refs and programs call.

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    const address = this.whereIs(ref.address)
    const reason = this.#refusal(address)
    if (reason === undefined) return this.hand(kind.tell, address, method, args, 0, Infinity)
    bury(reason, address, method)
    return false
  }

  async send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void> {
    const address = this.whereIs(ref.address)
    if (this.#isAwaited(address)) {
      const { timeoutMs = Infinity, signal } = ref.options
      const copied = this.copyArgs(args)
      await this.#whenFound(address, timeoutMs, signal)
      await this.send(ref, method, copied)
      return
    }
    // TODO deadline and signal of options
    while (this.#refusal(address) === 'overflow') await this.#whenRoom(address)
    if (this.#refusal(address) !== undefined) throw this.#gone(address.host)
    this.hand(kind.tell, address, method, args, 0, Infinity)
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    if (this.#isAwaited(ref.address)) return this.#askLater(ref, method, args)
    const answer = new Answer(this.whereIs(ref.address).host, this)
    this.#begin(kind.ask, answer, ref, method, args)
    return answer.promise
  }

  stream(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    if (this.#isAwaited(ref.address)) return this.#streamLater(ref, method, this.copyArgs(args))
    const reader = new StreamReader(this.whereIs(ref.address).host, this)
    this.#begin(kind.stream, reader, ref, method, args)
    return reader
  }

  /** Settles when the actor is gone, also if it is being restarted elsewhere. */
  async stop(actor: Address, options: StopOptions = {}): Promise<void> {
    while (true) {
      if (this.#isAwaited(actor)) await this.#whenFound(actor, Infinity, undefined)
      const address = this.whereIs(actor)
      if (this.isGone(address.host)) return
      if (await this.stopAt(address, options)) return
    }
  }

  /** Stops an actor where it is. @returns false: its host was lost */
  async stopAt(address: Address, options: StopOptions): Promise<boolean> {
    const { drain = true, graceMs } = options
    const seat = this.#placement.seatOf(address.host)
    // Its handler sees that even if it leaves its thread no time for messages.
    if (!drain) seat?.abort(address.generation)
    const end = graceMs === undefined ? undefined : this.#endIn(graceMs, address, seat)
    try {
      await this.request(address.host, 'stop', { actor: address, options })
      return true
    } catch (error) {
      if (error instanceof ActorError && error.code === 'EHOSTDOWN') return false
      throw error
    } finally {
      end?.()
    }
  }

  /** Ends the thread of an actor that does not stop, after twice the time. @returns takes it back */
  #endIn(graceMs: number, actor: Address, seat: Seat | undefined): () => void {
    const clock = this.#clock
    let timer = clock.after(graceMs, () => {
      seat?.abort(actor.generation)
      timer = clock.after(graceMs, () => {
        if (actor.host !== this.number) this.notify(PROGRAM, 'terminate', actor)
      })
    })
    return () => clock.cancel(timer)
  }

  down(address: Address, signal: AbortSignal | undefined): Promise<Down> {
    return this.watches.down(address, signal)
  }

  watch(actor: Address, watcher: (down: Down) => void): () => void {
    return this.watches.watch(actor, watcher)
  }

  /** @param parent an actor of this host; none: the program itself */
  async spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    args: Args,
    parent?: Parent,
  ): Promise<ActorHandle<H>> {
    const address = await this.families.spawn(definition as never, args, parent)
    return new ActorHandle(address, this)
  }

  /** Makes an actor here. @throws what its factory throws */
  create(blueprint: Blueprint, incarnation: number): Address | Promise<Address> {
    const cell = this.#life.create(blueprint, incarnation)
    const address = this.addressOf(cell)
    return cell.started === undefined ? address : cell.started.then(() => address)
  }

  /** Calls a function in the actor's turn, unless it has begun another life by then. */
  invoke(cell: Cell, incarnation: Incarnation, call: () => unknown): void {
    if (incarnation.isOver) return
    const body = (): unknown => (incarnation.isOver ? undefined : call())
    const { slot, generation } = cell
    const from = this.number
    cell.mailbox.push({
      kind: kind.call,
      slot,
      generation,
      from,
      id: 0,
      deadline: Infinity,
      method: '',
      body,
    })
    this.#performer.wake(cell)
  }

  /** The actor has failed, not by its own handler. */
  fail(cell: Cell, error: unknown, during: During): void {
    this.#life.fail(cell, error, during)
  }

  /** Where an actor of this definition is to run. */
  choosePlace(choice: SpawnOptions['host']): number | Promise<number> {
    const host = typeof choice === 'object' ? this.whereIs(choice.sameAs.address).host : choice
    return this.#placement.choose(host, (number) => this.isGone(number))
  }

  /** Arguments as an actor has them: its own. */
  copyArgs(args: unknown[], owner?: Cell): unknown[] {
    if (args.every(isPrimitive)) return args
    return copyValue(args, owner === undefined ? this.#values : refsIn(this, owner)) as unknown[]
  }

  cellAt({ host, slot, generation }: Address): Cell | undefined {
    return host === this.number ? this.#life.get(slot, generation) : undefined
  }

  addressOf({ slot, generation }: Cell): Address {
    return { host: this.number, slot, generation }
  }

  /** Whether code that runs now for the actor should come to an end. */
  isAborted(cell: Cell): boolean {
    const seat = this.#placement.ownSeat
    seat.beat()
    return cell.isStopping || seat.isAborted(cell.generation)
  }

  /** Shows the host that the task with this mark should come to an end. */
  abortTask(host: number, mark: number): void {
    this.#placement.seatOf(host)?.abort(mark)
  }

  /** Whether a task that runs here should come to an end. */
  isTaskAborted(mark: number): boolean {
    const seat = this.#placement.ownSeat
    seat.beat()
    return seat.isAborted(mark)
  }

  /** Whether a message told now would be taken. */
  hasRoom(actor: Address): boolean {
    return this.#refusal(this.whereIs(actor)) === undefined
  }

  /** Whether the actor is there. */
  async lives(actor: Address): Promise<boolean> {
    const address = this.whereIs(actor)
    if (this.isGone(address.host)) return false
    return (await this.request(address.host, 'lives', address)) as boolean
  }

  /** What was delivered is handled now, as far as it can be. */
  settle(): void {
    this.#performer.run()
  }

  // What hosts ask of each other.

  /** Asks another host, or this one. */
  request(host: number, name: string, body: unknown): Promise<unknown> {
    if (host === this.number) return this.#serveOwn(name, body)
    return this.pose(host, name, body).promise
  }

  /** Asks another host what it may take long to answer. @returns what may be abandoned */
  pose(host: number, name: string, body: unknown): Answer {
    const answer = new Answer(host, this)
    if (this.#mesh.isGone(host)) {
      answer.fail(this.#gone(host))
      return answer
    }
    this.#asks.add(answer, Infinity)
    try {
      this.#post(host, lane.system, kind.request, name, answer.id, body)
    } catch (error) {
      this.#asks.remove(answer)
      answer.fail(error)
    }
    return answer
  }

  /** Tells another host, or this one, what it does not answer. */
  notify(host: number, name: string, body: unknown): void {
    if (host === this.number) this.#services.get(name)!(body as never, host, 0)
    else if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.notice, name, 0, body)
  }

  /** Where actors may be placed from now on. */
  placeAt(places: Places): void {
    this.#placement.update(places)
    this.topics.peersChanged()
  }

  isGone(host: number): boolean {
    return host !== this.number && this.#mesh.isGone(host)
  }

  hostDown(host: number): ActorError {
    return hostDown(host, this.#losses.get(host))
  }

  /** A host has ended: whatever waits for it fails. */
  lose(lost: Lost): void {
    const { host } = lost
    if (this.#losses.has(host)) return
    this.#moves.lose(host)
    this.#cutOff(lost)
    const addresses = this.families.lose(lost)
    this.notify(PROGRAM, 'awaits', { host, addresses })
  }

  /** Nothing goes to the host any more, and nothing comes. */
  #cutOff({ host, loss }: Lost): void {
    this.#losses.set(host, loss)
    this.#mesh.forget(host)
    this.#placement.remove(host)
    this.pools.lost(host)
    this.topics.lost(host)
    this.registry.lost(host)
    this.#asks.failAll(() => hostDown(host, loss), host)
    this.#gates.openAll(host)
    this.watches.lose(host)
  }

  /** Stops all actors. */
  stopActors(options: StopOptions): Promise<void> {
    return this.#life.stopAll(options)
  }

  close(): void {
    this.#isClosed = true
    this.registry.close()
    this.#placement.close()
    this.#moves.close()
    this.#asks.failAll(() => new ActorError('ECLOSED'))
    this.#timeouts.close()
    this.#mesh.close()
  }

  // What comes.

  readonly #take = (envelope: Envelope): void => {
    const { from, id, body } = envelope
    switch (envelope.kind) {
      case kind.tell:
      case kind.ask:
      case kind.stream:
        this.#deliver(envelope)
        break
      case kind.request:
        void this.#serve(envelope)
        break
      case kind.notice:
        this.#services.get(envelope.method)?.(body as never, from, id)
        break
      case kind.pause:
        this.#gates.close(from, envelope.generation)
        break
      case kind.resume:
        this.#gates.open(from, envelope.generation)
        break
      case kind.credit:
        this.#sources.get(sourceKey(from, id))?.credit(body as number)
        break
      case kind.cancel:
        void this.#sources.get(sourceKey(from, id))?.cancel()
        this.watches.cancel(from, id)
        this.gateway?.cancel(from, id)
        break
      default:
        this.#answer(envelope.kind, id, body)
    }
  }

  #deliver(envelope: Envelope): void {
    const cell = this.#life.get(envelope.slot, envelope.generation)
    if (cell === undefined) {
      this.#deliverElsewhere(envelope)
      return
    }
    if (envelope.body instanceof Unreadable) {
      this.refuse(envelope, envelope.body.error)
      return
    }
    if (cell.relay !== undefined) {
      cell.relay(envelope)
      return
    }
    cell.mailbox.push(envelope)
    if (cell.mailbox.length >= cell.limit) this.#press(cell, envelope.from)
    this.#performer.wake(cell)
  }

  /** No actor of this host is meant: one of another node may be. */
  #deliverElsewhere(envelope: Envelope): void {
    const { body } = envelope
    if (this.gateway === undefined || !isGateway(envelope))
      this.refuse(envelope, new ActorError('ENOACTOR'))
    else if (body instanceof Unreadable) this.refuse(envelope, body.error)
    else this.gateway.take(envelope)
  }

  /** What was asked of others has been answered. */
  #answer(how: Kind, id: number, body: unknown): void {
    const pending = this.#asks.get(id)
    if (pending === undefined) {
      bury('late reply', nowhere, '')
      return
    }
    if (body instanceof Unreadable) {
      this.abandon(pending, body.error)
      return
    }
    if (how === kind.item) {
      pending.item(body)
      return
    }
    this.#asks.remove(pending)
    if (how === kind.reply) pending.settle(body)
    else if (how === kind.end) pending.end()
    else if (how === kind.refusal) pending.refuse(body)
    else pending.fail(body)
  }

  async #serve({ method, from, id, body }: Envelope): Promise<void> {
    try {
      if (body instanceof Unreadable) throw body.error
      const value = await this.#serveOwn(method, body, from, id)
      if (!this.#mesh.isGone(from)) this.#post(from, lane.system, kind.reply, '', id, value)
    } catch (error) {
      if (!this.#mesh.isGone(from)) this.#post(from, lane.system, kind.failure, '', id, error)
    }
  }

  async #serveOwn(name: string, body: unknown, from = this.number, id = 0): Promise<unknown> {
    return this.#services.get(name)!(body as never, from, id)
  }

  async #spawnFor(order: SpawnOrder): Promise<Address> {
    const { url, name, args, options, family, childName, id, incarnation, formerly } = order
    const definition = (await loadDefinition(url, name)).with(options)
    const blueprint: Blueprint = { definition, args, family, name: childName, id, formerly }
    return await this.create(blueprint, incarnation)
  }

  /** What became of an actor whose watch has failed. */
  downWith(host: number, error: unknown): Down {
    const loss = this.#losses.get(host)
    if (loss !== undefined) return lostWith(host, loss)
    // All that there was has stopped with the system.
    if (this.#isClosed) return { reason: 'stopped' }
    return { reason: 'failed', error }
  }

  /** This host begins. */
  #settleIn({ lost, moves, places }: Welcome): void {
    for (const one of lost) if (!this.#losses.has(one.host)) this.#cutOff(one)
    this.#moves.restore(moves)
    this.placeAt(places)
  }

  // What the performance leads to.

  now(): number {
    return this.#clock.now()
  }

  reply({ from, id }: Envelope, value: unknown): void {
    this.#respond(kind.reply, from, id, value)
  }

  refuse(envelope: Envelope, error: unknown): void {
    if (envelope.kind === kind.call) return
    const { from, id, body } = envelope
    if (id !== 0)
      if (error instanceof ActorError && error.code === 'ENOACTOR')
        this.#respond(kind.refusal, from, id, body)
      else this.#respond(kind.failure, from, id, error)
    bury(reasonOf(error), { host: this.number, ...envelope }, envelope.method)
  }

  failed(cell: Cell, envelope: Envelope, error: unknown): void {
    if (envelope.id !== 0) this.#respond(kind.failure, envelope.from, envelope.id, error)
    if (envelope.kind === kind.tell || envelope.kind === kind.call) {
      this.#life.fail(cell, error, 'message')
      return
    }
    if (cell.blueprint.family.tellsAsks) this.#life.fail(cell, error, 'ask')
  }

  canStop(cell: Cell): void {
    void this.#life.finish(cell, { reason: 'stopped' })
  }

  play(cell: Cell, envelope: Envelope, items: Iterator<unknown> | AsyncIterator<unknown>): void {
    this.pour(envelope, items, (cell.streams ??= new Map<StreamSource, Outlet>()))
  }

  /** Whoever asked is told, and the message is no dead letter. */
  answerFailure({ from, id }: Envelope, error: unknown): void {
    this.#respond(kind.failure, from, id, error)
  }

  /**
   * Items go to whoever asked for a stream, as far as the credit goes.
   *
   * @param streams those of the same owner, which this one is among until it ends
   */
  pour(
    { from, id }: Envelope,
    items: Iterator<unknown> | AsyncIterator<unknown>,
    streams: Map<StreamSource, Outlet>,
  ): void {
    const key = sourceKey(from, id)
    const outlet = {
      item: (value: unknown) => this.#respond(kind.item, from, id, value),
      end: () => this.#respond(kind.end, from, id, undefined),
      fail: (error: unknown) => this.#respond(kind.failure, from, id, error),
    }
    const source = new StreamSource(items, WINDOW, outlet, () => {
      this.#sources.delete(key)
      streams.delete(source)
    })
    this.#sources.set(key, source)
    streams.set(source, outlet)
    void source.run()
  }

  /** The actor's generators end, and their readers have the error. */
  endStreams(cell: Cell, error: ActorError): void {
    for (const [source, outlet] of cell.streams ?? []) {
      outlet.fail(error)
      source.cancel().catch((thrown: unknown) => {
        publishFailure({ path: cell.path, error: thrown, during: 'hook', directive: undefined })
      })
    }
  }

  rested(): void {
    this.#mesh.flush()
  }

  relieved(cell: Cell): void {
    for (const host of cell.paused ?? [])
      if (host === this.number) this.#gates.open(host, cell.generation)
      else this.#postFor(host, kind.resume, cell)
    cell.paused = undefined
  }

  stopSoon(cell: Cell): void {
    cell.isStopping = true
    this.#performer.wake(cell)
  }

  // What waits.

  abandon(pending: Pending, error: unknown): void {
    if (!this.#asks.remove(pending)) return
    this.cancel(pending)
    if (error !== undefined) pending.fail(error)
  }

  credit({ host, id }: StreamReader, items: number): void {
    if (host === this.number) this.#sources.get(sourceKey(host, id))?.credit(items)
    else if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.credit, '', id, items)
  }

  #begin(how: Kind, pending: Pending, ref: ActorRef<never>, method: string, args: unknown[]): void {
    const { options, owner } = ref
    const address = this.whereIs(ref.address)
    const { signal } = options
    if (signal?.aborted === true) {
      pending.fail(signal.reason)
      return
    }
    const refusal = this.#refusal(address)
    if (refusal !== undefined && refusal !== 'overflow') {
      pending.fail(this.#gone(address.host))
      return
    }
    this.#asks.add(pending, options.timeoutMs ?? this.timeLeft(owner?.deadline))
    try {
      this.hand(how, address, method, args, pending.id, pending.deadline)
    } catch (error) {
      this.#asks.remove(pending)
      pending.fail(error)
    }
  }

  /** What an ask may take, in milliseconds, where its deadline is inherited. */
  timeLeft(deadline = Infinity): number {
    if (deadline === Infinity) return DEFAULT_TIMEOUT_MS
    return Math.max(0, deadline - this.#clock.now())
  }

  // What pools need.

  get places(): readonly number[] {
    return this.#placement.hosts
  }

  poolRefOf(address: Address, owner?: RefOwner): PoolRef {
    return this.pools.refOf(address, owner)
  }

  isBlocked(address: Address): boolean {
    return this.#refusal(address) !== undefined
  }

  add(pending: Pending, timeoutMs: number): void {
    this.#asks.add(pending, timeoutMs)
  }

  remove(pending: Pending): boolean {
    return this.#asks.remove(pending)
  }

  startTimeout(timeout: Timeout, lastsMs: number): void {
    this.#timeouts.add(timeout, lastsMs)
  }

  stopTimeout(timeout: Timeout): void {
    this.#timeouts.remove(timeout)
  }

  /** Tells the host that has it that nobody waits for it. */
  cancel({ host, id }: Pending): void {
    if (host === this.number) void this.#sources.get(sourceKey(host, id))?.cancel()
    else if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.cancel, '', id, undefined)
  }

  readonly bury = bury

  relayFor(address: Address, relay: (envelope: Envelope) => void): void {
    const cell = this.cellAt(address)
    if (cell !== undefined) cell.relay = relay
  }

  outletOf(address: Address): RelayOutlet {
    return {
      reply: (envelope, value) => this.reply(envelope, value),
      fault: ({ from, id }, error) => this.#respond(kind.failure, from, id, error),
      play: (envelope, items) => {
        const cell = this.cellAt(address)
        if (cell !== undefined) this.play(cell, envelope, items)
      },
    }
  }

  // What topics and the registry need.

  get peers(): readonly number[] {
    return [PROGRAM, ...this.#placement.hosts].filter((host) => host !== this.number)
  }

  /** A notice among the messages of actors. @returns false: the host does not keep up */
  offer(host: number, name: string, body: unknown): boolean {
    if (this.isGone(host) || this.#mesh.to(host).users.isFull) return false
    this.#post(host, lane.users, kind.notice, name, 0, body)
    return true
  }

  copyOf(value: unknown): unknown {
    return copyValue(value, this.#values)
  }

  // How things get there.

  /** Puts a message where the actor is. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  hand(
    how: Kind,
    { host, slot, generation }: Address,
    method: string,
    args: unknown[],
    id: number,
    deadline: number,
  ): boolean {
    if (host === this.number) {
      const body = copyValue(args, this.#values)
      this.#deliver({ kind: how, slot, generation, from: host, id, deadline, method, body })
    } else {
      const parcel: Parcel = { kind: how, slot, generation, id, deadline, method, body: args }
      this.#mesh.post(host, lane.users, parcel)
    }
    return true
  }

  #respond(how: Kind, to: number, id: number, value: unknown): void {
    if (to === this.number) {
      const isOwn = how === kind.failure || how === kind.refusal
      this.#answer(how, id, isOwn ? value : copyValue(value, this.#values))
      return
    }
    if (this.#mesh.isGone(to)) return
    try {
      this.#post(to, lane.users, how, '', id, value)
    } catch (error) {
      this.#post(to, lane.users, kind.failure, '', id, error)
    }
  }

  #post(
    host: number,
    way: keyof Lanes,
    how: Kind,
    method: string,
    id: number,
    body: unknown,
  ): void {
    const parcel = { kind: how, slot: 0, generation: 0, id, deadline: Infinity, method, body }
    this.#mesh.post(host, way, parcel)
  }

  #postFor(host: number, how: Kind, { slot, generation }: Cell): void {
    if (this.#mesh.isGone(host)) return
    const parcel = {
      kind: how,
      slot,
      generation,
      id: 0,
      deadline: Infinity,
      method: '',
      body: undefined,
    }
    this.#mesh.post(host, lane.system, parcel)
  }

  #press(cell: Cell, host: number): void {
    if (cell.paused?.has(host) === true) return
    ;(cell.paused ??= new Set()).add(host)
    if (host === this.number) this.#gates.close(host, cell.generation)
    else this.#postFor(host, kind.pause, cell)
  }

  /** Why a message should not be handed over now. */
  #refusal(address: Address): DeadLetterReason | undefined {
    const { host } = address
    if (this.#isClosed) return 'host lost'
    if (host !== this.number) {
      if (this.#mesh.isGone(host)) return 'host lost'
      if (this.#mesh.to(host).users.isFull) return 'overflow'
    }
    return this.#gates.isClosed(address) ? 'overflow' : undefined
  }

  #gone(host: number): ActorError {
    return this.#isClosed ? new ActorError('ECLOSED') : this.hostDown(host)
  }

  /** Where the actor is now: elsewhere, if its host was lost and it was restarted. */
  whereIs(address: Address): Address {
    if (this.#moves.isQuiet || !this.isGone(address.host)) return address
    return this.#moves.find(address) ?? address
  }

  /** Whether the actor's host is gone, and it may be restarted elsewhere. */
  #isAwaited(address: Address): boolean {
    if (this.#moves.isQuiet || this.#isClosed || !this.isGone(address.host)) return false
    return this.#moves.isAwaited(address)
  }

  #whenFound(address: Address, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    return whenFound(this.#moves, this.#timeouts, address, timeoutMs, signal)
  }

  async #askLater(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    const { timeoutMs = this.timeLeft(ref.owner?.deadline), signal } = ref.options
    const deadline = this.#clock.now() + timeoutMs
    const copied = this.copyArgs(args)
    await this.#whenFound(ref.address, timeoutMs, signal)
    const left = Math.max(0, deadline - this.#clock.now())
    return await this.ask(ref.with({ timeoutMs: left }), method, copied)
  }

  async *#streamLater(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = ref.options
    await this.#whenFound(ref.address, timeoutMs, signal)
    yield* this.stream(ref, method, args)
  }

  async #whenRoom(address: Address): Promise<void> {
    if (this.#gates.isClosed(address)) await this.#gates.whenOpen(address)
    else await this.#mesh.to(address.host).users.whenRoom()
  }
}

const isPrimitive = (value: unknown): boolean =>
  value === undefined || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)

/** Names of what was asked are unique within the host that asked. */
const sourceKey = (host: number, id: number): number => host * 2 ** 32 + id

const reasons: Partial<Record<string, DeadLetterReason>> = {
  EEXPIRED: 'expired',
  EBADMSG: 'unreadable',
  EMSGSIZE: 'unreadable',
  EOVERFLOW: 'overflow',
}

const reasonOf = (error: unknown): DeadLetterReason =>
  (error instanceof ActorError && reasons[error.code]) || 'no such actor'
