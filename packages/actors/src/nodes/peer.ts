import { ActorError } from '../errors.ts'
import { aboutCall } from '../host/aboutCall.ts'
import { addressLabel, type Address } from '../host/address.ts'
import { Answer, type Pending } from '../host/asks.ts'
import type { Clock } from '../host/clock.ts'
import type { Down } from '../host/down.ts'
import type { DeadLetterReason } from '../host/events.ts'
import type { ActorRef } from '../host/ref.ts'
import { StreamReader, WINDOW, type Creditor } from '../host/streamReader.ts'
import type { StopOptions } from '../host/life.ts'
import type { Timeouts } from '../host/timeouts.ts'
import { readValue } from '../values/index.ts'
import { Backlog, type Kept } from './backlog.ts'
import { downOf } from './downs.ts'
import { errorOf } from './failures.ts'
import type { Hello } from './hello.ts'
import { encode, MOST_BYTES, type Line, type LineValues } from './line.ts'
import { messageOf, say, type Message } from './protocol/message.ts'
import { readMessages } from './protocol/messageReader.ts'
import { random } from './random.ts'
import { remoteAddress } from './remoteAddress.ts'
import type { StreamCall } from './remoteCaller.ts'

/** What may wait while there is no connection, in bytes. */
const BACKLOG_BYTES = 1024 * 1024
/** Actors of one node that can be known to be full. */
const MOST_PAUSED = 4096

/** How something is asked of another node. */
export interface RemoteCall {
  /** From now on; `Infinity`: no end. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** It may be done twice, so that it is asked again when a connection was lost meanwhile. */
  readonly isIdempotent?: boolean | undefined
}

/** Something asked that is to be answered. */
interface Asked {
  readonly pending: Pending
  readonly to: string
  /** Asks again over the next connection. */
  readonly again: Kept | undefined
  readonly isWatch: boolean
  readonly release: (() => void) | undefined
}

type State = 'connecting' | 'up' | 'lost' | 'gone'

/** What a peer needs of the node that it is a peer of. */
export interface PeerOwner {
  readonly clock: Clock
  readonly timeouts: Timeouts
  /** How values are written for the peer while there is no connection. */
  valuesFor(peer: Peer): LineValues
  /** A message that no actor handles. */
  bury(reason: DeadLetterReason, address: Address, method: string): void
  /** The peer may take again what it did not take before. */
  relieved(peer: Peer): void
  /** The peer is gone, or another life of it has come, or it has counted this one as gone: what was made for it ends. */
  ended(peer: Peer): void
}

/**
 * Another node, as this one calls it: what was asked of it, over one connection after the other.
 *
 * A lost connection fails what was asked, unless it may be asked again; what is asked while there is none
 * waits. Only when none has come in time the node is gone.
 */
export class Peer implements Creditor {
  /** An endpoint, or `node:` and the incarnation. */
  readonly name: string
  readonly #owner: PeerOwner
  readonly #goneAfterMs: number
  readonly #asked = new Map<number, Asked>()
  readonly #paused = new Set<string>()
  readonly #whenTold: (() => void)[] = []
  readonly #whenUp: { resolve(): void; reject(error: unknown): void }[] = []
  readonly #whenGone = new Set<(error: ActorError) => void>()
  #state: State = 'connecting'
  #line: Line | undefined
  #hello: Hello | undefined
  /** What waits for a connection or, of what is asked, for room on it. */
  readonly #backlog = new Backlog()
  /** The line whose room is waited for. */
  #pouredInto: Line | undefined
  #pouring: Promise<void> = Promise.resolve()
  #ids = 0
  #epoch = random()
  #grace: unknown
  #why: unknown

  constructor(name: string, owner: PeerOwner, goneAfterMs: number) {
    this.name = name
    this.#owner = owner
    this.#goneAfterMs = goneAfterMs
    this.#startGrace()
  }

  get state(): State {
    return this.#state
  }

  /** What it said of itself last. */
  get hello(): Hello | undefined {
    return this.#hello
  }

  /** Another one for each time that it was counted as gone. */
  get epoch(): string {
    return this.#epoch
  }

  /** Settles when there is a connection; rejects when the node is gone. */
  whenUp(): Promise<void> {
    if (this.#state === 'up') return Promise.resolve()
    if (this.#state === 'gone') return Promise.reject(this.#nodeDown())
    return new Promise((resolve, reject) => this.#whenUp.push({ resolve, reject }))
  }

  /** Calls back once, when the node is gone, or another life of it has come. @returns takes it back */
  onGone(act: (error: ActorError) => void): () => void {
    if (this.#state === 'gone') {
      queueMicrotask(() => act(this.#nodeDown()))
      return () => undefined
    }
    this.#whenGone.add(act)
    return () => this.#whenGone.delete(act)
  }

  // Connections come and go.

  /** A connection is there, and the node has said who it is. */
  up(line: Line, hello: Hello): void {
    this.#owner.clock.cancel(this.#grace)
    if (this.#hello !== undefined) {
      if (this.#hello.incarnation !== hello.incarnation) this.#reborn()
      // It has told its actors that what was made for them is lost.
      else if (this.#hello.epoch !== hello.epoch) this.#owner.ended(this)
    }
    this.#state = 'up'
    this.#why = undefined
    this.#line = line
    this.#hello = hello
    this.#pouring = this.#pour(line)
    for (const waiting of this.#whenUp.splice(0)) waiting.resolve()
  }

  /** The connection is lost. @param error why, if that is known */
  lost(error?: unknown): void {
    if (this.#state !== 'up') return
    this.#state = 'lost'
    this.#line = undefined
    this.#why = error
    this.#paused.clear()
    const again: Kept[] = []
    for (const [id, asked] of this.#asked) {
      // What has not left yet leaves over the next one.
      if (this.#backlog.has(id)) continue
      if (asked.again !== undefined) again.push(asked.again)
      else this.#fail(id, asked.pending, this.#connectionLost())
    }
    this.#backlog.addFirst(again)
    this.#startGrace()
  }

  /** A connection was not made, and is tried again. @param error why, as far as that is known */
  failed(error: unknown): void {
    if (this.#state !== 'up') this.#why = error
  }

  /** Messages in a frame have not left before their connection was lost. */
  unsent(frame: Buffer): void {
    readMessages(frame, (message) => this.#buryTold(message))
  }

  /** The node is gone: nothing waits for it any more. It may come back. */
  gone(error?: unknown): void {
    if (this.#state === 'gone') return
    this.#owner.clock.cancel(this.#grace)
    this.#state = 'gone'
    this.#epoch = random()
    this.#line = undefined
    this.#why = error ?? this.#why
    this.#paused.clear()
    for (const message of this.#backlog.forget(() => true)) this.#buryTold(message)
    for (const resolve of this.#whenTold.splice(0)) resolve()
    for (const [id, asked] of this.#asked) this.#end(id, asked)
    for (const waiting of this.#whenUp.splice(0)) waiting.reject(this.#nodeDown())
    this.#tellGone()
    this.#owner.ended(this)
  }

  /** A connection is being made to a node that was gone. */
  awaited(): void {
    if (this.#state !== 'gone') return
    this.#state = 'connecting'
    this.#startGrace()
  }

  #startGrace(): void {
    this.#grace = this.#owner.clock.after(this.#goneAfterMs, () => this.gone())
  }

  /** Another life of the node: what was meant for the last one cannot be done any more. */
  #reborn(): void {
    for (const message of this.#backlog.forget(({ to }) => isSealed(to))) this.#buryTold(message)
    for (const [id, asked] of this.#asked)
      if (asked.isWatch || isSealed(asked.to)) this.#end(id, asked)
    this.#tellGone()
    this.#owner.ended(this)
  }

  #tellGone(): void {
    const told = [...this.#whenGone]
    this.#whenGone.clear()
    for (const act of told) act(this.#nodeDown())
  }

  #end(id: number, { isWatch, pending }: Asked): void {
    if (!isWatch) {
      this.#fail(id, pending, this.#nodeDown())
      return
    }
    this.#forget(id)
    pending.settle({ reason: 'node lost', error: this.#nodeDown() } satisfies Down)
  }

  // What is said and asked.

  /** Why the actor should be told nothing now. */
  refusal(to: string): DeadLetterReason | undefined {
    return this.#paused.has(to) ? 'overflow' : this.#obstacle()
  }

  /** Settles when the connection there is now takes more, or is lost. */
  async whenRoom(): Promise<void> {
    const line = this.#line
    while (line !== undefined && this.#line === line && this.#isHeldUp())
      await (this.#pouredInto === line ? this.#pouring : line.whenRoom())
  }

  /** Settles when nothing that was told waits for a connection, or for room on it. */
  async whenSent(): Promise<void> {
    if (this.#backlog.some(({ kind }) => kind === say.tell))
      await new Promise<void>((resolve) => this.#whenTold.push(resolve))
    await this.#line?.whenSent()
  }

  /**
   * @param isUnderWay it was told before anybody could know that the actor is to be told nothing more
   * @returns whether it is on its way, or waits for a connection
   */
  tell(to: string, method: string, args: unknown, isUnderWay = false): boolean {
    const refusal = isUnderWay ? this.#obstacle() : this.refusal(to)
    if (refusal !== undefined) {
      this.#owner.bury(refusal, remoteAddress(this.name, to), method)
      return false
    }
    const message = messageOf(say.tell, { to, method })
    try {
      if (this.#line !== undefined) this.#line.postWith(message, args)
      else this.#backlog.add({ message, body: encode(args, this.#values()) })
    } catch (error) {
      throw this.#aboutCall(error, message)
    }
    return true
  }

  /** Why nothing more should go to the node. */
  #obstacle(): DeadLetterReason | undefined {
    if (this.#state === 'gone') return 'node lost'
    const isFull =
      this.#line === undefined ? this.#backlog.bytes >= BACKLOG_BYTES : this.#isHeldUp()
    return isFull ? 'overflow' : undefined
  }

  /** Whether what is asked has to wait for room on the connection. */
  #isHeldUp(): boolean {
    return this.#line !== undefined && (this.#line.isFull || !this.#backlog.isEmpty)
  }

  ask(to: string, method: string, args: unknown, call: RemoteCall): Promise<unknown> {
    return this.#ask(messageOf(say.ask, { to, method }), args, call)
  }

  /** Settles when the mailbox has taken the message. */
  async send(to: string, method: string, args: unknown, call: RemoteCall): Promise<void> {
    await this.#ask(messageOf(say.send, { to, method }), args, call)
  }

  /** @param name of a definition that the node exports @returns a ref of the actor */
  spawn(name: string, args: unknown, call: RemoteCall): Promise<unknown> {
    return this.#ask(messageOf(say.spawn, { method: name }), args, call)
  }

  /** @param options.graceMs from when the node hears of it on; one that does not know of that takes as long as it takes */
  async stop(to: string, { drain = true, graceMs = Infinity }: StopOptions): Promise<void> {
    const answer = new Answer(0, this)
    const message = messageOf(say.stop, { to, count: drain ? 1 : 0, graceMs })
    // Asked twice it does no harm, and the actor outlives a connection.
    this.#begin(answer, message, undefined, { timeoutMs: Infinity, isIdempotent: true })
    await answer.promise
  }

  /** The actor fails with that other one from now on, or does so no more. */
  async link(to: string, other: ActorRef, isTied: boolean): Promise<void> {
    const answer = new Answer(0, this)
    const message = messageOf(say.link, { to, count: isTied ? 1 : 0 })
    const body = encode(other, this.#values())
    this.#begin(answer, message, body, { timeoutMs: Infinity, isIdempotent: true })
    await answer.promise
  }

  /** Calls back when the actor is no more, or its node is not. @returns takes it back */
  watch(to: string, watcher: (down: Down) => void): () => void {
    const answer = new Answer(0, this)
    const message = messageOf(say.watch, { to })
    this.#begin(answer, message, undefined, { timeoutMs: Infinity, isIdempotent: true })
    answer.promise.then(
      (down) => watcher(down as Down),
      // The other node watches too much for this one already.
      (error: unknown) => watcher({ reason: 'node lost', error }),
    )
    return () => this.abandon(answer, undefined)
  }

  stream(to: string, method: string, args: unknown, call: StreamCall): StreamReader {
    const message = messageOf(say.stream, { to, method, count: WINDOW })
    const reading = {
      address: { host: 0, slot: 0, generation: 0 },
      window: WINDOW,
      signal: call.signal,
      timeoutMs: call.timeoutMs,
      until: call.until,
      // Never asked for again: what was read of it cannot be known. The reader sees to its time and its signal.
      begin: (reader: StreamReader) => this.#start(reader, message, args, { timeoutMs: Infinity }),
    }
    return new StreamReader(reading, this)
  }

  nameOf({ id }: Pending): string {
    return addressLabel(remoteAddress(this.name, this.#asked.get(id)?.to ?? ''))
  }

  /** Nobody waits for it any more. */
  abandon(pending: Pending, error: unknown): void {
    const { id } = pending
    if (!this.#asked.has(id)) return
    if (!this.#backlog.has(id)) this.#line?.post(messageOf(say.cancel, { id }))
    this.#forget(id)
    if (error !== undefined) pending.fail(error)
  }

  await(reader: StreamReader): void {
    this.#owner.timeouts.add(reader, reader.patienceMs(this.#owner.clock.now()))
  }

  relax(reader: StreamReader): void {
    this.#owner.timeouts.remove(reader)
  }

  credit(reader: StreamReader, items: number): void {
    this.#line?.post(messageOf(say.credit, { id: reader.id, count: items }))
  }

  #ask(message: Message, args: unknown, call: RemoteCall): Promise<unknown> {
    const answer = new Answer(0, this)
    this.#start(answer, message, args, call)
    return answer.promise
  }

  #start(pending: Pending, message: Message, args: unknown, call: RemoteCall): void {
    if (call.signal?.aborted === true) {
      pending.fail(call.signal.reason)
      return
    }
    const isKept = call.isIdempotent === true || this.#line === undefined || this.#isHeldUp()
    try {
      const body = isKept ? encode(args, this.#values()) : undefined
      this.#begin(pending, message, body, call, { args })
    } catch (error) {
      this.#forget(pending.id)
      pending.fail(this.#aboutCall(error, message))
    }
  }

  #aboutCall(error: unknown, { method, to }: Pick<Message, 'method' | 'to'>): unknown {
    return aboutCall(error, () => `${method} of ${addressLabel(remoteAddress(this.name, to))}`)
  }

  #begin(
    pending: Pending,
    message: Message,
    body: Buffer | undefined,
    call: RemoteCall,
    fresh?: { readonly args: unknown },
  ): void {
    const line = this.#line
    const isOver = this.#backlog.bytes > (line === undefined ? BACKLOG_BYTES : MOST_BYTES)
    if (this.#state === 'gone' || isOver) {
      const isWatch = message.kind === say.watch
      const error = this.#state === 'gone' ? this.#nodeDown() : new ActorError('EOVERFLOW')
      if (isWatch) pending.settle({ reason: 'node lost', error } satisfies Down)
      else pending.fail(error)
      return
    }
    do this.#ids = (this.#ids + 1) >>> 0
    while (this.#ids === 0 || this.#asked.has(this.#ids))
    pending.id = message.id = this.#ids
    const kept: Kept = { message, body }
    pending.method = message.method
    this.#asked.set(pending.id, {
      pending,
      to: message.to,
      again: call.isIdempotent === true ? kept : undefined,
      isWatch: message.kind === say.watch,
      release: this.#heed(pending, call.signal),
    })
    this.#owner.timeouts.add(pending, call.timeoutMs)
    if (line === undefined) this.#backlog.add(kept)
    else if (this.#isHeldUp()) {
      this.#backlog.add(kept)
      if (this.#pouredInto !== line) this.#pouring = this.#pour(line)
    } else if (body !== undefined || fresh === undefined) this.#postKept(line, kept)
    else {
      message.remainingMs = this.#remaining(pending)
      line.postWith(message, fresh.args)
    }
  }

  #heed(pending: Pending, signal: AbortSignal | undefined): (() => void) | undefined {
    if (signal === undefined) return undefined
    const abort = (): void => this.abandon(pending, signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    return () => signal.removeEventListener('abort', abort)
  }

  /** How long the answer is of use; of a stream, all of its items. */
  #remaining(pending: Pending): number {
    const deadline = pending instanceof StreamReader ? pending.reading.until : pending.deadline
    return deadline === Infinity ? Infinity : Math.max(0, deadline - this.#owner.clock.now())
  }

  /** Sends what waits, as much at a time as the line takes. */
  async #pour(line: Line): Promise<void> {
    this.#pouredInto = line
    while (this.#line === line) {
      while (!line.isFull) {
        const next = this.#backlog.shift()
        if (next === undefined) break
        this.#postKept(line, next)
      }
      if (!this.#isHeldUp()) break
      await line.whenRoom()
    }
    if (this.#pouredInto === line) this.#pouredInto = undefined
    if (this.#line !== line) return
    for (const resolve of this.#whenTold.splice(0)) resolve()
    this.#owner.relieved(this)
  }

  /** What was told, and waited, gets nowhere; who has asked is told. */
  #buryTold({ kind, to, method }: Message): void {
    if (kind === say.tell) this.#owner.bury('node lost', remoteAddress(this.name, to), method)
  }

  #postKept(line: Line, { message, body }: Kept): void {
    const asked = this.#asked.get(message.id)
    if (asked !== undefined) message.remainingMs = this.#remaining(asked.pending)
    try {
      if (body === undefined) line.post(this.#understood(message))
      else line.postEncoded(message, body)
    } catch (error) {
      // The node that has come takes less than this.
      if (asked !== undefined)
        this.#fail(message.id, asked.pending, this.#aboutCall(error, message))
      else this.#owner.bury('unreadable', remoteAddress(this.name, message.to), message.method)
    }
  }

  /** Of a message what the node knows of. */
  #understood(message: Message): Message {
    const isTooMuch = message.graceMs < Infinity && this.#hello?.takesGrace !== true
    return isTooMuch ? { ...message, graceMs: Infinity } : message
  }

  // What it answers.

  /** @returns whether it was an answer, or something like it */
  take(message: Message, frame: Buffer, begin: number, end: number): boolean {
    const { kind, id } = message
    switch (kind) {
      case say.pause:
        if (this.#paused.size < MOST_PAUSED) this.#paused.add(message.to)
        return true
      case say.resume:
        this.#paused.delete(message.to)
        this.#owner.relieved(this)
        return true
      case say.reply:
      case say.failure:
      case say.item:
      case say.end:
      case say.down:
        this.#answer(kind, id, frame, begin, end)
        return true
      default:
        return false
    }
  }

  #answer(kind: Message['kind'], id: number, frame: Buffer, begin: number, end: number): void {
    const asked = this.#asked.get(id)
    if (asked === undefined) {
      this.#owner.bury('late reply', remoteAddress(this.name, '/'), '')
      return
    }
    const { pending, isWatch } = asked
    const { method } = pending
    let value: unknown
    try {
      if (begin < end) value = readValue(frame, begin, end, this.#line?.values ?? this.#values())
    } catch (error) {
      this.abandon(pending, new ActorError('EBADMSG', 'An answer cannot be read', { cause: error }))
      return
    }
    if (kind === say.item) {
      if (pending instanceof StreamReader && pending.isFull)
        this.abandon(
          pending,
          new ActorError('EBADMSG', 'A stream sends more than it has credit for'),
        )
      else pending.item(value)
      return
    }
    this.#forget(id)
    if (kind === say.failure)
      pending.fail(this.#aboutCall(errorOf(value), { method, to: asked.to }))
    else if (isWatch) pending.settle(downOf(value))
    else if (kind === say.end) pending.end()
    else pending.settle(value)
  }

  #fail(id: number, pending: Pending, error: unknown): void {
    this.#forget(id)
    pending.fail(error)
  }

  #forget(id: number): void {
    const asked = this.#asked.get(id)
    if (asked === undefined) return
    this.#asked.delete(id)
    this.#backlog.delete(id)
    this.#owner.timeouts.remove(asked.pending)
    asked.release?.()
  }

  #values(): LineValues {
    return this.#line?.values ?? this.#owner.valuesFor(this)
  }

  #nodeDown(): ActorError {
    return new ActorError('ENODEDOWN', `The node ${this.name} is gone, or cannot be reached`, {
      cause: this.#why,
    })
  }

  #connectionLost(): ActorError {
    return new ActorError('ENODEDOWN', `The connection to ${this.name} was lost`, {
      cause: this.#why,
    })
  }
}

/** Whether the path is good for one life of its node only. */
const isSealed = (path: string): boolean => path.startsWith('/~')
