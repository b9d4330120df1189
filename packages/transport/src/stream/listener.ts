import { type Server, type Socket as Stream } from 'node:net'
import { SocketError } from '@ringpost/core'
import type { Site } from '@ringpost/core/internal'
import { connectionSettings, type ConnectionSettings } from '../engine/connectionSettings.ts'
import { disconnectEvent, handshakeEvent, withErrno } from '../engine/events.ts'
import { openConnection } from '../engine/openConnection.ts'
import type { Opening } from '../engine/opening.ts'
import { acceptedPipe } from '../engine/pipes.ts'
import { Session } from '../engine/session.ts'
import { Subscriptions, subscribes } from '../engine/subscriptions.ts'
import { openZmtp } from '../engine/zmtpOpening.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import { onAccept } from './listenAt.ts'
import type { Wire } from './wire.ts'
import type { Running } from './carrier.ts'

/** So many peers may be in the handshake at once; more are turned away. */
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
  /** Those whose peer is not known yet. */
  readonly #handshakes = new Set<{ close(): void }>()
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
    for (const handshake of this.#handshakes) handshake.close()
  }

  #ended(): void {
    if (this.#isClosed && this.#connections === 0) this.#resolveDone()
  }

  #refusalOf(stream: Stream): SocketError | undefined {
    if (this.#handshakes.size >= MOST_HANDSHAKES) {
      return new SocketError('EMFILE', { message: 'Too many peers are in the handshake' })
    }
    return this.#isWelcome(stream) ? undefined : new SocketError('EACCES')
  }

  #accept(wire: Wire): void {
    const { stream } = wire
    const address = this.endpoint
    const refusal = this.#refusalOf(stream)
    if (refusal !== undefined) {
      stream.destroy()
      this.#site.tell({ type: 'accept:error', address, error: refusal })
      return
    }
    stream.unref()
    this.#site.tell({ type: 'accept', address })
    const handshake = { close: () => stream.destroy() }
    this.#handshakes.add(handshake)
    this.#connections++
    const { socketType } = this.#settings.self
    const subscriptions = subscribes(socketType)
      ? new Subscriptions(socketType, this.#site.options.verboseUnsubscribe)
      : undefined
    const session = new Session()
    openConnection(wire, this.#open, this.#site.options, this.#settings, subscriptions, {
      ready: (peer) => {
        this.#handshakes.delete(handshake)
        const pipe = acceptedPipe(this.#site, peer, session)
        if (pipe !== undefined) session.pipe = pipe
        // Who is told of it finds the peer among the socket's, as in libzmq.
        if (speaksZmtp(socketType)) this.#site.tell({ type: 'handshake', address })
        return session
      },
      closed: (error, wasReady) => {
        this.#handshakes.delete(handshake)
        const event = wasReady ? undefined : handshakeEvent(error, address)
        if (event !== undefined) this.#site.tell(event)
        session.close()
        this.#site.tell(disconnectEvent(error, wasReady, address))
        this.#connections--
        this.#ended()
      },
    })
  }
}
