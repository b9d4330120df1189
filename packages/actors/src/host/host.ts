import type { Context } from '@ringpost/core'
import {
  loadDefinition,
  type ActorDefinition,
  type SpawnOptions,
} from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { Overflow } from '../definition/mailboxOptions.ts'
import { copyValue } from '../values/values.ts'
import { AbortableAnswer } from './abortableAnswer.ts'
import { nowhere, type Address } from './address.ts'
import { Answer, Asks, type Asker, type Pending } from './asks.ts'
import type { Cell } from './cell.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Down } from './down.ts'
import { kind, type Envelope, type Kind, type Parcel } from './envelope.ts'
import type { DeadLetterReason } from './events.ts'
import { Gates } from './gates.ts'
import type { Lane } from './lane.ts'
import { Life } from './life.ts'
import { lane, Mesh, type Lanes } from './mesh.ts'
import { Message } from './message.ts'
import { Performer, type Stage } from './performer.ts'
import { Unreadable } from './record.ts'
import { ActorHandle, ActorRef, type Caller } from './ref.ts'
import { Reporting } from './reporting.ts'
import { RefValues } from './refValues.ts'
import { LOCAL_WINDOW, StreamReader, WINDOW, type Creditor } from './streamReader.ts'
import { StreamSource } from './streamSource.ts'
import type { TimerHost } from './timers.ts'
import { Timeouts } from './timeouts.ts'
import type { Turn } from './turn.ts'
import { Work } from './work.ts'

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
  readonly timeouts: Timeouts
  readonly #clock: Clock
  /** What the program hears of this host. */
  readonly reporting: Reporting
  readonly #values: RefValues
  readonly #mesh: Mesh
  readonly #gates = new Gates()
  readonly #asks: Asks
  readonly #performer = new Performer(this)
  readonly #life = new Life(this, this.#performer)
  readonly #services = new Map<string, Service>()
  /** Generators that are read, by reader: its host and its name there. */
  readonly #sources = new Map<number, StreamSource>()
  /** Where actors may be placed, as host 0 has told. */
  #places: readonly number[] = []
  #nextPlace = 0
  #isClosed = false

  constructor(system: string, number: number, context: Context, clock = systemClock) {
    this.number = number
    this.#clock = clock
    this.timeouts = new Timeouts(clock)
    this.#asks = new Asks(this.timeouts)
    this.#values = new RefValues(this)
    this.#mesh = new Mesh(system, number, context, this.#values)
    this.reporting = new Reporting(this)
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

  /** Messages that wait for an actor of this host. */
  waitingFor({ slot, generation }: Address): number {
    return this.#life.get(slot, generation)?.mailbox.length ?? 0
  }

  // What refs and programs call.

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    const { address } = ref
    const reason = this.#refusal(address)
    if (reason === undefined) return this.#hand(kind.tell, address, method, args, 0, Infinity)
    this.#bury(reason, address, method)
    return false
  }

  async send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void> {
    const { address, options } = ref
    options.signal?.throwIfAborted()
    const refusal = this.#refusal(address)
    if (refusal === undefined) this.#hand(kind.tell, address, method, args, 0, Infinity)
    else if (refusal !== 'overflow') throw this.#gone(address)
    else if (this.#gates.overflowOf(address) === 'drop-newest') this.#bury(refusal, address, method)
    else {
      const answer = this.#answerOf(address, options.signal)
      this.#asks.add(answer, options.timeoutMs ?? Infinity)
      this.#hold(answer, ref, args, (copied) => {
        this.#asks.remove(answer)
        this.#hand(kind.tell, address, method, copied, 0, Infinity)
        answer.settle(undefined)
      })
      await answer.promise
    }
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    const { address, options, owner } = ref
    const answer = this.#answerOf(address, options.signal)
    this.#asks.add(answer, options.timeoutMs ?? this.#timeLeft(owner?.deadline))
    this.#begin(kind.ask, answer, answer.deadline, ref, method, args)
    return answer.promise
  }

  stream(ref: ActorRef<never>, method: string, args: unknown[]): StreamReader {
    const { address, options, owner } = ref
    const { signal, timeoutMs = Infinity } = options
    const until = owner?.deadline ?? Infinity
    const window = address.host === this.number ? LOCAL_WINDOW : WINDOW
    const begin = (reader: StreamReader): void => {
      this.#asks.add(reader, Infinity)
      this.#begin(kind.stream, reader, until, ref, method, args)
    }
    return new StreamReader({ address, window, signal, timeoutMs, until, begin }, this)
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
      // What was read has no owner yet: the actor that is made takes it.
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
    return new ActorHandle(address, this, parent)
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
    this.#gates.forget(host)
    this.reporting.forget(host)
    if (error === undefined) return
    if (this.reporting.wants('host lost')) this.reporting.tell({ type: 'host lost', host, error })
    if (this.number === 0) this.reporting.say('error', { host, err: error }, 'A host is lost')
  }

  /** Stops all actors, each after what is in its mailbox. */
  async stopActors(): Promise<void> {
    await this.#life.stopAll()
    await this.reporting.drained()
  }

  close(): void {
    this.#isClosed = true
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
        this.#services.get(envelope.method)?.(body as never, from)
        break
      case kind.pause:
        this.#gates.close(from, generation, body as Overflow)
        break
      case kind.resume:
        this.#resume({ host: from, slot, generation }, body as number)
        break
      case kind.want:
        this.#wanted(from, slot, generation)
        break
      case kind.credit:
        this.#sources.get(sourceKey(from, id))?.credit(body as number)
        break
      case kind.cancel:
        this.#cancel(from, id, slot, generation)
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
      this.refuse(envelope, new ActorError('ENOACTOR'))
      return
    }
    if (envelope.body instanceof Unreadable) {
      this.refuse(envelope, envelope.body.error)
      return
    }
    if (cell.mailbox.length >= cell.limit && !this.#makeRoom(cell, envelope)) return
    try {
      cell.mailbox.push(envelope)
    } catch (error) {
      // The definition's `priority` has thrown.
      this.refuse(envelope, error)
      return
    }
    if (cell.mailbox.length >= cell.limit) this.#press(cell, envelope.from)
    this.#performer.wake(cell)
  }

  /** @returns whether the message may come in nevertheless */
  #makeRoom(cell: Cell, envelope: Envelope): boolean {
    const { overflow = 'wait' } = cell.blueprint.options
    // It was under way when its sender was told to pause.
    if (overflow === 'wait') return true
    if (overflow === 'drop-oldest') {
      this.refuse(cell.mailbox.drop()!, new ActorError('EOVERFLOW'))
      return true
    }
    this.#press(cell, envelope.from)
    this.refuse(envelope, new ActorError('EOVERFLOW'))
    return false
  }

  /** What was asked of others has been answered. @param of says by whom */
  #answer(how: Kind, id: number, body: unknown, of: Envelope): void {
    const pending = this.#asks.get(id)
    this.#values.adopt(pending?.owner)
    if (pending === undefined) {
      const { from: host, slot, generation, method } = of
      // What was under way when a reader broke off is no letter to anybody.
      if (how < kind.item)  this.#bury('late reply', { host, slot, generation }, method)
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
    const refs = this.#values.take()
    const definition = await loadDefinition(url, name)
    this.#values.restore(refs)
    const cell = this.#life.create({ definition, args, options, parent })
    await cell.started
    return this.#addressOf(cell)
  }

  // What the performance leads to.

  now(): number {
    return this.#clock.now()
  }

  reply(envelope: Envelope, value: unknown): void {
    this.#respond(kind.reply, envelope, value)
  }

  refuse(envelope: Envelope, error: unknown): void {
    if (envelope.kind !== kind.tell) this.#respond(kind.failure, envelope, error)
    this.#bury(reasonOf(error), { host: this.number, ...envelope }, envelope.method)
  }

  failed(cell: Cell, envelope: Envelope, error: unknown): void {
    if (envelope.kind !== kind.tell) {
      this.#respond(kind.failure, envelope, error)
      return
    }
    const { actor, definition } = this.#who(cell)
    const fields = { actor: actor.toString(), definition, method: envelope.method, err: error }
    this.reporting.say('error', fields, 'An actor has failed')
    void this.#life.finish(cell, { reason: 'failed', error })
  }

  canStop(cell: Cell): void {
    void this.#life.finish(cell, { reason: 'stopped' })
  }

  play(cell: Cell, message: Message, items: Iterator<unknown> | AsyncIterator<unknown>): void {
    const { envelope } = message
    const { from, id } = envelope
    const key = sourceKey(from, id)
    const work = (cell.work ??= new Work())
    const window = from === this.number ? LOCAL_WINDOW : WINDOW
    const source = new StreamSource(message, items, window, {
      item: (value) => this.#item(envelope, value),
      end: () => this.#respond(kind.end, envelope, undefined),
      stall: () => this.#respond(kind.stall, envelope, undefined),
      fail: (error) => this.#respond(kind.failure, envelope, error),
      threw: (error) => this.failed(cell, envelope, error),
      schedule: (turn) => this.#performer.perform(cell, turn),
      ended: () => {
        this.#sources.delete(key)
        work.sources.delete(source)
      },
    })
    this.#sources.set(key, source)
    work.sources.add(source)
  }

  rested(): void {
    this.#mesh.flush()
  }

  relieved(cell: Cell): void {
    const { slot, generation, paused } = cell
    if (paused === undefined) return
    cell.paused = undefined
    const room = Math.max(1, Math.floor((cell.limit - cell.mailbox.length) / paused.size))
    for (const host of paused)
      if (host === this.number) this.#resume({ host, slot, generation }, room)
      else this.#postFor(host, lane.system, kind.resume, { slot, generation }, room)
  }

  // What actors do in their turn.

  /** The refs that were just read are those of the actor. */
  adopt(cell: Cell): void {
    this.#values.adopt(cell)
  }

  wake(cell: Cell): void {
    this.#performer.wake(cell)
  }

  /** What the timers of the actor need. */
  timerHost(cell: Cell): TimerHost {
    return {
      timeouts: this.timeouts,
      now: () => this.#clock.now(),
      perform: (turn: Turn) => this.#performer.perform(cell, turn),
    }
  }

  stopSoon(cell: Cell): void {
    cell.isStopping = true
    this.#performer.wake(cell)
  }

  // What waits.

  abandon(pending: Pending, error: unknown): void {
    if (!this.#asks.remove(pending)) return
    // Who had not even left has nobody to tell.
    if (!this.#gates.withdraw(pending) && pending.address !== undefined)
      this.#withdraw(pending.address, pending.id)
    if (error !== undefined) pending.fail(error)
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
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): void {
    const { address } = ref
    const { signal } = ref.options
    const refusal = this.#refusal(address)
    pending.owner = ref.owner
    if (refusal === 'overflow')
      this.#hold(pending, ref, args, (copied) =>
        this.#hand(how, address, method, copied, pending.id, deadline),
      )
    else if (signal?.aborted === true) this.#giveUp(pending, signal.reason)
    else if (refusal !== undefined) this.#giveUp(pending, this.#gone(address))
    else
      try {
        this.#hand(how, address, method, args, pending.id, deadline)
      } catch (error) {
        this.#giveUp(pending, error)
      }
  }

  /** It waits until there is room, if it may. @param leave may throw */
  #hold(
    pending: Pending,
    { address, options: { signal } }: ActorRef<never>,
    args: unknown[],
    leave: (copied: unknown[]) => void,
  ): void {
    try {
      signal?.throwIfAborted()
      if (this.#gates.overflowOf(address) !== 'wait') throw new ActorError('EOVERFLOW')
      const copied = copyValue(args, this.#values) as unknown[]
      this.#values.adopt(undefined)
      this.#whenRoom(pending, address, () => {
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

  #withdraw({ host, slot, generation }: Address, id: number): void {
    if (host === this.number) this.#cancel(host, id, slot, generation)
    else if (!this.#mesh.isGone(host)) {
      // On the way of what was asked, which it must not overtake.
      const parcel = {
        kind: kind.cancel,
        slot,
        generation,
        id,
        deadline: Infinity,
        method: '',
        body: undefined,
      }
      this.#mesh.post(host, lane.users, parcel)
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

  #respond(how: Kind, to: Envelope, value: unknown): void {
    const { from, id } = to
    if (from === this.number)
      this.#answer(how, id, how === kind.failure ? value : copyValue(value, this.#values), to)
    else if (!this.#mesh.isGone(from)) {
      try {
        this.#mesh.post(from, lane.users, responseTo(to, how, value))
      } catch (error) {
        this.#mesh.post(from, lane.users, responseTo(to, kind.failure, error))
      }
    }
  }

  /** @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  #item(to: Envelope, value: unknown): number {
    const { from, id } = to
    if (from !== this.number)
      return this.#mesh.isGone(from)
        ? 0
        : this.#mesh.post(from, lane.users, responseTo(to, kind.item, value))
    this.#answer(kind.item, id, copyValue(value, this.#values), to)
    return 0
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

  // Room.

  /** The mailbox is full: that host is to pause. */
  #press(cell: Cell, host: number): void {
    const { overflow = 'wait' } = cell.blueprint.options
    if (cell.paused === undefined) {
      cell.paused = new Set()
      if (this.reporting.wants('overflow')) this.reporting.tell({ type: 'overflow', overflow, ...this.#who(cell) })
    }
    if (overflow === 'drop-oldest' || cell.paused.has(host)) return
    cell.paused.add(host)
    if (host === this.number) this.#gates.close(host, cell.generation, overflow)
    else this.#postFor(host, lane.system, kind.pause, cell, overflow)
  }

  /** An actor has room for so many messages from here. */
  #resume(address: Address, room: number | undefined): void {
    const { host, slot, generation } = address
    if (!this.#gates.open(host, generation, room)) return
    if (host === this.number) this.#wanted(host, slot, generation)
    // Behind those which have left, so that they are counted first.
    else this.#postFor(host, lane.users, kind.want, address, undefined)
  }

  /** More messages wait at that host than were let go. */
  #wanted(host: number, slot: number, generation: number): void {
    const cell = this.#life.get(slot, generation)
    if (cell === undefined) {
      if (host === this.number) this.#resume({ host, slot, generation }, undefined)
      else this.#postFor(host, lane.system, kind.resume, { slot, generation }, undefined)
      return
    }
    ;(cell.paused ??= new Set()).add(host)
    // Later, for it may have been called by what this would call.
    if (cell.mailbox.length <= cell.limit / 2) queueMicrotask(() => this.relieved(cell))
  }

  /** Calls `leave` now, or when those that are before it have left and there is room. */
  #whenRoom(pending: Pending, address: Address, leave: () => void): void {
    if (!this.#waitsForLane(pending, address, leave)) this.#whenOpen(pending, address, leave)
  }

  #whenOpen(pending: Pending, address: Address, leave: () => void): void {
    if (!this.#gates.isClosed(address)) leave()
    else
      this.#gates.wait(pending, address, () => {
        if (!this.#waitsForLane(pending, address, leave)) leave()
      })
  }

  /** @returns false if the way to the host is free */
  #waitsForLane(pending: Pending, address: Address, leave: () => void): boolean {
    const { host } = address
    if (host === this.number || this.#mesh.isGone(host)) return false
    const { users } = this.#mesh.to(host)
    const way = { host, slot: 0, generation: 0 }
    if (!users.isFull && !this.#gates.isClosed(way)) return false
    if (this.#gates.close(host, way.generation, 'wait')) void this.#openWay(host, users)
    this.#gates.wait(pending, way, () => this.#whenOpen(pending, address, leave))
    return true
  }

  async #openWay(host: number, users: Lane): Promise<void> {
    const isFull = (): boolean => users.isFull
    do await users.whenRoom()
    while (this.#gates.open(host, 0, Infinity, isFull))
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

  // What others hear of it.

  /** An actor has begun. */
  spawned(cell: Cell): void {
    if (this.reporting.wants('spawned')) this.reporting.tell({ type: 'spawned', ...this.#who(cell) })
  }

  /** An actor is no more. */
  stopped(cell: Cell, down: Down): void {
    if (this.reporting.wants('stopped')) this.reporting.tell({ type: 'stopped', down, ...this.#who(cell) })
  }

  /** An actor has begun anew. */
  restarted(cell: Cell, error: unknown): void {
    if (this.reporting.wants('restarted'))
      this.reporting.tell({ type: 'restarted', error, ...this.#who(cell) })
  }

  copy<T>(value: T): T {
    const copied = copyValue(value, this.#values) as T
    this.#values.adopt(undefined)
    return copied
  }

  #who(cell: Cell): { actor: ActorRef; definition: string } {
    const actor = new ActorRef(this.#addressOf(cell), this)
    return { actor, definition: cell.blueprint.definition.name }
  }

  #bury(reason: DeadLetterReason, { host, slot, generation }: Address, method: string): void {
    if (!this.reporting.wants('dead letter')) return
    const actor = new ActorRef({ host, slot, generation }, this)
    this.reporting.tell({ type: 'dead letter', reason, actor, method })
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

const reasons: Partial<Record<string, DeadLetterReason>> = {
  EEXPIRED: 'expired',
  EBADMSG: 'unreadable',
  EMSGSIZE: 'unreadable',
  EOVERFLOW: 'overflow',
}

const reasonOf = (error: unknown): DeadLetterReason =>
  (error instanceof ActorError && reasons[error.code]) || 'no such actor'
