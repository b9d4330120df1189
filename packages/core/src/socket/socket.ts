import type { InspectOptions } from 'node:util'
import { enter, type Context } from '../context/context.ts'
import { context as defaultContext } from '../context/default.ts'
import { contextOptions, readContextWord } from '../context/contextOptions.ts'
import { SocketError } from '../errors.ts'
import { outline, show } from '../inspection.ts'
import type { Inproc } from '../inproc/inproc.ts'
import type { KeepAlive } from '../thread/keepAlive.ts'
import type { Acceptor, Thread } from '../thread/thread.ts'
import {
  checkArguments,
  tooManyArguments,
  type BatchOptions,
  type TimeoutOptions,
} from './arguments.ts'
import { Connections } from './connections.ts'
import { Gate } from './gate.ts'
import type { MessageLike } from './message.ts'
import { NumberedOptions } from './numberedOptions.ts'
import { Observer, observe, tell, type Observed, type SocketEvent } from './observer.ts'
import {
  notImmediateWarning,
  readOption,
  writeOption,
  type OptionDefinition,
} from './optionDefinition.ts'
import { defineOptionProperties } from './optionProperties.ts'
import { SocketOptions } from './options.ts'
import type { SocketInformation } from './optionTypes.ts'
import type { Given } from './outbox.ts'
import type { Pattern } from './pattern.ts'
import { Receiver } from './receiver.ts'
import { Sender } from './sender.ts'
import { Waiter } from './waiter.ts'

/** What a proxy uses of a socket; the keys of methods, so that users see no such names. */
export const patternOfSocket: unique symbol = Symbol('pattern')
export const engage: unique symbol = Symbol('engage')
/** For what a type does besides the calls of every socket. */
export const act: unique symbol = Symbol('act')

/** A socket that a proxy uses, and nobody else. */
export interface Engaged {
  readonly pattern: Pattern
  readonly thread: Thread
  /** Makes readable what the pattern has sent. */
  flush(): void
  /**
   * Ends the connection with a peer, which may connect again, as this side does where it has connected. What was
   * sent, or not read, is lost.
   *
   * @param routingId without it, those with all peers
   */
  drop(routingId?: Uint8Array): void
  /** Lets others use the socket again. */
  release(): void
}

interface SocketConstructorOptions {
  context?: Context
}

/**
 * The one implementation of all socket types: the parts of a socket, and what its user calls. What
 * makes a type is its pattern. Types that do not receive, or do not send, hide those methods from
 * TypeScript; called all the same, they fail with `ENOTSUP`, as in libzmq.
 */
export class SocketBase extends NumberedOptions implements Acceptor, Observed {
  readonly #context: Context
  readonly #thread: Thread
  readonly #options: SocketOptions
  readonly #gate: Gate
  readonly #connections: Connections
  readonly #pattern: Pattern
  readonly #sending: Waiter<void>
  readonly #receiving: Waiter<unknown>
  readonly #sender: Sender
  readonly #receiver: Receiver
  readonly #id: number
  #events: Observer | undefined
  readonly #observers: Observer[] = []
  #isBinding = false
  #closesAfterBinding = false
  /** Who else is to know that it may be worth trying again. */
  #onChange: (() => void) | undefined

  /**
   * @throws {TypeError} wrong or unknown options
   * @throws {SocketError} `EINVAL` no such type, `EMFILE` more sockets than the context allows,
   *   `ETERM` the context was shut down
   */
  constructor(type: number, options: SocketConstructorOptions = {}) {
    super(type)
    if (typeof type !== 'number') throw new TypeError('Socket type must be a number')
    if (typeof options !== 'object' || options === null) {
      throw new TypeError('Options must be an object')
    }
    const { context = defaultContext, ...settings } = options
    const { thread, inproc } = enterContext(context)
    this.#context = context
    this.#thread = thread
    this.#options = new SocketOptions(type, context)
    this.#gate = new Gate(context, thread)
    this.#connections = new Connections(
      context,
      thread,
      inproc,
      this.#options,
      () => this.#changed(),
      (event) => this.#tell(event),
    )
    this.#pattern = this.#connections.pattern
    const { sending, receiving } = Waiter.pair<void, unknown>(
      context,
      thread,
      this.#pattern,
      () => !this.#connections.dependsOnLoop,
    )
    this.#sending = sending
    this.#receiving = receiving
    const parts = {
      thread,
      options: this.#options,
      gate: this.#gate,
      connections: this.#connections,
      pattern: this.#pattern,
      sending,
      receiving,
    }
    this.#sender = new Sender(parts)
    this.#receiver = new Receiver(parts)
    this.#id = this.#register()
    this.#connections.socketId = this.#id
    Object.seal(this)
    try {
      Object.assign(this, settings)
    } catch (error) {
      // Nobody else could close it.
      this.close()
      throw error
    }
  }

  #register(): number {
    const { table, slot } = this.#thread
    if (this.#context.isShutDown) throw new SocketError('ETERM')
    const most = this.#context[readContextWord](contextOptions.maxSockets)
    if (!table.claimSocket(slot, most)) throw new SocketError('EMFILE')
    return this.#thread.register(this)
  }

  get context(): Context {
    return this.#context
  }

  get closed(): boolean {
    return this.#gate.isClosed
  }

  /**
   * What happens to this socket.
   *
   * @throws {SocketError} `ENOTSOCK`: it was closed before anybody asked
   */
  get events(): Observer {
    return (this.#events ??= new Observer(this))
  }

  /** @internal */
  [observe](observer: Observer): KeepAlive {
    this.#gate.checkOpen()
    this.#observers.push(observer)
    return this.#thread.keepAlive
  }

  #tell(event: SocketEvent): void {
    for (const observer of this.#observers) observer[tell](event)
  }

  /** @internal */
  get options(): SocketOptions {
    return this.#options
  }

  /** Whether a message can be received right now. */
  get readable(): boolean {
    if (this.closed) return false
    this.#thread.poll()
    return this.#pattern.canReceive()
  }

  /** Whether a message can be sent right now. */
  get writable(): boolean {
    if (this.closed) return false
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
    return this.#whileBlocked(endpoint, () => this.#connections.bind(endpoint))
  }

  /** As `bind`, at once. */
  bindSync(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    this.#gate.pass()
    this.#connections.bindSync(endpoint)
  }

  /**
   * Takes `bind` back. Connections that were made stay.
   *
   * Until it is done, other calls fail with `EBUSY`. Rejects with SocketError `ENOENT`: it was not
   * bound there.
   *
   * @param endpoint as `lastEndpoint` had it after the bind, or as it was bound, if there was no wildcard in that
   */
  unbind(endpoint: string, ...extra: never[]): Promise<void> {
    checkArguments(1, extra)
    return this.#whileBlocked(endpoint, () => this.#connections.unbind(endpoint))
  }

  /** As `unbind`, at once. */
  unbindSync(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    this.#gate.pass()
    this.#connections.unbindSync(endpoint)
  }

  /** A transport may take its time to bind, so that whoever does not wait learns it here. */
  #whileBlocked(endpoint: string, act: () => void | Promise<void>): Promise<void> {
    this.#gate.pass()
    if (typeof endpoint !== 'string') throw new TypeError('Address must be a string')
    this.#gate.block()
    this.#isBinding = true
    return Promise.resolve().then(async () => {
      // The thread may have ended in between.
      if (this.closed) return
      try {
        if (this.#context.isShutDown) throw new SocketError('ETERM')
        this.#thread.poll()
        await act()
      } finally {
        this.#isBinding = false
        this.#gate.unblock()
        if (this.#closesAfterBinding) this.close()
      }
    })
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
    this.#gate.pass()
    this.#connections.connect(endpoint, connectRoutingId)
  }

  /**
   * Takes one `connect` back. What was sent is still delivered; what was not received is lost.
   *
   * @throws {SocketError} `ENOENT`: it was not connected there
   */
  disconnect(endpoint: string, ...extra: never[]): void {
    checkArguments(1, extra)
    this.#gate.pass()
    this.#connections.disconnect(endpoint)
  }

  /**
   * Closes the socket: while it binds, as soon as that has ended. What was sent lingers as `linger`
   * says; pending calls fail with `EAGAIN`, and so does a bind that waits for a name to be looked up.
   */
  close(): void {
    if (this.closed) return
    if (this.#isBinding) {
      this.#closesAfterBinding = true
      this.#connections.endWaiting('EAGAIN')
      return
    }
    this.#thread.poll()
    this.#giveUp('EAGAIN')
    this.#gate.close()
    this.#connections.close()
    this.#thread.unregister(this.#id)
    this.#tell({ type: 'end' })
    this.#onChange?.()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  // ---- sending and receiving: `sockets.ts` has the types, and says what they do

  // An argument too many is a parameter, and no list of them that each call would have to make.

  send(
    message: MessageLike | readonly MessageLike[],
    target?: object,
    extra?: never,
  ): Promise<void> {
    if (extra !== undefined) throw tooManyArguments(this.#pattern.address ? 2 : 1, 3)
    return this.#sender.send(message, target)
  }

  sendMany(messages: readonly Given[], extra?: never): Promise<void> {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#sender.sendMany(messages)
  }

  sendSync(
    message: MessageLike | readonly MessageLike[],
    options?: TimeoutOptions,
    extra?: never,
  ): void {
    if (extra !== undefined) throw tooManyArguments(2, 3)
    this.#sender.sendSync(message, options)
  }

  sendManySync(messages: readonly Given[], options?: TimeoutOptions, extra?: never): void {
    if (extra !== undefined) throw tooManyArguments(2, 3)
    this.#sender.sendManySync(messages, options)
  }

  receive(...extra: never[]): Promise<never> {
    checkArguments(0, extra)
    return this.#receiver.receive() as Promise<never>
  }

  receiveMany(options?: BatchOptions, extra?: never): Promise<never> {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#receiver.receiveMany(options) as Promise<never>
  }

  receiveShared(extra?: never): Promise<never> {
    if (extra !== undefined) throw tooManyArguments(0, 1)
    return this.#receiver.receiveShared() as Promise<never>
  }

  receiveManyShared(options?: BatchOptions, extra?: never): Promise<never> {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#receiver.receiveManyShared(options) as Promise<never>
  }

  receiveSync(options?: TimeoutOptions, extra?: never): never {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#receiver.receiveSync(options) as never
  }

  receiveManySync(options?: TimeoutOptions & BatchOptions, extra?: never): never {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#receiver.receiveManySync(options) as never
  }

  receiveSharedSync(options?: TimeoutOptions, extra?: never): never {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#receiver.receiveSharedSync(options) as never
  }

  receiveManySharedSync(options?: TimeoutOptions & BatchOptions, extra?: never): never {
    if (extra !== undefined) throw tooManyArguments(1, 2)
    return this.#receiver.receiveManySharedSync(options) as never
  }

  [Symbol.asyncIterator](): AsyncIterator<never, undefined> {
    return this.#receiver.iterate() as AsyncIterator<never, undefined>
  }

  // ---- what the thread asks

  accept(pipeId: number): void {
    this.#connections.accept(pipeId)
  }

  shutDown(): void {
    this.#gate.shutDown()
    this.#connections.endWaiting('ETERM')
    this.#giveUp('ETERM')
    this.#onChange?.()
  }

  terminate(): void {
    this.#isBinding = false
    this.close()
  }

  #giveUp(code: 'EAGAIN' | 'ETERM'): void {
    this.#sending.giveUp(code)
    this.#receiving.giveUp(code)
  }

  #changed(): void {
    this.#onChange?.()
    this.#receiving.retry()
    this.#sending.retry()
  }

  // ---- options

  [readOption](definition: OptionDefinition): unknown {
    this.#gate.checkOpen()
    // How many topics there are, others decide.
    this.#thread.poll()
    this.#pattern.optionRead?.(definition)
    return this.#options.read(definition)
  }

  [writeOption](definition: OptionDefinition, value: unknown): void {
    this.#gate.checkOpen()
    const kept = this.#options.write(definition, value)
    if (!definition.immediate && this.hasEndpoints) process.emitWarning(notImmediateWarning)
    if (definition.name === 'sendHighWaterMark' || definition.name === 'receiveHighWaterMark') {
      this.#connections.highWaterMarksChanged()
    }
    this.#pattern.optionChanged?.(definition, kept)
    this.#connections.flush()
    this.#changed()
  }

  // ---- for other parts of the library

  /** @internal */
  get [patternOfSocket](): Pattern {
    return this.#pattern
  }

  /** @internal Does what only one type of socket can, and publishes what that has written. */
  [act](how: () => void): void {
    this.#gate.pass()
    try {
      how()
    } finally {
      this.#connections.flush()
    }
    this.#changed()
  }

  /**
   * @internal Hands the socket over to a proxy: calls fail with `EBUSY`, and `onChange` is called
   * when there may be something to read, room to write, or an end.
   *
   * @throws {SocketError} `EBADF`, `EBUSY`, `ETERM`
   */
  [engage](onChange: () => void): Engaged {
    this.#gate.pass()
    this.#gate.block()
    this.#onChange = onChange
    this.#thread.arm()
    return {
      pattern: this.#pattern,
      thread: this.#thread,
      flush: () => this.#connections.flush(),
      drop: (routingId) => this.#connections.drop(routingId),
      release: () => {
        this.#onChange = undefined
        this.#gate.unblock()
      },
    }
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    return outline(this, #connections in this ? this.#facts : undefined, depth, options)
  }

  get #facts(): object {
    const { bound, connected } = this.#connections
    return { bound, connected, closed: this.closed }
  }

  /** @internal Whether it was bound or connected. */
  get hasEndpoints(): boolean {
    return this.#connections.hasAny
  }
}

// The options are properties that `defineOptionProperties` puts onto the prototype from a table;
// the interface of the same name tells TypeScript of them.
export interface SocketBase extends SocketInformation {}
defineOptionProperties(SocketBase.prototype, 'every')

function enterContext(context: Context): { thread: Thread; inproc: Inproc } {
  const enters = (context as Partial<Context>)[enter]
  if (typeof enters !== 'function') throw new SocketError('EINVAL')
  return context[enter]()
}
