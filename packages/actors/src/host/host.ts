import type { Context } from '@ringpost/core'
import {
  loadDefinition,
  type ActorDefinition,
  type SpawnOptions,
} from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { Gateway } from '../nodes/gateway.ts'
import type { RemoteAddress } from '../nodes/remoteAddress.ts'
import { gatewayAddress, RemoteCaller } from '../nodes/remoteCaller.ts'
import { copyValue, type ValueContext } from '../values/values.ts'
import { nowhere, type Address } from './address.ts'
import { Answer, Asks, type Asker, type Pending } from './asks.ts'
import type { Blueprint, Cell } from './cell.ts'
import { systemClock, type Clock } from './clock.ts'
import { bury, type DeadLetterReason } from './deadLetters.ts'
import type { Down } from './down.ts'
import { kind, type Envelope, type Kind, type Parcel } from './envelope.ts'
import { Gates } from './gates.ts'
import { Life } from './life.ts'
import { lane, Mesh, type Lanes } from './mesh.ts'
import { Performer, type Stage } from './performer.ts'
import { Unreadable } from './record.ts'
import { ActorHandle, type ActorRef, type Caller } from './ref.ts'
import { refsIn } from './refValues.ts'
import { StreamReader, WINDOW, type Creditor } from './streamReader.ts'
import { StreamSource } from './streamSource.ts'
import { Timeouts } from './timeouts.ts'

/** How long an ask waits unless it is told otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5000

/** Answers a request of another host. */
type Service = (body: never, from: number) => unknown

/** What a host is asked when an actor is to be made there. */
interface SpawnOrder {
  readonly url: string
  readonly name: string
  readonly args: unknown[]
  readonly options: SpawnOptions
  readonly parent: Address
}

const hostDown = (host: number, cause?: unknown): ActorError =>
  new ActorError('EHOSTDOWN', `Host ${host} is gone`, { cause })

/**
 * The runtime of one thread: it carries what its actors and its program say to actors anywhere, and
 * delivers what is for its own actors.
 */
export class Host implements Caller, Asker, Creditor, Stage {
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
  readonly #life = new Life(this, this.#performer)
  readonly #services = new Map<string, Service>()
  /** Generators that are read, by reader: its host and its name there. */
  readonly #sources = new Map<number, StreamSource>()
  /** Where actors may be placed, as host 0 has told. */
  #places: readonly number[] = []
  #nextPlace = 0
  #isClosed = false

  constructor(system: string, number: number, context: Context) {
    this.number = number
    this.#values = refsIn(this, this.remote)
    this.#mesh = new Mesh(system, number, context, this.#values)
    this.serve('spawn', (order: SpawnOrder) => this.#spawnFor(order))
    this.serve('stop', (actor: Address) => this.#life.stop(actor.slot, actor.generation))
    this.serve('watch', (actor: Address) => this.#life.watch(actor.slot, actor.generation))
    this.serve('places', (places: number[]) => this.placeAt(places))
    this.serve('lost', ({ host, error }: { host: number; error: unknown }) =>
      this.lose(host, error),
    )
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

  // What refs and programs call.

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    const { address } = ref
    const reason = this.#refusal(address)
    if (reason === undefined) return this.#hand(kind.tell, address, method, args, 0, Infinity)
    bury(reason, address, method)
    return false
  }

  async send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void> {
    const { address } = ref
    // TODO deadline and signal of options
    while (this.#refusal(address) === 'overflow') await this.#whenRoom(address)
    if (this.#refusal(address) !== undefined) throw this.#gone(address)
    this.#hand(kind.tell, address, method, args, 0, Infinity)
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    const answer = new Answer(ref.address.host, this)
    this.#begin(kind.ask, answer, ref, method, args)
    return answer.promise
  }

  stream(ref: ActorRef<never>, method: string, args: unknown[]): StreamReader {
    const reader = new StreamReader(ref.address.host, this)
    this.#begin(kind.stream, reader, ref, method, args)
    return reader
  }

  async stop(address: Address): Promise<void> {
    try {
      await this.request(address.host, 'stop', address)
    } catch (error) {
      // An actor whose host is gone is as gone as it can be.
      if (!(error instanceof ActorError) || error.code !== 'EHOSTDOWN') throw error
    }
  }

  /** Settles when the actor is no more. */
  async down(address: Address): Promise<Down> {
    if (address.url !== undefined) return this.remote.down(address as RemoteAddress)
    try {
      return (await this.request(address.host, 'watch', address)) as Down
    } catch (error) {
      if (!(error instanceof ActorError) || error.code !== 'EHOSTDOWN') throw error
      return { reason: 'host lost', error: error.cause }
    }
  }

  /** @param parent an actor of this host; none: the program itself */
  async spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    args: Args,
    parent?: Cell,
  ): Promise<ActorHandle<H>> {
    const { url, name, options } = definition
    const host = this.#placeOf(options, parent)
    const above = parent === undefined ? nowhere : this.#addressOf(parent)
    let address: Address
    if (host === this.number) {
      const copied = copyValue(args, this.#values) as unknown[]
      const cell = this.#life.create({
        definition: definition as never,
        args: copied,
        parent: above,
        options,
      })
      if (cell.started !== undefined) await cell.started
      address = this.#addressOf(cell)
    } else {
      const order: SpawnOrder = { url, name, args, options, parent: above }
      address = (await this.request(host, 'spawn', order)) as Address
    }
    if (parent !== undefined) this.#life.adopt(parent, address)
    return new ActorHandle(address, this)
  }

  /** Whether a message told now would be taken. */
  hasRoom(address: Address): boolean {
    return this.#refusal(address) === undefined
  }

  /** What an ask through the ref may take, in milliseconds. */
  timeLeft({ options, owner }: ActorRef<never>): number {
    return options.timeoutMs ?? this.#timeLeft(owner?.deadline)
  }

  /** What was delivered is handled now, as far as it can be. */
  settle(): void {
    this.#performer.run()
  }

  // What hosts ask of each other.

  /** Asks another host, or this one. */
  request(host: number, name: string, body: unknown): Promise<unknown> {
    if (host === this.number) return this.#serveOwn(name, body)
    if (this.#mesh.isGone(host)) return Promise.reject(hostDown(host))
    const answer = new Answer(host, this)
    this.#asks.add(answer, Infinity)
    try {
      this.#post(host, lane.system, kind.request, name, answer.id, body)
    } catch (error) {
      this.#asks.remove(answer)
      return Promise.reject(error)
    }
    return answer.promise
  }

  /** Tells another host what it does not answer. */
  notify(host: number, name: string, body: unknown): void {
    if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.notice, name, 0, body)
  }

  /** Where actors may be placed from now on. */
  placeAt(places: readonly number[]): void {
    this.#places = places
  }

  /** A host has ended: whatever waits for it fails. */
  lose(host: number, error: unknown): void {
    this.#mesh.forget(host)
    this.#places = this.#places.filter((place) => place !== host)
    this.#asks.failAll(() => hostDown(host, error), host)
    this.#gates.openAll(host)
  }

  /** Stops all actors, each after what is in its mailbox. */
  stopActors(): Promise<void> {
    return this.#life.stopAll()
  }

  close(): void {
    this.#isClosed = true
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
        this.#services.get(envelope.method)?.(body as never, from)
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
    cell.mailbox.push(envelope)
    if (cell.mailbox.length >= cell.limit) this.#press(cell, envelope.from)
    this.#performer.wake(cell)
  }

  /** No actor of this host is meant: one of another node may be. */
  #deliverElsewhere(envelope: Envelope): void {
    const { body, generation } = envelope
    if (this.gateway === undefined || generation !== gatewayAddress.generation)
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
    else pending.fail(body)
  }

  async #serve({ method, from, id, body }: Envelope): Promise<void> {
    try {
      if (body instanceof Unreadable) throw body.error
      const value = await this.#serveOwn(method, body, from)
      if (!this.#mesh.isGone(from)) this.#post(from, lane.system, kind.reply, '', id, value)
    } catch (error) {
      if (!this.#mesh.isGone(from)) this.#post(from, lane.system, kind.failure, '', id, error)
    }
  }

  async #serveOwn(name: string, body: unknown, from = this.number): Promise<unknown> {
    return this.#services.get(name)!(body as never, from)
  }

  async #spawnFor({ url, name, args, options, parent }: SpawnOrder): Promise<Address> {
    const definition = await loadDefinition(url, name)
    const cell = this.#life.create({ definition, args, options, parent })
    await cell.started
    return this.#addressOf(cell)
  }

  // What the performance leads to.

  now(): number {
    return this.#clock.now()
  }

  reply({ from, id }: Envelope, value: unknown): void {
    this.#respond(kind.reply, from, id, value)
  }

  refuse(envelope: Envelope, error: unknown): void {
    if (envelope.kind !== kind.tell) this.#respond(kind.failure, envelope.from, envelope.id, error)
    bury(reasonOf(error), { host: this.number, ...envelope }, envelope.method)
  }

  failed(cell: Cell, envelope: Envelope, error: unknown): void {
    if (envelope.kind !== kind.tell) this.#respond(kind.failure, envelope.from, envelope.id, error)
    else void this.#life.finish(cell, { reason: 'failed', error })
  }

  canStop(cell: Cell): void {
    void this.#life.finish(cell, { reason: 'stopped' })
  }

  /** Whoever asked is told, and the message is no dead letter. */
  fail({ from, id }: Envelope, error: unknown): void {
    this.#respond(kind.failure, from, id, error)
  }

  play(_cell: Cell, envelope: Envelope, items: Iterator<unknown> | AsyncIterator<unknown>): void {
    this.pour(envelope, items)
  }

  /** Items go to whoever asked for a stream, as far as the credit goes. */
  pour({ from, id }: Envelope, items: Iterator<unknown> | AsyncIterator<unknown>): void {
    const key = sourceKey(from, id)
    const outlet = {
      item: (value: unknown) => this.#respond(kind.item, from, id, value),
      end: () => this.#respond(kind.end, from, id, undefined),
      fail: (error: unknown) => this.#respond(kind.failure, from, id, error),
    }
    const source = new StreamSource(items, WINDOW, outlet, () => this.#sources.delete(key))
    this.#sources.set(key, source)
    void source.run()
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
    const { host, id } = pending
    if (host === this.number) void this.#sources.get(sourceKey(host, id))?.cancel()
    else if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.cancel, '', id, undefined)
    if (error !== undefined) pending.fail(error)
  }

  credit({ host, id }: StreamReader, items: number): void {
    if (host === this.number) this.#sources.get(sourceKey(host, id))?.credit(items)
    else if (!this.#mesh.isGone(host)) this.#post(host, lane.system, kind.credit, '', id, items)
  }

  #begin(how: Kind, pending: Pending, ref: ActorRef<never>, method: string, args: unknown[]): void {
    const { address, options, owner } = ref
    const { signal } = options
    if (signal?.aborted === true) {
      pending.fail(signal.reason)
      return
    }
    const refusal = this.#refusal(address)
    if (refusal !== undefined && refusal !== 'overflow') {
      pending.fail(this.#gone(address))
      return
    }
    this.#asks.add(pending, options.timeoutMs ?? this.#timeLeft(owner?.deadline))
    try {
      this.#hand(how, address, method, args, pending.id, pending.deadline)
    } catch (error) {
      this.#asks.remove(pending)
      pending.fail(error)
    }
  }

  #timeLeft(deadline = Infinity): number {
    if (deadline === Infinity) return DEFAULT_TIMEOUT_MS
    return Math.max(0, deadline - this.#clock.now())
  }

  // How things get there.

  /** Puts a message where the actor is. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  #hand(
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
      this.#answer(how, id, how === kind.failure ? value : copyValue(value, this.#values))
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

  #gone({ host }: Address): ActorError {
    return this.#isClosed ? new ActorError('ECLOSED') : hostDown(host)
  }

  async #whenRoom(address: Address): Promise<void> {
    if (this.#gates.isClosed(address)) await this.#gates.whenOpen(address)
    else await this.#mesh.to(address.host).users.whenRoom()
  }

  #placeOf({ host }: SpawnOptions, parent: Cell | undefined): number {
    if (typeof host === 'number') return host
    if (host === 'here' || (host === undefined && parent !== undefined)) return this.number
    if (this.#places.length === 0) return this.number
    this.#nextPlace = (this.#nextPlace + 1) % this.#places.length
    return this.#places[this.#nextPlace]!
  }

  #addressOf({ slot, generation }: Cell): Address {
    return { host: this.number, slot, generation }
  }
}

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
