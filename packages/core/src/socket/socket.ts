import { enter, type Context } from '../context/context.ts'
import { context as defaultContext } from '../context/default.ts'
import { contextOptions, readContextWord } from '../context/contextOptions.ts'
import { parseEndpoint } from '../endpoint.ts'
import { SocketError } from '../errors.ts'
import type { Binding, Inproc } from '../inproc/inproc.ts'
import { Uncloneable } from '../thread/uncloneable.ts'
import type { Acceptor, Thread } from '../thread/thread.ts'
import { toOutgoing, type MessageLike, type Outgoing } from './message.ts'
import { Observer, tell } from './observer.ts'
import {
  notImmediateWarning,
  readOption,
  socketTypeId,
  writeOption,
  type OptionDefinition,
  type OptionHost,
} from './optionDefinition.ts'
import { defineOptionProperties, readOptionById, writeOptionById } from './optionProperties.ts'
import { SocketOptions } from './options.ts'
import type { SocketInformation } from './optionTypes.ts'
import type { Failure, Pattern, PatternHost, Received } from './pattern.ts'
import { patternOf } from './patterns/patternOf.ts'
import { canTalk } from './peerTypes.ts'
import { Outbox, type Given } from './outbox.ts'
import { Pipe, type PipeOwner, type PipeSettings } from './pipe.ts'
import { SharedBatch } from './sharedBatch.ts'
import { SharedFrame } from './sharedFrame.ts'
import { Waiting } from './waiting.ts'

/** How long a blocking call waits, in milliseconds: 0 not at all, -1 for ever. */
export interface TimeoutOptions {
  timeout?: number
}

export interface BatchOptions {
  /** The most messages to return. Default 1024. */
  max?: number
}

const DEFAULT_BATCH = 1024
const nothing = (): string => 'EAGAIN'
/** For all that keeps a socket from its user; a proxy, too, as in ZeroMQ's binding. */
const BLOCKED = 'Socket is blocked by a bind or unbind operation'
const NO_ROUTING_ID = Buffer.alloc(0)
const DONE = Promise.resolve()
const FINISHED = { done: true, value: undefined } as const

/** What a proxy uses of a socket; the keys of methods, so that users see no such names. */
export const patternOfSocket: unique symbol = Symbol('pattern')
export const engage: unique symbol = Symbol('engage')

/** A socket that a proxy uses, and nobody else. */
export interface Engaged {
  readonly pattern: Pattern
  readonly thread: Thread
  /** Makes readable what the pattern has sent. */
  flush(): void
  /** Lets others use the socket again. */
  release(): void
}
/** For what a type does besides the calls of every socket. */
export const act: unique symbol = Symbol('act')

interface SocketConstructorOptions {
  context?: Context
}

/**
 * The one implementation of all socket types: endpoints, options, and the three ways to call. What
 * makes a type is its pattern. Types that do not receive, or do not send, hide those methods from
 * TypeScript; called all the same, they fail with `ENOTSUP`, as in libzmq.
 */
export class SocketBase
  extends Uncloneable
  implements OptionHost, PipeOwner, PatternHost, Acceptor
{
  readonly #context: Context
  readonly #thread: Thread
  readonly #inproc: Inproc
  readonly #options: SocketOptions
  readonly #pattern: Pattern
  readonly #id: number
  readonly #pipes = new Set<Pipe>()
  readonly #bindings = new Map<string, Binding>()
  #events: Observer | undefined
  #isClosed = false
  #isBinding = false
  #closesAfterBinding = false
  /** Why calls fail at once, if they do. */
  #refusal: (() => SocketError) | undefined
  readonly #dirty: Pipe[] = []
  #dirtyCount = 0
  #sending: Waiting<void> | undefined
  #unsent: Outbox | undefined
  #receiving: Waiting<never> | undefined
  #takeReceived: () => unknown = nothing
  /** Who else is to know that it may be worth trying again. */
  #onChange: (() => void) | undefined
  /** Tries asked for: a pipe that ends in the middle of one asks for another, not for one within. */
  #sendingTries = 0
  #receivingTries = 0

  /**
   * @throws {TypeError} wrong or unknown options
   * @throws {SocketError} `EINVAL` no such type, `EMFILE` more sockets than the context allows,
   *   `ETERM` the context was shut down
   */
  constructor(type: number, options: SocketConstructorOptions = {}) {
    super()
    if (typeof type !== 'number') throw new TypeError('Socket type must be a number')
    if (typeof options !== 'object' || options === null) {
      throw new TypeError('Options must be an object')
    }
    const { context = defaultContext, ...settings } = options
    this.#context = context
    const { thread, inproc } = enterContext(context)
    this.#thread = thread
    this.#inproc = inproc
    this.#options = new SocketOptions(type, context)
    this.#pattern = patternOf(type, this)
    this.#id = this.#register()
    Object.seal(this)
    Object.assign(this, settings)
  }

  #register(): number {
    const { table, slot } = this.#thread
    if (this.#context.isShutDown) throw new SocketError('ETERM')
    table.addSockets(slot, 1)
    if (table.sockets() > this.#context[readContextWord](contextOptions.maxSockets)) {
      table.addSockets(slot, -1)
      throw new SocketError('EMFILE')
    }
    return this.#thread.register(this)
  }

  get context(): Context {
    return this.#context
  }

  get closed(): boolean {
    return this.#isClosed
  }

  /**
   * What happens to this socket.
   *
   * @throws {SocketError} `ENOTSOCK`: it was closed before anybody asked
   */
  get events(): Observer {
    if (this.#events === undefined) this.#checkOpen()
    return (this.#events ??= new Observer(this.#thread.keepAlive))
  }

  /** @internal */
  get options(): SocketOptions {
    return this.#options
  }

  /** Whether a message can be received right now. */
  get readable(): boolean {
    if (this.#isClosed) return false
    this.#thread.poll()
    return this.#pattern.canReceive()
  }

  /** Whether a message can be sent right now. */
  get writable(): boolean {
    if (this.#isClosed) return false
    this.#thread.poll()
    return this.#pattern.canSend()
  }

  // ---- endpoints

  /**
   * Makes this socket reachable at an endpoint. Any number of peers may connect to it, before or
   * after.
   *
   * Until it is done, other calls fail with `EBUSY`. Rejects with SocketError: `EADDRINUSE`,
   * `EINVAL`, `EPROTONOSUPPORT`, `ENAMETOOLONG`.
   *
   * @see zmq_bind(3)
   */
  bind(endpoint: string, ...extra: never[]): Promise<void> {
    checkArguments(1, extra)
    return this.#whileBlocked(endpoint, () => this.bindSync(endpoint))
  }

  /** As `bind`, at once. */
  bindSync(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    this.#checkUsable()
    const address = this.#inprocAddress(endpoint)
    this.#withAddress(endpoint, () => {
      const binding = this.#inproc.bind(address, this.#settings(), this, (pipe) => this.#add(pipe))
      this.#bindings.set(endpoint, binding)
    })
    this.#options.lastEndpoint = endpoint
    this.#thread.arm()
  }

  /**
   * Takes `bind` back. Connections that were made stay.
   *
   * Until it is done, other calls fail with `EBUSY`. Rejects with SocketError `ENOENT`: it was not
   * bound there.
   */
  unbind(endpoint: string, ...extra: never[]): Promise<void> {
    checkArguments(1, extra)
    return this.#whileBlocked(endpoint, () => this.unbindSync(endpoint))
  }

  /** Makes every call fail with `EBUSY` and this message; undefined to allow them. */
  #block(message: string | undefined): void {
    if (this.#isClosed) return
    if (message !== undefined) this.#refusal = () => new SocketError('EBUSY', { message })
    else this.#refusal = this.#context.isShutDown ? () => new SocketError('ETERM') : undefined
  }

  /** A transport may take its time to bind, so that whoever does not wait learns it here. */
  #whileBlocked(endpoint: string, act: () => void): Promise<void> {
    this.#checkUsable()
    if (typeof endpoint !== 'string') throw new TypeError('Address must be a string')
    this.#block(BLOCKED)
    this.#isBinding = true
    return DONE.then(() => {
      // The thread may have ended in between.
      if (this.#isClosed) return
      this.#isBinding = false
      this.#block(undefined)
      try {
        act()
      } finally {
        if (this.#closesAfterBinding) this.close()
      }
    })
  }

  /** As `unbind`, at once. */
  unbindSync(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    this.#checkUsable()
    this.#inprocAddress(endpoint)
    const binding = this.#bindings.get(endpoint)
    if (binding === undefined) throw new SocketError('ENOENT', { address: endpoint })
    this.#inproc.unbind(binding)
    this.#bindings.delete(endpoint)
  }

  /**
   * Connects to an endpoint, which need not be bound yet. May be called for several endpoints.
   *
   * @throws {SocketError} `EINVAL`, `EPROTONOSUPPORT`, `ENAMETOOLONG`, `ENOCOMPATPROTO`
   * @see zmq_connect(3)
   */
  connect(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    const { connectRoutingId } = this.#options
    this.#options.connectRoutingId = null
    this.#checkUsable()
    const address = this.#inprocAddress(endpoint)
    this.#withAddress(endpoint, () => {
      const pipe = this.#inproc.connect(address, this.#settings(), this)
      pipe.endpoint = endpoint
      if (connectRoutingId !== null) pipe.routingId = connectRoutingId
      this.#add(pipe)
    })
    this.#options.lastEndpoint = endpoint
    this.#thread.arm()
  }

  /**
   * Takes one `connect` back. What was sent is still delivered; what was not received is lost.
   *
   * @throws {SocketError} `ENOENT`: it was not connected there
   */
  disconnect(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    this.#checkUsable()
    this.#inprocAddress(endpoint)
    const pipes = [...this.#pipes].filter((pipe) => pipe.endpoint === endpoint)
    if (pipes.length === 0) throw new SocketError('ENOENT', { address: endpoint })
    for (const pipe of pipes) this.#inproc.close(pipe, this.#options.linger)
  }

  /**
   * Closes the socket: while it binds, as soon as that has ended. What was sent lingers as `linger`
   * says; pending calls fail with `EAGAIN`.
   */
  close(): void {
    if (this.#isClosed) return
    if (this.#isBinding) {
      this.#closesAfterBinding = true
      return
    }
    this.#thread.poll()
    this.#giveUp('EAGAIN')
    this.#isClosed = true
    this.#refusal = () => new SocketError('EBADF')
    for (const binding of this.#bindings.values()) this.#inproc.unbind(binding)
    this.#bindings.clear()
    this.#flush()
    for (const pipe of this.#pipes) this.#inproc.close(pipe, this.#options.linger)
    this.#thread.unregister(this.#id)
    this.#events?.[tell]({ type: 'end' })
    this.#onChange?.()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  // ---- promises

  send(message: MessageLike | readonly MessageLike[], target?: object): Promise<void> {
    this.#checkSending()
    if (target !== undefined && this.#pattern.address === undefined) checkArguments(1, [target])
    const outgoing = this.#outgoing(message, target)
    if (outgoing === undefined) return this.#thread.turn.settle(undefined, DONE, 1)
    let failure: Failure | undefined
    try {
      failure = this.#pattern.send(outgoing)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    if (failure !== undefined) return this.#sendLater(Outbox.of(this.#pattern, outgoing), failure)
    this.#flush()
    if (this.#receiving !== undefined) this.#retryReceiving()
    return this.#thread.turn.settle(undefined, DONE, effortOf(outgoing))
  }

  sendMany(messages: readonly Given[]): Promise<void> {
    this.#checkSending()
    const outbox = Outbox.ofBatch(this.#pattern, messages)
    let failure: Failure | undefined
    try {
      failure = this.#sendAll(outbox)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    if (failure !== undefined) return this.#sendLater(outbox.keep(), failure)
    if (this.#receiving !== undefined) this.#retryReceiving()
    return this.#thread.turn.settle(undefined, DONE, Infinity)
  }

  receive(...extra: never[]): Promise<never> {
    checkArguments(0, extra)
    return this.#receive(this.#takeMessage)
  }

  receiveMany(options: BatchOptions = {}): Promise<never> {
    const max = options.max ?? DEFAULT_BATCH
    checkCount(max)
    return this.#receive(() => this.#takeBatch(max))
  }

  receiveShared(): Promise<never> {
    return this.#receive(this.#takeShared)
  }

  receiveManyShared(options: BatchOptions = {}): Promise<never> {
    const max = options.max ?? DEFAULT_BATCH
    checkCount(max)
    return this.#receive(() => this.#takeManyShared(max))
  }

  [Symbol.asyncIterator](): AsyncIterator<never, undefined> {
    return { next: () => this.#next() }
  }

  async #next(): Promise<IteratorResult<never, undefined>> {
    if (this.#isClosed) return FINISHED
    try {
      return { done: false, value: await this.receive() }
    } catch (error) {
      const ended = this.#isClosed && error instanceof SocketError && error.code === 'EAGAIN'
      if (ended) return FINISHED
      throw error
    }
  }

  // ---- blocking

  sendSync(message: MessageLike | readonly MessageLike[], options?: TimeoutOptions): void {
    this.#checkSending()
    if (options?.timeout !== undefined) checkTimeout(options.timeout)
    const outgoing = this.#outgoing(message, options)
    if (outgoing === undefined) return
    const failure = this.#pattern.send(outgoing)
    if (failure !== undefined) {
      this.#sendBlocking(Outbox.of(this.#pattern, outgoing), failure, options)
    }
    this.#flush()
    if (this.#receiving !== undefined) this.#retryReceiving()
  }

  sendManySync(messages: readonly Given[], options?: TimeoutOptions): void {
    this.#checkSending()
    const outbox = Outbox.ofBatch(this.#pattern, messages)
    const failure = this.#sendAll(outbox)
    if (failure !== undefined) this.#sendBlocking(outbox, failure, options)
    if (this.#receiving !== undefined) this.#retryReceiving()
  }

  receiveSync(options?: TimeoutOptions): never {
    return this.#receiveBlocking(this.#takeMessage, options) as never
  }

  receiveManySync(options: TimeoutOptions & BatchOptions = {}): never {
    const max = options.max ?? DEFAULT_BATCH
    checkCount(max)
    return this.#receiveBlocking(() => this.#takeBatch(max), options) as never
  }

  receiveSharedSync(options?: TimeoutOptions): never {
    return this.#receiveBlocking(this.#takeShared, options) as never
  }

  receiveManySharedSync(options: TimeoutOptions & BatchOptions = {}): never {
    const max = options.max ?? DEFAULT_BATCH
    checkCount(max)
    return this.#receiveBlocking(() => this.#takeManyShared(max), options) as never
  }

  // ---- sending

  #outgoing(
    message: MessageLike | readonly MessageLike[],
    target: object | undefined,
  ): Outgoing | undefined {
    if (typeof message === 'string' && this.#pattern.isUnwanted?.(message)) return undefined
    const outgoing = toOutgoing(message)
    if (Array.isArray(outgoing) && outgoing.length === 0) return undefined
    return this.#pattern.address === undefined ? outgoing : this.#pattern.address(outgoing, target)
  }

  /** Sends what it can and makes it readable. */
  #sendAll(outbox: Outbox): Failure | undefined {
    try {
      return outbox.send()
    } finally {
      this.#flush()
    }
  }

  #sendLater(outbox: Outbox, failure: Failure): Promise<void> {
    const { sendTimeout } = this.#options
    if (!isPassing(failure) || sendTimeout === 0) return Promise.reject(new SocketError(failure))
    this.#unsent = outbox
    const waiting = new Waiting<void>(this.#thread.keepAlive, sendTimeout, () =>
      this.#giveUpSending('EAGAIN'),
    )
    this.#sending = waiting
    this.#thread.arm()
    this.#retrySending()
    return waiting.promise
  }

  /** Tries again until it has to wait. */
  #retrySending(): void {
    if (++this.#sendingTries > 1) return
    try {
      do {
        this.#sendingTries = 1
        this.#trySending()
      } while (this.#sendingTries > 1)
    } finally {
      this.#sendingTries = 0
    }
  }

  #trySending(): void {
    for (;;) {
      const waiting = this.#sending
      if (waiting === undefined) return
      let failure: Failure | undefined
      try {
        failure = this.#unsent === undefined ? undefined : this.#sendAll(this.#unsent)
      } catch (error) {
        this.#sending = undefined
        waiting.reject(error as Error)
        return
      }
      if (failure === 'EFSM' || (failure === 'EAGAIN' && this.#pattern.parkSending())) return
      if (failure === 'EAGAIN') continue
      this.#sending = undefined
      this.#unsent = undefined
      if (failure === undefined) waiting.resolve()
      else waiting.reject(new SocketError(failure))
      if (this.#receiving !== undefined) this.#retryReceiving()
      return
    }
  }

  #giveUpSending(code: 'EAGAIN' | 'ETERM'): void {
    if (this.#sending === undefined) return
    if (code === 'EAGAIN') this.#retrySending()
    const waiting = this.#sending
    if (waiting === undefined) return
    this.#sending = undefined
    this.#unsent = undefined
    const isOutOfTurn = code === 'EAGAIN' && this.#pattern.isSendOutOfTurn?.() === true
    waiting.reject(new SocketError(isOutOfTurn ? 'EFSM' : code))
  }

  #sendBlocking(outbox: Outbox, first: Failure, options: TimeoutOptions | undefined): void {
    const deadline = deadlineOf(options?.timeout ?? this.#options.sendTimeout)
    let failure: Failure | undefined = first
    for (;;) {
      if (failure !== 'EAGAIN') throw new SocketError(failure)
      this.#wait(deadline, this.#canSend, this.#parkSending)
      failure = this.#sendAll(outbox)
      if (failure === undefined) return
    }
  }

  // ---- receiving

  readonly #takeMessage = (): unknown => {
    const received = this.#pattern.receive()
    if (typeof received === 'string' || this.#pattern.present === undefined) return received
    return this.#pattern.present(received)
  }

  #takeBatch(max: number): unknown {
    const batch: unknown[] = []
    if (this.#pattern.receiveMany !== undefined) {
      this.#pattern.receiveMany(batch as Received[], max)
      return batch.length > 0 ? batch : 'EAGAIN'
    }
    const first = this.#takeMessage()
    if (typeof first === 'string') return first
    batch.push(first)
    while (batch.length < max) {
      const next = this.#takeMessage()
      if (typeof next === 'string') break
      batch.push(next)
    }
    return batch
  }

  readonly #takeShared = (): unknown => {
    const pattern = this.#pattern
    if (pattern.receiveFrom !== undefined) {
      const pipe = pattern.receiveFrom()
      return typeof pipe === 'string' ? pipe : pipe.readShared()
    }
    const received = pattern.receiveParts?.() ?? pattern.receive()
    if (typeof received === 'string') return received
    const frames = received.map(SharedFrame.of)
    return pattern.presentShared?.(frames) ?? frames
  }

  #takeManyShared(max: number): unknown {
    const pattern = this.#pattern
    if (pattern.receiveFrom === undefined) {
      const batch = this.#takeBatch(max)
      return typeof batch === 'string' ? batch : new SharedBatch(batch as unknown[], nothing)
    }
    const pipe = pattern.receiveFrom()
    return typeof pipe === 'string' ? pipe : pipe.borrow(max)
  }

  #receive(take: () => unknown): Promise<never> {
    this.#checkReceiving()
    const received = take()
    if (typeof received === 'string') return this.#receiveLater(take, received as Failure)
    if (this.#sending !== undefined) this.#retrySending()
    const effort = take === this.#takeMessage ? effortOf(received as Buffer[]) : Infinity
    return this.#thread.turn.settle(received, Promise.resolve(received), effort) as Promise<never>
  }

  #receiveLater(take: () => unknown, failure: Failure): Promise<never> {
    const { receiveTimeout } = this.#options
    if (!isPassing(failure) || receiveTimeout === 0) return Promise.reject(new SocketError(failure))
    this.#takeReceived = take
    const waiting = new Waiting<never>(this.#thread.keepAlive, receiveTimeout, () =>
      this.#giveUpReceiving('EAGAIN'),
    )
    this.#receiving = waiting
    this.#thread.arm()
    this.#retryReceiving()
    return waiting.promise
  }

  /** Tries again until it has to wait. */
  #retryReceiving(): void {
    if (++this.#receivingTries > 1) return
    try {
      do {
        this.#receivingTries = 1
        this.#tryReceiving()
      } while (this.#receivingTries > 1)
    } finally {
      this.#receivingTries = 0
    }
  }

  #tryReceiving(): void {
    for (;;) {
      const waiting = this.#receiving
      if (waiting === undefined) return
      const received = this.#takeReceived()
      if (received === 'EFSM' || (received === 'EAGAIN' && this.#pattern.parkReceiving())) return
      if (received === 'EAGAIN') continue
      this.#receiving = undefined
      if (typeof received === 'string') waiting.reject(new SocketError(received as Failure))
      else waiting.resolve(received as never)
      if (this.#sending !== undefined) this.#retrySending()
      return
    }
  }

  #giveUpReceiving(code: 'EAGAIN' | 'ETERM'): void {
    if (this.#receiving === undefined) return
    if (code === 'EAGAIN') this.#retryReceiving()
    const waiting = this.#receiving
    if (waiting === undefined) return
    this.#receiving = undefined
    const isOutOfTurn = code === 'EAGAIN' && this.#pattern.isReceiveOutOfTurn?.() === true
    waiting.reject(new SocketError(isOutOfTurn ? 'EFSM' : code))
  }

  #receiveBlocking(take: () => unknown, options: TimeoutOptions | undefined): unknown {
    this.#checkReceiving()
    if (options?.timeout !== undefined) checkTimeout(options.timeout)
    let received = take()
    if (typeof received === 'string') {
      const deadline = deadlineOf(options?.timeout ?? this.#options.receiveTimeout)
      do {
        if (received !== 'EAGAIN') throw new SocketError(received as Failure)
        this.#wait(deadline, this.#canReceive, this.#parkReceiving)
        received = take()
      } while (typeof received === 'string')
    }
    if (this.#sending !== undefined) this.#retrySending()
    return received
  }

  // ---- waiting

  readonly #canSend = (): boolean => this.#pattern.canSendAgain?.() ?? this.#pattern.canSend()
  readonly #canReceive = (): boolean => this.#pattern.canReceive()
  readonly #parkSending = (): boolean => this.#pattern.parkSending()
  readonly #parkReceiving = (): boolean => this.#pattern.parkReceiving()

  /** Blocks until it is worth trying again. @throws {SocketError} `EAGAIN`, `ETERM` */
  #wait(deadline: number, isReady: () => boolean, park: () => boolean): void {
    if (this.#context.isShutDown) throw new SocketError('ETERM')
    const left = deadline === Infinity ? Infinity : deadline - performance.now()
    if (left <= 0) throw new SocketError('EAGAIN')
    this.#thread.wait(left, isReady, park)
    if (this.#context.isShutDown) throw new SocketError('ETERM')
  }

  // ---- pipes

  #settings(): PipeSettings {
    const options = this.#options
    return {
      socketId: this.#id,
      socketType: options.type,
      sendHighWaterMark: options.sendHighWaterMark,
      receiveHighWaterMark: options.receiveHighWaterMark,
      routingId: options.routingId ?? NO_ROUTING_ID,
      isConflating: options.conflate && conflating.has(options.type),
    }
  }

  #add(pipe: Pipe): void {
    this.#pipes.add(pipe)
    // Whatever `immediate` says: inproc has no connections in the making, only names not bound yet.
    this.#pattern.attach(pipe)
    this.#flush()
    this.#retryBoth()
    pipe.catchUp()
  }

  accept(pipeId: number): void {
    this.#add(new Pipe(this.#thread, this, pipeId, 1))
  }

  pipeAttached(pipe: Pipe): void {
    this.#inproc.stopWaiting(pipe)
    if (!canTalk(this.#options.type, pipe.peerType)) {
      pipe.close()
      return
    }
    this.#pattern.attached?.(pipe)
    this.#flush()
  }

  pipeReadable(pipe: Pipe): void {
    this.#pattern.readable(pipe)
    this.#flush()
    this.#retryBoth()
  }

  pipeWritable(pipe: Pipe): void {
    this.#pattern.writable(pipe)
    this.#retryBoth()
  }

  pipeEnded(pipe: Pipe): void {
    this.#inproc.stopWaiting(pipe)
    this.#pipes.delete(pipe)
    this.#pattern.detach(pipe)
    if (!this.#isClosed) this.#retryBoth()
  }

  #retryBoth(): void {
    this.#onChange?.()
    if (this.#receiving !== undefined) this.#retryReceiving()
    if (this.#sending !== undefined) this.#retrySending()
  }

  flushLater(pipe: Pipe): void {
    if (pipe.isDirty) return
    pipe.isDirty = true
    this.#dirty[this.#dirtyCount++] = pipe
  }

  #flush(): void {
    const count = this.#dirtyCount
    if (count === 0) return
    // A counter and not the array's length, which takes longer to set.
    this.#dirtyCount = 0
    for (let i = 0; i < count; i++) this.#dirty[i]!.flush()
  }

  closePipe(pipe: Pipe): void {
    this.#inproc.close(pipe, this.#options.linger)
  }

  // ---- the end

  shutDown(): void {
    this.#refusal = () => new SocketError('ETERM')
    this.#giveUp('ETERM')
    this.#onChange?.()
  }

  terminate(): void {
    this.#isBinding = false
    this.close()
  }

  #giveUp(code: 'EAGAIN' | 'ETERM'): void {
    this.#giveUpSending(code)
    this.#giveUpReceiving(code)
  }

  // ---- checks

  /** Does what other threads have asked for, then sees whether calls are allowed. */
  #checkUsable(): void {
    this.#thread.poll()
    if (this.#refusal !== undefined) throw this.#refusal()
  }

  #checkSending(): void {
    this.#checkUsable()
    if (this.#sending !== undefined) {
      throw new SocketError('EBUSY', {
        message: 'Socket is busy writing; only one send operation may be in progress at any time',
      })
    }
  }

  #checkReceiving(): void {
    this.#checkUsable()
    if (this.#receiving !== undefined) {
      throw new SocketError('EBUSY', {
        message:
          'Socket is busy reading; only one receive operation may be in progress at any time',
      })
    }
  }

  #inprocAddress(endpoint: string): string {
    const { scheme, address } = parseEndpoint(endpoint)
    if (scheme !== 'inproc') throw new SocketError('EPROTONOSUPPORT', { address: endpoint })
    return address
  }

  #withAddress(endpoint: string, act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      throw new SocketError(error.code, { message: error.message, address: endpoint, cause: error })
    }
  }

  // ---- options

  [readOption](definition: OptionDefinition): unknown {
    this.#checkOpen()
    // How many topics there are, others decide.
    this.#thread.poll()
    return this.#options.read(definition)
  }

  [writeOption](definition: OptionDefinition, value: unknown): void {
    this.#checkOpen()
    const kept = this.#options.write(definition, value)
    const isConnected = this.#pipes.size > 0 || this.#bindings.size > 0
    if (!definition.immediate && isConnected) process.emitWarning(notImmediateWarning)
    if (definition.name === 'sendHighWaterMark' || definition.name === 'receiveHighWaterMark') {
      this.#highWaterMarksChanged()
    }
    this.#pattern.optionChanged?.(definition, kept)
    this.#flush()
    this.#retryBoth()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new SocketError('ENOTSOCK')
  }

  #highWaterMarksChanged(): void {
    const { sendHighWaterMark, receiveHighWaterMark } = this.#options
    for (const pipe of this.#pipes) {
      pipe.setHighWaterMarks(sendHighWaterMark, receiveHighWaterMark)
      this.#pattern.writable(pipe)
    }
  }

  protected getBoolOption(id: number): boolean {
    return readOptionById(this, this.#options.type, 'bool', id) as boolean
  }
  protected setBoolOption(id: number, value: boolean): void {
    writeOptionById(this, this.#options.type, 'bool', id, value)
  }
  protected getInt32Option(id: number): number {
    return readOptionById(this, this.#options.type, 'int32', id) as number
  }
  protected setInt32Option(id: number, value: number): void {
    writeOptionById(this, this.#options.type, 'int32', id, value)
  }
  protected getUint32Option(id: number): number {
    return readOptionById(this, this.#options.type, 'uint32', id) as number
  }
  protected setUint32Option(id: number, value: number): void {
    writeOptionById(this, this.#options.type, 'uint32', id, value)
  }
  protected getInt64Option(id: number): number {
    return readOptionById(this, this.#options.type, 'int64', id) as number
  }
  protected setInt64Option(id: number, value: number): void {
    writeOptionById(this, this.#options.type, 'int64', id, value)
  }
  protected getUint64Option(id: number): number {
    return readOptionById(this, this.#options.type, 'uint64', id) as number
  }
  protected setUint64Option(id: number, value: number): void {
    writeOptionById(this, this.#options.type, 'uint64', id, value)
  }
  protected getStringOption(id: number): string | null {
    return readOptionById(this, this.#options.type, 'string', id) as string | null
  }
  protected setStringOption(id: number, value: string | Buffer | null): void {
    writeOptionById(this, this.#options.type, 'string', id, value)
  }

  // ---- for other parts of the library

  /** @internal */
  get [patternOfSocket](): Pattern {
    return this.#pattern
  }

  /** @internal Does what only one type of socket can, and publishes what that has written. */
  [act](how: () => void): void {
    this.#checkUsable()
    try {
      how()
    } finally {
      this.#flush()
    }
    this.#retryBoth()
  }

  /**
   * @internal Hands the socket over to a proxy: calls fail with `EBUSY`, and `onChange` is called
   * when there may be something to read, room to write, or an end.
   *
   * @throws {SocketError} `EBADF`, `EBUSY`, `ETERM`
   */
  [engage](onChange: () => void): Engaged {
    this.#checkUsable()
    this.#block(BLOCKED)
    this.#onChange = onChange
    this.#thread.arm()
    return {
      pattern: this.#pattern,
      thread: this.#thread,
      flush: () => this.#flush(),
      release: () => {
        this.#onChange = undefined
        this.#block(undefined)
      },
    }
  }

  /** @internal Whether it was bound or connected. */
  get hasEndpoints(): boolean {
    return this.#pipes.size > 0 || this.#bindings.size > 0
  }
}

export interface SocketBase extends SocketInformation {}
defineOptionProperties(SocketBase.prototype, 'every')

const conflating: ReadonlySet<number> = new Set([
  socketTypeId.Pull,
  socketTypeId.Push,
  socketTypeId.Subscriber,
  socketTypeId.Publisher,
  socketTypeId.Dealer,
  socketTypeId.Scatter,
  socketTypeId.Gather,
])

/** Whether the reason may pass while the call waits. */
const isPassing = (failure: Failure): boolean => failure === 'EAGAIN' || failure === 'EFSM'

const deadlineOf = (timeoutMs: number): number =>
  timeoutMs < 0 ? Infinity : performance.now() + timeoutMs

/** What a message costs, in calls of a small one: its bytes are copied. */
const effortOf = (message: Outgoing): number =>
  Array.isArray(message) ? message.length + (message[0]!.length >> 10) : 1 + (message.length >> 10)

/** @throws {TypeError} more was given than the call takes */
function checkArguments(expected: 0 | 1, extra: readonly unknown[]): void {
  if (extra.length === 0) return
  const given = expected + extra.length
  const plural = expected === 1 ? '' : 's'
  throw new TypeError(`Expected ${expected} argument${plural} but received ${given}`)
}

/** @throws {TypeError} it is no number @throws {SocketError} `EINVAL`: it is no time */
function checkTimeout(timeoutMs: number): number {
  if (typeof timeoutMs !== 'number') throw new TypeError('Timeout must be a number')
  if (!(timeoutMs >= -1)) {
    throw new SocketError('EINVAL', { message: `${timeoutMs} is no number of milliseconds` })
  }
  return timeoutMs
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new SocketError('EINVAL', { message: `${count} is no number of messages` })
  }
}

function enterContext(context: Context): { thread: Thread; inproc: Inproc } {
  const enters = (context as Partial<Context>)[enter]
  if (typeof enters !== 'function') throw new SocketError('EINVAL')
  return context[enter]()
}
