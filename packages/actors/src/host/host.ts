import { loadDefinition, type ActorDefinition } from '../definition/definition.ts'
import type { Overflow } from '../definition/mailboxOptions.ts'
import type { SpawnOptions } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import type { ActorFailure } from '../supervision/failures.ts'
import type { PoolRef } from '../many/pool/pool.ts'
import { Pools, type PoolsHost } from '../many/pool/pools.ts'
import type { RelayOutlet } from '../many/pool/view.ts'
import { RegistryHub, type RegistryHost } from '../many/registry/hub.ts'
import { TopicHub, type TopicHost } from '../many/topics/hub.ts'
import type { Gateway } from '../nodes/gateway.ts'
import { isGateway } from '../nodes/remoteAddress.ts'
import { RemoteCaller } from '../nodes/remoteCaller.ts'
import type { During } from '../supervision/options.ts'
import { AbortableAnswer } from './abortableAnswer.ts'
import { PROGRAM, type Address } from './address.ts'
import { Admission, type Doorkeeper } from './admission.ts'
import { Answer, Asks, type Asker, type Pending } from './asks.ts'
import type { Board, Seat } from './board.ts'
import type { Blueprint, Cell } from './cell.ts'
import type { Clock } from './clock.ts'
import type { Down, HostLoss } from './down.ts'
import { kind, type Envelope, type Kind, type Parcel } from './envelope.ts'
import type { DeadLetterReason } from './events.ts'
import { Families, type Lost, type Parent, type SpawnOrder } from './families.ts'
import { whenFound } from './finding.ts'
import { hostDown, lostWith } from './hostLoss.ts'
import type { Incarnation } from './incarnation.ts'
import { Life, type StopOptions } from './life.ts'
import { lane, type Lanes, type Mesh } from './mesh.ts'
import { Message } from './message.ts'
import { Moves, type Awaited, type Move, type MovesSnapshot } from './moves.ts'
import { Performer, type Stage } from './performer.ts'
import { Placement, type Places } from './placement.ts'
import type { Platform } from './platform.ts'
import { Unreadable } from './record.ts'
import { ActorHandle, ActorRef, type Caller } from './ref.ts'
import { RefValues, type RefMaker } from './refValues.ts'
import { Reporting } from './reporting.ts'
import { Room } from './room.ts'
import { LOCAL_WINDOW, StreamReader, WINDOW, type Creditor } from './streamReader.ts'
import { StreamSource } from './streamSource.ts'
import type { TimerHost } from './timers.ts'
import { Timeouts, type Timeout } from './timeouts.ts'
import type { Turn } from './turn.ts'
import { Work } from './work.ts'
import { Watches } from './watches.ts'

/** How long an ask waits unless it is told otherwise, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 5000

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
  implements
    Caller,
    Asker,
    Creditor,
    Stage,
    Doorkeeper,
    RefMaker,
    PoolsHost,
    TopicHost,
    RegistryHost
{
  readonly number: number
  /** Carries the calls of refs of other nodes' actors. */
  readonly remote = new RemoteCaller(this)
  /** The way to other nodes; in the program's host, once it is used. */
  gateway: Gateway | undefined
  readonly timeouts: Timeouts
  /** What the program hears of this host. */
  readonly reporting: Reporting
  readonly #clock: Clock
  readonly #values: RefValues
  readonly #mesh: Mesh
  readonly #room: Room
  readonly #admission = new Admission(this)
  readonly #asks: Asks
  readonly #performer: Performer
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
  constructor(number: number, platform: Platform, board: Board, seat: number) {
    const { clock } = platform
    this.number = number
    this.#clock = clock
    this.timeouts = new Timeouts(clock)
    this.#asks = new Asks(this.timeouts)
    this.#performer = new Performer(this, platform.pacing)
    this.#values = new RefValues(this, platform.encodesAlways)
    this.#mesh = platform.meshWith(this.#values)
    this.#room = new Room(number, this.#mesh, (address) => this.#want(address))
    this.reporting = new Reporting(this)
    this.pools = new Pools(this)
    this.topics = new TopicHub(this)
    this.registry = new RegistryHub(this)
    this.#placement = new Placement(number, board, seat)
    this.#life = new Life(this, this.#performer, this.#clock, board.seat(seat))
    this.families = new Families(this, platform)
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
    this.reporting.open()
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

  /** Messages that wait for an actor of this host. */
  waitingFor(address: Address): number {
    return this.cellAt(address)?.mailbox.length ?? 0
  }

  get moves(): Moves {
    return this.#moves
  }

  // What refs and programs call.

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    const address = this.whereIs(ref.address)
    const reason = this.#refusal(address)
    if (reason === undefined) return this.hand(kind.tell, address, method, args, 0, Infinity)
    this.bury(reason, address, method)
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
    const { options } = ref
    options.signal?.throwIfAborted()
    const refusal = this.#refusal(address)
    if (refusal === undefined) this.hand(kind.tell, address, method, args, 0, Infinity)
    else if (refusal !== 'overflow') throw this.#gone(address.host)
    else if (this.#room.overflowOf(address) === 'drop-newest') this.bury(refusal, address, method)
    else {
      const answer = this.#answerOf(address, options.signal)
      this.#asks.add(answer, options.timeoutMs ?? Infinity)
      this.#hold(answer, address, options.signal, args, (copied) => {
        this.#asks.remove(answer)
        this.hand(kind.tell, address, method, copied, 0, Infinity)
        answer.settle(undefined)
      })
      await answer.promise
    }
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    if (this.#isAwaited(ref.address)) return this.#askLater(ref, method, args)
    const { options, owner } = ref
    const address = this.whereIs(ref.address)
    const answer = this.#answerOf(address, options.signal)
    this.#asks.add(answer, options.timeoutMs ?? this.timeLeft(owner?.deadline))
    this.#begin(kind.ask, answer, answer.deadline, address, ref, method, args)
    return answer.promise
  }

  stream(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    if (this.#isAwaited(ref.address)) return this.#streamLater(ref, method, this.copyArgs(args))
    const { options, owner } = ref
    const { signal, timeoutMs = Infinity } = options
    const address = this.whereIs(ref.address)
    const until = owner?.deadline ?? Infinity
    const window = address.host === this.number ? LOCAL_WINDOW : WINDOW
    const begin = (reader: StreamReader): void => {
      this.#asks.add(reader, Infinity)
      this.#begin(kind.stream, reader, until, address, ref, method, args)
    }
    return new StreamReader({ address, window, signal, timeoutMs, until, begin }, this)
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
    return new ActorHandle(address, this, parent?.cell)
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
    const run = (): unknown => (incarnation.isOver ? undefined : call())
    this.#performer.perform(cell, { name: 'watch', run })
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
    const copied = this.#values.copy(args) as unknown[]
    this.#values.adopt(owner)
    return copied
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
    this.#room.forget(host)
    this.reporting.forget(host)
    this.watches.lose(host)
  }

  /** Stops all actors. */
  async stopActors(options: StopOptions): Promise<void> {
    await this.#life.stopAll(options)
    await this.reporting.drained()
  }

  close(): void {
    this.#isClosed = true
    this.registry.close()
    this.#placement.close()
    this.#moves.close()
    this.#asks.failAll(() => new ActorError('ECLOSED'))
    this.timeouts.close()
    this.#mesh.close()
    this.reporting.events.close()
  }

  // What comes.

  readonly #take = (envelope: Envelope): void => {
    const { from, id, slot, generation, body } = envelope
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
        this.#room.close({ host: from, slot, generation }, body as Overflow)
        break
      case kind.resume:
        this.#room.open({ host: from, slot, generation }, body as number | undefined)
        break
      case kind.want:
        this.#wanted(from, slot, generation)
        break
      case kind.credit:
        this.#sources.get(sourceKey(from, id))?.credit(body as number)
        break
      case kind.cancel:
        this.#cancel(from, id, slot, generation)
        this.watches.cancel(from, id)
        this.gateway?.cancel(from, id)
        break
      default:
        this.#answer(envelope.kind, id, body, envelope)
    }
    // Whatever was read and not taken by an actor belongs to none.
    this.#values.adopt(undefined)
  }

  #deliver(envelope: Envelope): void {
    const cell = this.#life.get(envelope.slot, envelope.generation)
    this.#values.adopt(cell)
    if (cell === undefined) {
      this.#deliverElsewhere(envelope)
      return
    }
    if (envelope.body instanceof Unreadable) {
      this.refuse(envelope, envelope.body.error)
      return
    }
    if (cell.relay !== undefined) cell.relay(envelope)
    else if (this.#admission.admit(cell, envelope)) this.#performer.wake(cell)
  }

  /** No actor of this host is meant: one of another node may be. */
  #deliverElsewhere(envelope: Envelope): void {
    const { body } = envelope
    if (this.gateway === undefined || !isGateway(envelope))
      this.refuse(envelope, new ActorError('ENOACTOR'))
    else if (body instanceof Unreadable) this.refuse(envelope, body.error)
    else this.gateway.take(envelope)
  }

  /** What was asked of others has been answered. @param of says by whom */
  #answer(how: Kind, id: number, body: unknown, of: Envelope): void {
    const pending = this.#asks.get(id)
    this.#values.adopt(pending?.owner)
    if (pending === undefined) {
      const { from: host, slot, generation, method } = of
      // What was under way when a reader broke off is no letter to anybody.
      if (how < kind.item || how === kind.refusal)
        this.bury('late reply', { host, slot, generation }, method)
      return
    }
    if (body instanceof Unreadable) {
      pending.abandon(body.error)
      return
    }
    if (how === kind.item) {
      pending.item(body)
      return
    }
    if (how === kind.stall) {
      if (pending instanceof StreamReader) pending.stalled()
      return
    }
    this.#asks.remove(pending)
    if (how === kind.reply) pending.settle(body)
    else if (how === kind.end) pending.end()
    else if (how === kind.refusal) pending.refuse(body)
    else pending.fail(body)
  }

  /** Whoever asked does not wait any more. */
  #cancel(from: number, id: number, slot: number, generation: number): void {
    const source = this.#sources.get(sourceKey(from, id))
    if (source !== undefined) {
      source.cancel()
      return
    }
    const cell = this.#life.get(slot, generation)
    if (cell === undefined || cell.mailbox.remove(from, id) !== undefined) return
    const isIt = (envelope: Envelope | undefined): envelope is Envelope =>
      envelope?.id === id && envelope.from === from
    const stashed = cell.work?.stash.find(isIt)
    if (stashed !== undefined) cell.work!.unstash(stashed)
    const canceled = new ActorError('ECANCELED')
    if (isIt(cell.current)) (cell.message ??= new Message(cell.current, this)).withdraw(canceled)
    for (const message of cell.work?.handling ?? [])
      if (isIt(message.envelope)) message.withdraw(canceled)
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

  reply(envelope: Envelope, value: unknown): void {
    this.#respond(kind.reply, envelope, value)
  }

  refuse(envelope: Envelope, error: unknown): void {
    if (envelope.kind === kind.call) return
    if (envelope.id !== 0)
      if (error instanceof ActorError && error.code === 'ENOACTOR')
        this.#respond(kind.refusal, envelope, envelope.body)
      else this.#respond(kind.failure, envelope, error)
    this.bury(reasonOf(error), { host: this.number, ...envelope }, envelope.method)
  }

  failed(cell: Cell, envelope: Envelope, error: unknown): void {
    if (envelope.id !== 0) this.#respond(kind.failure, envelope, error)
    if (envelope.kind === kind.tell || envelope.kind === kind.call) {
      this.#life.fail(cell, error, 'message')
      return
    }
    if (cell.blueprint.family.tellsAsks) this.#life.fail(cell, error, 'ask')
  }

  canStop(cell: Cell): void {
    void this.#life.finish(cell, { reason: 'stopped' })
  }

  play(cell: Cell, message: Message, items: Iterator<unknown> | AsyncIterator<unknown>): void {
    const { sources } = (cell.work ??= new Work())
    this.#read(
      message,
      items,
      sources,
      (turn) => this.#performer.perform(cell, turn),
      (error) => this.failed(cell, message.envelope, error),
    )
  }

  /** Whoever asked is told, and the message is no dead letter. */
  answerFailure(envelope: Envelope, error: unknown): void {
    this.#respond(kind.failure, envelope, error)
  }

  /**
   * Items that come from elsewhere go to whoever asked for a stream, as far as the credit goes.
   *
   * @param sources those of the same owner, which this one is among until it ends
   */
  pour(
    envelope: Envelope,
    items: Iterator<unknown> | AsyncIterator<unknown>,
    sources = new Set<StreamSource>(),
  ): void {
    const soon = (turn: Turn): void => queueMicrotask(() => turn.run())
    this.#read(new Message(envelope, this), items, sources, soon, (error) =>
      this.answerFailure(envelope, error),
    )
  }

  #read(
    message: Message,
    items: Iterator<unknown> | AsyncIterator<unknown>,
    sources: Set<StreamSource>,
    schedule: (turn: Turn) => void,
    threw: (error: unknown) => void,
  ): void {
    const { envelope } = message
    const { from, id } = envelope
    const key = sourceKey(from, id)
    const window = from === this.number ? LOCAL_WINDOW : WINDOW
    const source = new StreamSource(message, items, window, {
      item: (value) => this.#item(envelope, value),
      end: () => this.#respond(kind.end, envelope, undefined),
      stall: () => this.#respond(kind.stall, envelope, undefined),
      fail: (error) => this.#respond(kind.failure, envelope, error),
      threw,
      schedule,
      ended: () => {
        this.#sources.delete(key)
        sources.delete(source)
      },
    })
    this.#sources.set(key, source)
    sources.add(source)
  }

  rested(): void {
    this.#mesh.flush()
  }

  relieved(cell: Cell): void {
    this.#admission.relieve(cell)
  }

  // Room in mailboxes: of this host's actors, and of others.

  pause(host: number, cell: Cell, overflow: Overflow): void {
    if (host === this.number) this.#room.close(this.addressOf(cell), overflow)
    else this.#postFor(host, lane.system, kind.pause, cell, overflow)
  }

  resume(host: number, actor: Omit<Address, 'host'>, messages: number | undefined): void {
    if (host === this.number) this.#room.open({ host, ...actor }, messages)
    else this.#postFor(host, lane.system, kind.resume, actor, messages)
  }

  /** More messages wait here than an actor has let go. */
  #want(address: Address): void {
    const { host, slot, generation } = address
    if (host === this.number) this.#wanted(host, slot, generation)
    // Behind those which have left, so that they are counted first.
    else this.#postFor(host, lane.users, kind.want, address, undefined)
  }

  /** More messages wait at that host than an actor has let go. */
  #wanted(host: number, slot: number, generation: number): void {
    const cell = this.#life.get(slot, generation)
    if (cell === undefined) this.resume(host, { slot, generation }, undefined)
    else this.#admission.want(cell, host)
  }

  // What actors do in their turn.

  /** What the timers of the actor need. */
  timerHost(cell: Cell): TimerHost {
    return {
      timeouts: this.timeouts,
      now: () => this.#clock.now(),
      perform: (turn: Turn) => this.#performer.perform(cell, turn),
    }
  }

  /** What the actor has put aside is what it handles next. */
  unstash(cell: Cell): void {
    for (const envelope of cell.work?.stash.splice(0).reverse() ?? [])
      try {
        cell.mailbox.unshift(envelope)
      } catch (error) {
        // The definition's `priority` has thrown.
        this.refuse(envelope, error)
      }
    this.#performer.wake(cell)
  }

  stopSoon(cell: Cell): void {
    cell.isStopping = true
    this.#performer.wake(cell)
  }

  // What waits.

  abandon(pending: Pending, error: unknown): void {
    if (!this.#asks.remove(pending)) return
    // Who had not even left has nobody to tell.
    if (!this.#room.withdraw(pending)) this.cancel(pending)
    if (error !== undefined) pending.fail(error)
  }

  /** Nobody waits for what another host was asked. */
  retract(answer: Pending): void {
    const { host, id } = answer
    if (this.#asks.remove(answer) && !this.isGone(host))
      this.#post(host, lane.system, kind.cancel, '', id, undefined)
  }

  credit({ host, id }: StreamReader, items: number): void {
    if (host === this.number) this.#sources.get(sourceKey(host, id))?.credit(items)
    else if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.credit, '', id, items)
  }

  await(reader: StreamReader): void {
    const { timeoutMs, until } = reader.reading
    const left = until === Infinity ? Infinity : Math.max(0, until - this.#clock.now())
    this.timeouts.add(reader, Math.min(timeoutMs, left))
  }

  relax(reader: StreamReader): void {
    this.timeouts.remove(reader)
  }

  #answerOf(address: Address, signal: AbortSignal | undefined): Answer {
    return signal === undefined
      ? new Answer(address.host, this)
      : new AbortableAnswer(address, this, signal)
  }

  /** It is among what is asked; what it asks leaves now, or when there is room. */
  #begin(
    how: Kind,
    pending: Pending,
    deadline: number,
    address: Address,
    { options: { signal }, owner }: ActorRef<never>,
    method: string,
    args: unknown[],
  ): void {
    const refusal = this.#refusal(address)
    pending.owner = owner
    if (refusal === 'overflow')
      this.#hold(pending, address, signal, args, (copied) =>
        this.hand(how, address, method, copied, pending.id, deadline),
      )
    else if (signal?.aborted === true) this.#giveUp(pending, signal.reason)
    else if (refusal !== undefined) this.#giveUp(pending, this.#gone(address.host))
    else
      try {
        this.hand(how, address, method, args, pending.id, deadline)
      } catch (error) {
        this.#giveUp(pending, error)
      }
  }

  /** It waits until there is room, if it may. @param leave may throw */
  #hold(
    pending: Pending,
    address: Address,
    signal: AbortSignal | undefined,
    args: unknown[],
    leave: (copied: unknown[]) => void,
  ): void {
    try {
      signal?.throwIfAborted()
      if (this.#room.overflowOf(address) !== 'wait') throw new ActorError('EOVERFLOW')
      const copied = this.copyArgs(args)
      this.#room.wait(pending, address, () => {
        try {
          leave(copied)
        } catch (error) {
          this.#giveUp(pending, error)
        }
      })
    } catch (error) {
      this.#giveUp(pending, error)
    }
  }

  /** It was never handed over. */
  #giveUp(pending: Pending, error: unknown): void {
    this.#asks.remove(pending)
    pending.fail(error)
  }

  /** The actor is told that nobody waits for its answer. */
  #withdraw({ host, slot, generation }: Address, id: number): void {
    if (host === this.number) this.#cancel(host, id, slot, generation)
    else if (!this.#mesh.isGone(host)) {
      const parcel = { slot, generation, id, deadline: Infinity, method: '', body: undefined }
      // On the way of what was asked, which it must not overtake.
      this.#mesh.post(host, lane.users, { kind: kind.cancel, ...parcel })
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

  poolRefOf(address: Address): PoolRef {
    return this.pools.refOf(address)
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
    this.timeouts.add(timeout, lastsMs)
  }

  stopTimeout(timeout: Timeout): void {
    this.timeouts.remove(timeout)
  }

  /** The actor that has it is told that nobody waits for it; others know by the deadline. */
  cancel({ address, id }: Pending): void {
    if (address !== undefined) this.#withdraw(address, id)
  }

  relayFor(address: Address, relay: (envelope: Envelope) => void): void {
    const cell = this.cellAt(address)
    if (cell !== undefined) cell.relay = relay
  }

  outletOf(address: Address): RelayOutlet {
    return {
      reply: (envelope, value) => this.reply(envelope, value),
      fault: (envelope, error) => this.answerFailure(envelope, error),
      play: (envelope, items) => {
        const cell = this.cellAt(address)
        if (cell !== undefined) this.pour(envelope, items, (cell.work ??= new Work()).sources)
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
    return this.copy(value)
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
      const body = this.#values.copy(args)
      this.#deliver({ kind: how, slot, generation, from: host, id, deadline, method, body })
    } else {
      const parcel: Parcel = { kind: how, slot, generation, id, deadline, method, body: args }
      this.#mesh.post(host, lane.users, parcel)
    }
    return true
  }

  #respond(how: Kind, to: Envelope, value: unknown): void {
    const { from } = to
    if (from === this.number) this.#respondHere(how, to, value)
    else if (!this.#mesh.isGone(from)) {
      try {
        this.#mesh.post(from, lane.users, responseTo(to, how, value))
      } catch (error) {
        this.#mesh.post(from, lane.users, responseTo(to, kind.failure, error))
      }
    }
  }

  #respondHere(how: Kind, to: Envelope, value: unknown): void {
    let copied = value
    if (how !== kind.failure || this.#values.encodesAlways)
      try {
        copied = this.#values.copy(value)
      } catch (error) {
        this.#answer(kind.failure, to.id, error, to)
        return
      }
    this.#answer(how, to.id, copied, to)
  }

  /** @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  #item(to: Envelope, value: unknown): number {
    const { from, id } = to
    if (from === this.number) {
      this.#answer(kind.item, id, this.#values.copy(value), to)
      return 0
    }
    if (this.#mesh.isGone(from)) return 0
    return this.#mesh.post(from, lane.users, responseTo(to, kind.item, value))
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

  #postFor(
    host: number,
    way: keyof Lanes,
    how: Kind,
    { slot, generation }: Omit<Address, 'host'>,
    body: unknown,
  ): void {
    if (this.#mesh.isGone(host)) return
    const parcel = { kind: how, slot, generation, id: 0, deadline: Infinity, method: '', body }
    this.#mesh.post(host, way, parcel)
  }

  /** Why a message should not be handed over now. */
  #refusal(address: Address): DeadLetterReason | undefined {
    const { host } = address
    if (this.#isClosed) return 'host lost'
    if (this.isGone(host)) return 'host lost'
    return this.#room.isFull(address) ? 'overflow' : undefined
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
    return whenFound(this.#moves, this.timeouts, address, timeoutMs, signal)
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

  // What others hear of it.

  /** An actor has begun, or begun anew. */
  began(cell: Cell): void {
    const { number: incarnation } = cell.incarnation
    if (incarnation > 1) {
      if (this.reporting.wants('restarted'))
        this.reporting.tell({ type: 'restarted', incarnation, ...this.#who(cell) })
    } else if (this.reporting.wants('spawned'))
      this.reporting.tell({ type: 'spawned', ...this.#who(cell) })
  }

  /** An actor is no more. */
  stopped(cell: Cell, down: Down): void {
    if (this.reporting.wants('stopped'))
      this.reporting.tell({ type: 'stopped', down, ...this.#who(cell) })
  }

  overflowed(cell: Cell, overflow: Overflow): void {
    if (this.reporting.wants('overflow'))
      this.reporting.tell({ type: 'overflow', overflow, ...this.#who(cell) })
  }

  /** An actor has failed, and its supervisor, which lives here, has decided. */
  reportFailure(failure: ActorFailure): void {
    const { path: actor, error: err, during, directive } = failure
    if (this.reporting.wants('failed')) this.reporting.tell({ type: 'failed', ...failure })
    const level = directive === 'resume' ? 'warn' : 'error'
    this.reporting.say(level, { actor, during, directive, err }, 'An actor has failed')
  }

  /** A thread has ended that should not have; only the program knows. */
  reportLoss(host: number, loss: HostLoss): void {
    if (this.reporting.wants('host lost')) this.reporting.tell({ type: 'host lost', host, loss })
    this.reporting.say('error', { host, ...loss }, 'A host is lost')
  }

  copy<T>(value: T): T {
    const copied = this.#values.copy(value) as T
    this.#values.adopt(undefined)
    return copied
  }

  #who(cell: Cell): { actor: ActorRef; definition: string; path: string } {
    const actor = new ActorRef(this.addressOf(cell), this)
    return { actor, definition: cell.blueprint.definition.name, path: cell.path }
  }

  /** A message that no actor handles. */
  bury(reason: DeadLetterReason, { host, slot, generation, url }: Address, method: string): void {
    if (!this.reporting.wants('dead letter')) return
    const isHere = url === undefined
    const address = isHere ? { host, slot, generation } : { host, slot, generation, url }
    const actor = new ActorRef(address, isHere ? this : this.remote)
    this.reporting.tell({ type: 'dead letter', reason, actor, method })
  }
}

const responseTo = (
  { slot, generation, id, method }: Envelope,
  how: Kind,
  body: unknown,
): Parcel => ({
  kind: how,
  slot,
  generation,
  id,
  deadline: Infinity,
  method,
  body,
})

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
