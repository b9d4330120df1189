import type { Socket as Stream } from 'node:net'
import type { Site } from '@ringpost/core/internal'
import { connectionSettings, type ConnectionSettings } from '../engine/connectionSettings.ts'
import { disconnectEvent, handshakeEvent, withErrno } from '../engine/events.ts'
import { openConnection } from '../engine/openConnection.ts'
import type { Opening } from '../engine/opening.ts'
import { acceptedPipe, awaitedPipe, giveUpAwaited } from '../engine/pipes.ts'
import { Session } from '../engine/session.ts'
import { Subscriptions, subscribes } from '../engine/subscriptions.ts'
import { openZmtp } from '../engine/zmtpOpening.ts'
import { WireError } from '../errors.ts'
import { faultOf } from '../fault.ts'
import type { Peer } from '../mechanism/peer.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import type { Running } from './carrier.ts'
import type { Wire } from './wire.ts'
import { Reconnection } from './reconnection.ts'

/** What the option `reconnectStop` may have. @see ZMQ_RECONNECT_STOP in zmq_setsockopt(3) */
const stop = { whenRefused: 1, whenHandshakeFailed: 2, afterDisconnect: 4 } as const

/**
 * What comes before the connection, with whoever is in between. To give up it destroys the stream.
 *
 * @param connected calls back, once, when all that comes is of the one who is dialled
 */
export type Prelude = (wire: Wire, connected: () => void) => void

/** What may be otherwise than for TCP without anybody in between. */
export interface DialerOptions {
  /** What is spoken on a connection. Default ZMTP. */
  readonly open?: Opening
  readonly prelude?: Prelude | undefined
}

/**
 * Connects to one endpoint, again and again. The pipe to the socket outlives the connections, so that
 * what is sent while there is none waits in it; with `immediate` each connection has its own.
 */
export class StreamDialer implements Running {
  readonly endpoint: string
  readonly done: Promise<void>
  readonly #site: Site
  readonly #connect: () => Wire
  readonly #open: Opening
  readonly #prelude: Prelude | undefined
  readonly #pipeName: string | undefined
  readonly #settings: ConnectionSettings
  readonly #subscriptions: Subscriptions | undefined
  readonly #reconnection: Reconnection
  readonly #reconnectStop: number
  #session: Session | undefined
  #stream: Stream | undefined
  #connection: ReturnType<typeof openConnection> | undefined
  #timer: NodeJS.Timeout | undefined
  #lingering: NodeJS.Timeout | undefined
  /** The socket wants the connection no more. */
  #isLeaving = false
  /** Because it is closed. */
  #isAbandoned = false
  #isOver = false
  #resolveDone!: () => void

  /** @param connect makes a stream */
  constructor(
    site: Site,
    endpoint: string,
    pipeName: string | undefined,
    connect: () => Wire,
    { open = openZmtp, prelude }: DialerOptions = {},
  ) {
    this.#site = site
    this.endpoint = endpoint
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve
    })
    this.#pipeName = pipeName
    this.#connect = connect
    this.#open = open
    this.#prelude = prelude
    const { options } = site
    this.#settings = connectionSettings(site)
    this.#subscriptions = subscribes(options.type)
      ? new Subscriptions(options.type, options.verboseUnsubscribe)
      : undefined
    this.#reconnection = new Reconnection({
      intervalMs: options.reconnectInterval,
      mostMs: options.reconnectMaxInterval,
    })
    this.#reconnectStop = options.reconnectStop
    // Not before the caller knows this dialer, and the socket its pipe.
    this.#timer = setTimeout(() => this.#dial(), 0).unref()
  }

  close(lingerMs: number): void {
    if (this.#isLeaving || this.#isOver) return
    this.#isLeaving = true
    const isSending = this.#connection?.hasTraffic === true || this.#isWanted()
    if (lingerMs === 0 || !isSending) {
      this.#end()
      return
    }
    // What is still to be sent keeps the process alive.
    this.#timer?.ref()
    this.#stream?.ref()
    if (lingerMs > 0) this.#lingering = setTimeout(() => this.#end(), lingerMs)
  }

  abandon(): void {
    // What is still to be sent waits for a peer, as linger says.
    this.#isAbandoned = true
  }

  /** Whether there may be something left to be sent. */
  #isWanted(): boolean {
    if (this.#session?.pipe !== undefined) return true
    return this.#pipeName !== undefined && this.#site.inproc.isAwaited(this.#pipeName)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    clearTimeout(this.#lingering)
    this.#stream?.destroy()
    this.#session?.close()
    this.#givePipeUp()
    if (this.#connection === undefined) this.#resolveDone()
  }

  #givePipeUp(): void {
    if (this.#session?.pipe !== undefined || this.#pipeName === undefined || !this.#isWanted())
      return
    giveUpAwaited(this.#site, this.#pipeName, this.endpoint)
  }

  #tell(type: 'connect' | 'connect:delay' | 'close' | 'handshake'): void {
    this.#site.tell({ type, address: this.endpoint })
  }

  #dial(): void {
    if (this.#isOver) return
    if (this.#isLeaving && !this.#isWanted()) {
      this.#end()
      return
    }
    const wire = this.#tryConnect()
    if (wire === undefined) return
    const { stream } = wire
    this.#stream = stream
    if (!this.#isLeaving) stream.unref()
    this.#tell('connect:delay')
    const limitMs = this.#connectLimitMs()
    const timer = limitMs > 0 ? setTimeout(() => stream.destroy(), limitMs).unref() : undefined
    let error: NodeJS.ErrnoException | undefined
    const refused = (): void => {
      clearTimeout(timer)
      this.#tell('close')
      if (error?.code === 'ECONNREFUSED' && this.#isToStop(stop.whenRefused)) this.#end()
      else this.#retry()
    }
    stream.on('error', (reason) => {
      error = reason
    })
    stream.once('close', refused)
    const connected = (): void => {
      clearTimeout(timer)
      stream.off('close', refused)
      this.#connected(wire)
    }
    stream.once('connect', () => {
      if (this.#prelude === undefined) connected()
      else this.#prelude(wire, connected)
    })
  }

  /** A timer has called: nobody there could catch what is thrown. It is tried again. */
  #tryConnect(): Wire | undefined {
    try {
      return this.#connect()
    } catch (thrown) {
      const error = withErrno(faultOf(thrown))
      this.#site.tell({ type: 'close:error', address: this.endpoint, error })
      this.#retry()
      return undefined
    }
  }

  /** The system gives up by itself where nobody answers; somebody in between may keep silent. */
  #connectLimitMs(): number {
    const { connectTimeout, handshakeInterval } = this.#site.options
    return connectTimeout > 0 || this.#prelude === undefined ? connectTimeout : handshakeInterval
  }

  #connected(wire: Wire): void {
    this.#tell('connect')
    const { options } = this.#site
    try {
      this.#connection = openConnection(
        wire,
        this.#open,
        options,
        this.#settings,
        this.#subscriptions,
        {
          ready: (peer) => this.#ready(peer),
          closed: (error, wasReady) => this.#lost(error, wasReady),
        },
      )
    } catch (thrown) {
      wire.stream.destroy()
      this.#lost(faultOf(thrown), false)
    }
  }

  #ready(peer: Peer): Session {
    this.#reconnection.succeeded()
    const session = (this.#session ??= new Session(() => this.#pipeEnded()))
    if (session.pipe === undefined) {
      const pipe =
        this.#pipeName === undefined
          ? acceptedPipe(this.#site, peer, session)
          : awaitedPipe(this.#site, this.#pipeName, peer, session)
      if (pipe !== undefined) session.pipe = pipe
      // The socket has given up the pipe before anybody was there.
      else if (this.#pipeName !== undefined) this.#isLeaving = true
    }
    if (speaksZmtp(this.#site.options.type)) this.#tell('handshake')
    return session
  }

  /** The socket has closed its end, and all was taken out of it. */
  #pipeEnded(): void {
    if (this.#pipeName === undefined && !this.#isLeaving) {
      this.#session = undefined
      return
    }
    this.#isLeaving = true
    if (this.#connection === undefined) this.#end()
  }

  #lost(error: Error | undefined, wasReady: boolean): void {
    this.#connection = undefined
    this.#stream = undefined
    const event = wasReady ? undefined : handshakeEvent(error, this.endpoint)
    if (event !== undefined) this.#site.tell(event)
    if (this.#pipeName === undefined) {
      this.#session?.close()
      this.#session = undefined
    }
    this.#site.tell(disconnectEvent(error, wasReady, this.endpoint))
    if (this.#isOver) this.#resolveDone()
    else if (isHopeless(error) || (this.#isLeaving && !this.#isWanted())) this.#end()
    else if (!wasReady && this.#isToStop(stop.whenHandshakeFailed)) this.#end()
    else this.#retry()
  }

  #isToStop(when: number): boolean {
    return (this.#reconnectStop & when) !== 0
  }

  #retry(): void {
    this.#stream = undefined
    if (this.#isOver) return
    const isDisconnected = this.#isLeaving && !this.#isAbandoned
    const interval = this.#reconnection.nextMs()
    if (interval === undefined || (isDisconnected && this.#isToStop(stop.afterDisconnect))) {
      this.#end()
      return
    }
    this.#site.tell({ type: 'connect:retry', address: this.endpoint, interval })
    this.#timer = setTimeout(() => this.#dial(), interval)
    if (!this.#isLeaving) this.#timer.unref()
  }
}

/**
 * Who breaks the protocol once will do so again, and who is refused will be. A fault of whoever is
 * asked about peers is neither, nor is one of what is before a server of WebSockets.
 */
const isHopeless = (error: Error | undefined): boolean =>
  error instanceof WireError &&
  error.code !== 'AUTHENTICATOR_FAILED' &&
  error.code !== 'SERVER_UNAVAILABLE' &&
  !(error.code === 'DENIED' && error.status === 300)
