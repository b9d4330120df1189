import { setImmediate as turn } from 'node:timers/promises'
import { ActorError } from '../errors.ts'
import { pathLabel } from '../host/address.ts'
import type { Asking } from '../host/calls.ts'
import type { Down } from '../host/down.ts'
import type { DeadLetterReason } from '../host/events.ts'
import type { StopOptions } from '../host/life.ts'
import { ActorRef, type ActorHandle, type CallOptions } from '../host/ref.ts'
import { soon } from '../host/soon.ts'
import { StreamSource } from '../host/streamSource.ts'
import type { Turn } from '../host/turn.ts'
import { readValue } from '../values/index.ts'
import { toldDown } from './downs.ts'
import { bareFailureOf, failureOf } from './failures.ts'
import type { HeldTells } from './heldTells.ts'
import type { NodeLimits } from './limits.ts'
import type { Line } from './line.ts'
import { messageOf, say, type Message } from './protocol/message.ts'
import { TOPICS_PATH, type TopicsDesk } from './topicsDesk.ts'
import type { Wards } from './wards.ts'

/** What a node does for its peers. */
export interface Provider {
  /** The actor that may be called at the path; undefined: there is none, or it is nobody's business. */
  find(path: string): ActorRef | undefined
  /** Whether a message told now would be taken. */
  hasRoom(ref: ActorRef): boolean
  /** A message that was told is handed to nobody. */
  bury(reason: DeadLetterReason, ref: ActorRef, method: string): void
  ask(ref: ActorRef, method: string, args: unknown[], timeoutMs: number): Asking
  /** @param remainingMs how long its items are of use */
  stream(
    ref: ActorRef,
    method: string,
    args: unknown[],
    remainingMs: number,
  ): AsyncGenerator<unknown, void, void>
  /** Whether the actor is there. */
  lives(ref: ActorRef): Promise<boolean>
  /** Calls back when the actor is no more. @returns what takes that back */
  watch(ref: ActorRef, gone: (down: Down) => void): () => void
  /** Calls back when the actor is no more and will not be restarted elsewhere. @returns what takes that back */
  whenOver(ref: ActorRef, over: () => void): () => void
  /** The topics of this node. */
  readonly topics: TopicsDesk
  /** Whether the peer may link to any actor that it may call. */
  readonly mayLink: boolean
  /** The actor of this node fails with the other from now on, or does so no more. */
  link(ref: ActorRef, other: ActorRef, isTied: boolean): Promise<void>
  /** @throws {ActorError} `EDENIED`: nothing of that name is exported */
  spawn(name: string, args: unknown[]): Promise<ActorHandle>
  /** Stops what was spawned for it. */
  stop(ward: ActorHandle, options: StopOptions): Promise<void>
}

/** What was asked, and can be given up. */
type Asked = Pick<Asking, 'abandon'>

/** What one peer asks of this node over one connection: with that it ends. */
export class Service {
  readonly #line: Line
  readonly #provider: Provider
  readonly #limits: Required<NodeLimits>
  readonly #wards: Wards
  readonly #pathOf: (ref: ActorRef) => string
  readonly #dropped: (why: unknown) => void
  readonly #asks = new Map<number, Asked>()
  readonly #streams = new Map<number, StreamSource>()
  readonly #watches = new Map<number, () => void>()
  /** Links of its actors to those of this node, which outlast the connection, until one of both ends. */
  readonly #links = new Map<string, () => void>()
  readonly #held: HeldTells
  /** Actors that the peer is to tell nothing, for there is no room in their mailboxes. */
  readonly #paused = new Set<string>()
  #isClosed = false

  /**
   * @param pathOf the path of an actor that was spawned here
   * @param dropped told of each message that could not be answered
   */
  constructor(
    line: Line,
    provider: Provider,
    limits: Required<NodeLimits>,
    wards: Wards,
    held: HeldTells,
    pathOf: (ref: ActorRef) => string,
    dropped: (why: unknown) => void,
  ) {
    this.#line = line
    this.#provider = provider
    this.#limits = limits
    this.#wards = wards
    this.#pathOf = pathOf
    this.#dropped = dropped
    this.#held = held
    held.attend((to) => {
      if (this.#paused.delete(to)) line.post(messageOf(say.resume, { to }))
    })
  }

  /** The connection is lost: nobody waits for what is being done. */
  close(): void {
    this.#isClosed = true
    const lost = new ActorError('ENODEDOWN', 'The connection to who asked was lost')
    for (const ask of this.#asks.values()) ask.abandon(lost)
    for (const source of this.#streams.values()) source.cancel()
    for (const forget of this.#watches.values()) forget()
    this.#asks.clear()
    this.#streams.clear()
    this.#watches.clear()
  }

  /** @returns whether it was something that a peer may ask */
  take(message: Message, frame: Buffer, begin: number, end: number): boolean {
    const { kind, id, to } = message
    switch (kind) {
      case say.tell:
        this.#tell(message, frame, begin, end)
        return true
      case say.ask:
        this.#ask(message, frame, begin, end)
        return true
      case say.send:
      case say.spawn:
        this.#answer(message, () => this.#argumentsIn(frame, begin, end))
        return true
      case say.stop:
        this.#answer(message, () => [])
        return true
      case say.link:
        this.#answer(message, () => [this.#valueIn(frame, begin, end)])
        return true
      case say.stream:
        this.#stream(message, frame, begin, end)
        return true
      case say.watch:
        this.#watch(id, to)
        return true
      case say.credit:
        this.#streams.get(id)?.credit(message.count)
        return true
      case say.cancel:
        this.#cancel(id)
        return true
      default:
        return false
    }
  }

  #tell({ to, method }: Message, frame: Buffer, begin: number, end: number): void {
    try {
      const args = this.#argumentsIn(frame, begin, end)
      if (to === TOPICS_PATH) {
        this.#provider.topics.tell(method, args)
        return
      }
      const ref = this.#find(to)
      if (this.#provider.hasRoom(ref)) ref.callTell(method, args)
      else this.#hold(to, ref, method, args, end - begin)
    } catch (error) {
      this.#dropped(error)
    }
  }

  /** There is no room for it now. */
  #hold(to: string, ref: ActorRef, method: string, args: unknown[], bytes: number): void {
    const fail = (error: unknown): void => {
      this.#dropped(error)
      this.#provider.bury(reasonOf(error), ref, method)
    }
    if (!this.#held.hasRoom(this.#limits)) {
      fail(new ActorError('EOVERFLOW'))
      return
    }
    if (!this.#paused.has(to)) {
      this.#paused.add(to)
      this.#line.post(messageOf(say.pause, { to }))
    }
    this.#held.add(to, ref, method, args, bytes, fail)
  }

  #ask({ id, to, method, remainingMs }: Message, frame: Buffer, begin: number, end: number): void {
    if (!this.#admit(id, this.#asks.size, this.#limits.asks, 'asks')) return
    try {
      const args = this.#argumentsIn(frame, begin, end)
      const asking = this.#provider.ask(this.#find(to), method, args, remainingMs)
      this.#await(id, asking, asking.promise)
    } catch (error) {
      this.#fail(id, error)
    }
  }

  #answer(message: Message, args: () => unknown[]): void {
    const { id } = message
    if (!this.#admit(id, this.#asks.size, this.#limits.asks, 'asks')) return
    const controller = new AbortController()
    const call = { timeoutMs: message.remainingMs, signal: controller.signal }
    const asked = { abandon: (error: unknown) => controller.abort(error) }
    this.#await(id, asked, this.#perform(message, args, call))
  }

  /** Whoever asked is told what comes of it. */
  #await(id: number, asked: Asked, result: Promise<unknown>): void {
    this.#asks.set(id, asked)
    void result.then(
      (value) => this.#reply(id, asked, value),
      (error: unknown) => {
        if (this.#settled(id, asked)) this.#fail(id, error)
      },
    )
  }

  async #perform(message: Message, args: () => unknown[], call: CallOptions): Promise<unknown> {
    const { kind, to, method } = message
    if (kind === say.spawn) return this.#spawn(method, args(), call)
    if (kind === say.stop) return this.#stop(message)
    if (kind === say.link) return this.#link(to, message.count !== 0, args()[0])
    return this.#find(to).calledWith(call).callSend(method, args())
  }

  async #spawn(name: string, args: unknown[], call: CallOptions): Promise<ActorRef> {
    const wards = this.#wards
    if (wards.size + wards.beginning >= this.#limits.actors)
      throw tooMany(this.#limits.actors, 'actors')
    wards.beginning++
    try {
      // Its factory runs to the end, whether anybody waits for it or not.
      const handle = await this.#provider.spawn(name, args)
      if (this.#isClosed || call.signal?.aborted === true) {
        await handle.stop()
        throw new ActorError('ENODEDOWN')
      }
      const path = this.#pathOf(handle as ActorRef)
      wards.set(path, handle)
      this.#provider.whenOver(handle as ActorRef, () => wards.delete(path))
      return handle as ActorRef
    } finally {
      wards.beginning--
    }
  }

  /** However long it takes, unless it was said how long it may take. */
  async #stop({ to, count, graceMs }: Message): Promise<void> {
    const ward = this.#wards.get(to)
    const ref = this.#provider.find(to)
    const how = { drain: count !== 0, ...(graceMs < Infinity && { graceMs }) }
    if (ward !== undefined) await this.#provider.stop(ward, how)
    else if (ref !== undefined && (await this.#provider.lives(ref)))
      throw new ActorError('EDENIED', 'Only who spawned an actor may stop it')
  }

  async #link(path: string, isTied: boolean, other: unknown): Promise<void> {
    const ref = this.#find(path)
    if (!(other instanceof ActorRef)) throw new ActorError('EBADMSG', 'An actor links to another')
    if (!this.#provider.mayLink && !this.#wards.has(path))
      throw new ActorError('EDENIED', 'Only who spawned an actor may link to it')
    const name = `${path} ${other.toString()}`
    if (isTied && this.#links.size >= this.#limits.watches)
      throw tooMany(this.#limits.watches, 'links')
    await this.#provider.link(ref, other, isTied)
    this.#links.get(name)?.()
    if (isTied) this.#countLink(name, [ref, other])
  }

  #countLink(name: string, between: readonly ActorRef[]): void {
    const over = (): void => {
      this.#links.delete(name)
      for (const unwatch of unwatches) unwatch()
    }
    this.#links.set(name, over)
    const unwatches = between.map((actor) => this.#provider.watch(actor, over))
  }

  #reply(id: number, asked: Asked, value: unknown): void {
    if (!this.#settled(id, asked)) return
    try {
      this.#line.postWith(messageOf(say.reply, { id }), value)
    } catch (error) {
      this.#fail(id, error)
    }
  }

  /** @returns whether somebody still waits */
  #settled(id: number, asked: Asked): boolean {
    if (this.#asks.get(id) !== asked) return false
    this.#asks.delete(id)
    return true
  }

  #stream(message: Message, frame: Buffer, begin: number, end: number): void {
    const { id, to, method, remainingMs, count } = message
    if (!this.#admit(id, this.#streams.size, this.#limits.streams, 'streams')) return
    const line = this.#line
    try {
      const args = this.#argumentsIn(frame, begin, end)
      const items =
        to === TOPICS_PATH
          ? this.#provider.topics.stream(method, args)
          : this.#provider.stream(this.#find(to), method, args, remainingMs)
      const outlet = {
        item: (value: unknown) => {
          line.postWith(messageOf(say.item, { id }), value)
          return 0
        },
        end: () => line.post(messageOf(say.end, { id })),
        fail: (error: unknown) => this.#fail(id, error),
        threw: (error: unknown) => this.#fail(id, error),
        // The other node gives credit by items alone.
        stall: () => undefined,
        schedule: (turn: Turn) => soon(() => turn.run()),
        ended: () => {
          if (this.#streams.get(id) === source) this.#streams.delete(id)
        },
      }
      const source = new StreamSource(undefined, paced(items, line), count, outlet)
      this.#streams.set(id, source)
    } catch (error) {
      this.#fail(id, error)
    }
  }

  #watch(id: number, to: string): void {
    if (!this.#admit(id, this.#watches.size, this.#limits.watches, 'watches')) return
    const down = (told: Down): void => {
      this.#watches.delete(id)
      this.#postError(messageOf(say.down, { id }), (tell) => toldDown(told, tell))
    }
    const ref = this.#provider.find(to)
    if (ref === undefined) down({ reason: 'no such actor' })
    else this.#watches.set(id, this.#provider.watch(ref, down))
  }

  #cancel(id: number): void {
    this.#asks.get(id)?.abandon(new ActorError('ETIMEDOUT', 'Who asked waits no more'))
    this.#asks.delete(id)
    this.#streams.get(id)?.cancel()
    this.#watches.get(id)?.()
    this.#watches.delete(id)
  }

  /** Whether one more may be begun; who asked is told if not. */
  #admit(id: number, count: number, limit: number, what: string): boolean {
    if (id === 0 || this.#asks.has(id) || this.#streams.has(id) || this.#watches.has(id)) {
      this.#dropped(new ActorError('EBADMSG', `The number ${id} is in use`))
      return false
    }
    if (count < limit) return true
    this.#fail(id, tooMany(limit, what))
    return false
  }

  #find(path: string): ActorRef {
    const ref = this.#provider.find(path)
    if (ref === undefined)
      throw new ActorError('ENOACTOR', `There is no actor ${pathLabel(path)} here`)
    return ref
  }

  #valueIn(frame: Buffer, begin: number, end: number): unknown {
    try {
      return readValue(frame, begin, end, this.#line.values)
    } catch (cause) {
      throw new ActorError('EBADMSG', 'The arguments cannot be read', { cause })
    }
  }

  #argumentsIn(frame: Buffer, begin: number, end: number): unknown[] {
    const args = this.#valueIn(frame, begin, end)
    if (!Array.isArray(args)) throw new ActorError('EBADMSG', 'Arguments are an array')
    return args
  }

  #fail(id: number, error: unknown): void {
    this.#postError(messageOf(say.failure, { id }), (told) => told(error))
  }

  /** @param body made with how errors are told: if that is more than the peer takes, it is told the least */
  #postError(message: Message, body: (told: (error: unknown) => object) => object): void {
    let why: unknown
    for (const told of [failureOf, bareFailureOf]) {
      try {
        this.#line.postWith(message, body(told))
        return
      } catch (error) {
        why = error
      }
    }
    this.#dropped(why)
  }
}

/** Why what was told could not be handed over, by the code of what came instead. */
const reasons: Partial<Record<string, DeadLetterReason>> = {
  ENOACTOR: 'no such actor',
  EOVERFLOW: 'overflow',
  EHOSTDOWN: 'host lost',
  ECLOSED: 'host lost',
  ENODEDOWN: 'node lost',
}

const reasonOf = (error: unknown): DeadLetterReason =>
  (error instanceof ActorError && reasons[error.code]) || 'unreadable'

const tooMany = (limit: number, what: string): ActorError =>
  new ActorError('EOVERFLOW', `A node may have ${limit} ${what} here at a time`)

/** Items of a stream until timers and sockets have their turn, whatever credit its reader has given. */
const ITEMS_PER_TURN = 256

/** No item is made while the line is full, and none keeps the thread for itself. */
function paced(items: AsyncGenerator<unknown, void, void>, line: Line): AsyncIterator<unknown> {
  let made = 0
  return {
    async next() {
      if (++made % ITEMS_PER_TURN === 0) await turn()
      if (line.isFull) await line.whenRoom()
      return items.next()
    },
    return: async () => items.return(),
  }
}
