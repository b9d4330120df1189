import { type Server, type Socket as Stream } from 'node:net'
import { SocketError, type ErrnoError } from '@ringpost/core'
import type { Site } from '@ringpost/core/internal'
import { connectionSettings, type ConnectionSettings } from '../engine/connectionSettings.ts'
import { disconnectEvent, handshakeEvent, withErrno } from '../engine/events.ts'
import { openConnection } from '../engine/openConnection.ts'
import type { Opening } from '../engine/opening.ts'
import { acceptedPipe } from '../engine/pipes.ts'
import { Session } from '../engine/session.ts'
import { Subscriptions, subscribes } from '../engine/subscriptions.ts'
import { openZmtp } from '../engine/zmtpOpening.ts'
import { faultOf } from '../fault.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import { onAccept } from './listenAt.ts'
import { Handshakes, originOf, type Handshake } from './handshakes.ts'
import type { Wire } from './wire.ts'
import type { Running } from './carrier.ts'

/** So many peers may be in the handshake at once. @see docs/decisions/0016-limits-of-peers.md */
const MOST_HANDSHAKES = 1000

/** What may be otherwise than for TCP. */
export interface ListenerOptions {
  /** By its address. Default all. */
  readonly isWelcome?: ((stream: Stream) => boolean) | undefined
  /** What is spoken on a connection. Default ZMTP. */
  readonly open?: Opening
  /** Has connections accepted as wires. */
  readonly accept?: (server: Server, accepted: (wire: Wire) => void) => void
}

/** Takes connections at one endpoint; each gets a pipe to the socket when its peer is known. */
export class StreamListener implements Running {
  readonly endpoint: string
  readonly done: Promise<void>
  readonly #server: Server
  readonly #site: Site
  readonly #settings: ConnectionSettings
  readonly #isWelcome: (stream: Stream) => boolean
  readonly #open: Opening
  readonly #handshakes = new Handshakes(MOST_HANDSHAKES)
  #connections = 0
  #isClosed = false
  #resolveDone!: () => void

  /** @param server listening */
  constructor(server: Server, endpoint: string, site: Site, options: ListenerOptions = {}) {
    this.#server = server
    this.endpoint = endpoint
    this.#site = site
    try {
      this.#settings = connectionSettings(site)
    } catch (error) {
      server.close()
      throw error
    }
    const { isWelcome = () => true, open = openZmtp, accept = onAccept } = options
    this.#isWelcome = isWelcome
    this.#open = open
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve
    })
    // A socket that only listens keeps no process alive, as in ZeroMQ's binding.
    server.unref()
    accept(server, (wire) => this.#accept(wire))
    server.on('error', (error) => {
      site.tell({ type: 'accept:error', address: endpoint, error: withErrno(error) })
    })
    site.tell({ type: 'bind', address: endpoint })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#server.close()
    this.#site.tell({ type: 'close', address: this.endpoint })
    this.#ended()
  }

  abandon(): void {
    this.#handshakes.closeAll()
  }

  #ended(): void {
    if (this.#isClosed && this.#connections === 0) this.#resolveDone()
  }

  #turnAway(stream: Stream, error: ErrnoError): void {
    stream.destroy()
    this.#site.tell({ type: 'accept:error', address: this.endpoint, error })
  }

  #accept(wire: Wire): void {
    const { stream } = wire
    if (!this.#isWelcome(stream)) {
      this.#turnAway(stream, new SocketError('EACCES'))
      return
    }
    const address = this.endpoint
    const handshake: Handshake = { close: (error) => stream.destroy(error) }
    const origin = originOf(stream.remoteAddress)
    if (!this.#handshakes.add(origin, handshake, tooManyHandshakes)) {
      this.#turnAway(stream, tooManyHandshakes())
      return
    }
    try {
      this.#begin(wire, address, origin, handshake)
    } catch (thrown) {
      this.#handshakes.delete(origin, handshake)
      this.#turnAway(stream, withErrno(faultOf(thrown)))
    }
  }

  #begin(wire: Wire, address: string, origin: string, handshake: Handshake): void {
    wire.stream.unref()
    this.#site.tell({ type: 'accept', address })
    const { socketType } = this.#settings.self
    const subscriptions = subscribes(socketType)
      ? new Subscriptions(socketType, this.#site.options.verboseUnsubscribe)
      : undefined
    const session = new Session()
    openConnection(wire, this.#open, this.#site.options, this.#settings, subscriptions, {
      ready: (peer) => {
        this.#handshakes.delete(origin, handshake)
        const pipe = acceptedPipe(this.#site, peer, session)
        if (pipe !== undefined) session.pipe = pipe
        // Who is told of it finds the peer among the socket's, as in libzmq.
        if (speaksZmtp(socketType)) this.#site.tell({ type: 'handshake', address })
        return session
      },
      closed: (error, wasReady) => {
        this.#handshakes.delete(origin, handshake)
        const event = wasReady ? undefined : handshakeEvent(error, address)
        if (event !== undefined) this.#site.tell(event)
        session.close()
        this.#site.tell(disconnectEvent(error, wasReady, address))
        this.#connections--
        this.#ended()
      },
    })
    this.#connections++
  }
}

const tooManyHandshakes = (): SocketError =>
  new SocketError('EMFILE', { message: 'Too many peers are in the handshake' })
