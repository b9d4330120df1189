import type { Socket as Stream } from 'node:net'
import { constants } from 'node:os'
import { SocketError } from '@ringpost/core'
import { WireError } from '../errors.ts'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import { type Peer, readVersionTwoPeer } from '../mechanism/peer.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { GreetingExchange, requireMechanism, type PeerGreeting } from '../wire/greeting.ts'
import type { ZmtpVersion } from '../wire/version.ts'
import { UNIX_PEER } from '../zap/networks.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import type { Wire } from '../stream/wire.ts'
import type { Session } from './session.ts'
import type { Subscriptions } from './subscriptions.ts'
import { Traffic } from './traffic.ts'

/** So long a peer may take to close after this side has: one that does not read never does. */
const FAREWELL_MS = 1000

type Phase = 'greeting' | 'handshake' | 'traffic' | 'closing' | 'closed'

const next = {
  greeting: ['handshake', 'traffic', 'closed'],
  handshake: ['traffic', 'closed'],
  traffic: ['closing', 'closed'],
  closing: ['closed'],
  closed: [],
} as const satisfies Record<Phase, readonly Phase[]>

/** What becomes of a connection. */
export interface ConnectionEvents {
  /**
   * The peer is known. The session has a pipe from now on, if messages are still wanted.
   *
   * @returns what outlives the connection
   */
  ready(peer: Peer): Session
  /**
   * There is no connection any more; told once, last.
   *
   * @param error why: WireError, or what the system or the stream says; undefined when the peer has
   *   left, or when this side has
   * @param wasReady whether the handshake had succeeded
   */
  closed(error: Error | undefined, wasReady: boolean): void
}

/** One connection to one peer: greeting, handshake, traffic, and its end. */
export class Connection {
  readonly #stream: Stream
  readonly #settings: ConnectionSettings
  readonly #events: ConnectionEvents
  readonly #subscriptions: Subscriptions | undefined
  readonly #greeting: GreetingExchange
  readonly #decoder: FrameDecoder
  readonly #encoder = new FrameEncoder()
  readonly #address: string
  /** From the peer's greeting on, once it is loaded. */
  #mechanism: Mechanism | undefined
  #cipher: FrameCipher | undefined
  #phase: Phase = 'greeting'
  #version: ZmtpVersion = '3.1'
  #traffic: Traffic | undefined
  #handshakeTimer: NodeJS.Timeout | undefined
  #lingerTimer: NodeJS.Timeout | undefined
  #farewellTimer: NodeJS.Timeout | undefined
  #error: Error | undefined

  /**
   * @param wire connected, and half open when the peer ends it: what it has sent may have to wait
   *   for room; this connection's alone from now on
   * @param subscriptions of a socket that subscribes; they outlive the connection
   */
  constructor(
    wire: Wire,
    settings: ConnectionSettings,
    subscriptions: Subscriptions | undefined,
    events: ConnectionEvents,
  ) {
    const { stream } = wire
    this.#stream = stream
    this.#settings = settings
    this.#subscriptions = subscriptions
    this.#events = events
    this.#greeting = new GreetingExchange(settings.greeting)
    this.#decoder = new FrameDecoder(settings.limits)
    this.#address = addressOf(stream)
    stream.setNoDelay(true)
    wire.take = this.#onBytes
    stream.on('error', (error) => {
      this.#error ??= error
    })
    stream.on('end', () => {
      if (this.#traffic === undefined) this.close()
      else this.#traffic.ended()
    })
    stream.once('close', () => this.#closed())
    if (settings.handshakeMs > 0) {
      const late = (): void => this.#fail(new HandshakeTimeoutError())
      this.#handshakeTimer = setTimeout(late, settings.handshakeMs).unref()
    }
    stream.write(this.#greeting.open())
  }

  /** Whether messages flow, or the last of them are on their way. */
  get hasTraffic(): boolean {
    return this.#phase === 'traffic' || this.#phase === 'closing'
  }

  /** Closes it at once; what was not sent is lost. */
  close(): void {
    this.#stream.destroy()
  }

  /**
   * Closes it when all is sent, but after this time in any case.
   *
   * @param lingerMs -1 for no limit
   */
  finish(lingerMs: number): void {
    if (lingerMs === 0 || this.#phase === 'greeting' || this.#phase === 'handshake') this.close()
    // A process waits for what is still to be sent, as it does with libzmq.
    else this.#stream.ref()
    if (lingerMs > 0) this.#lingerTimer ??= setTimeout(() => this.close(), lingerMs)
  }

  #enter(phase: Phase): void {
    if (!(next[this.#phase] as readonly Phase[]).includes(phase)) {
      throw new Error(`from ${this.#phase} to ${phase}`)
    }
    this.#phase = phase
  }

  readonly #onBytes = (bytes: Buffer): void => {
    this.#attempt(() => {
      if (this.#phase === 'traffic') this.#received(bytes)
      else this.#receivedEarly(Buffer.from(bytes))
    })
  }

  /** Mechanisms may keep what they were given. */
  #receivedEarly(chunk: Buffer): void {
    if (this.#phase === 'greeting') this.#greet(chunk)
    else this.#received(chunk)
  }

  /** Runs what may find the peer at fault. */
  #attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#fail(error)
    }
  }

  #greet(chunk: Buffer): void {
    const { reply, peer, rest } = this.#greeting.receive(chunk)
    if (reply !== undefined) this.#stream.write(reply)
    if (peer === undefined) return
    this.#version = peer.version
    if (peer.version === '2.0') this.#skipHandshake(peer)
    else this.#beginHandshake(peer.mechanism)
    if (rest.length > 0) this.#received(rest)
  }

  #skipHandshake(peer: Extract<PeerGreeting, { version: '2.0' }>): void {
    this.#ready(readVersionTwoPeer(this.#settings.self, peer))
  }

  #beginHandshake(mechanism: string): void {
    requireMechanism(this.#settings.greeting.mechanism, mechanism)
    this.#enter('handshake')
    const made = this.#settings.mechanism(this.#handshakeEvents(), this.#address)
    if (made instanceof Promise) void this.#load(made)
    else this.#start(made)
  }

  /** Nothing is taken from the peer until its mechanism is there, and so nothing has to be kept. */
  async #load(loading: Promise<Mechanism>): Promise<void> {
    this.#stream.pause()
    let mechanism: Mechanism
    try {
      mechanism = await loading
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    // The time for the handshake may be up.
    if (this.#phase !== 'handshake') {
      mechanism.close()
      return
    }
    this.#stream.resume()
    this.#attempt(() => {
      this.#start(mechanism)
      this.#shakeHands()
    })
  }

  #start(mechanism: Mechanism): void {
    this.#mechanism = mechanism
    mechanism.start()
  }

  #received(chunk: Buffer): void {
    if (this.#phase === 'closed' || this.#phase === 'closing') return
    this.#decoder.push(chunk)
    this.#shakeHands()
    this.#traffic?.arrived()
  }

  /** Gives the mechanism what has come for it. */
  #shakeHands(): void {
    while (this.#phase === 'handshake' && this.#mechanism !== undefined) {
      const command = this.#decoder.readCommand()
      if (command === undefined) return
      this.#mechanism.receive(command)
    }
  }

  #handshakeEvents(): HandshakeEvents {
    return {
      send: (command) => {
        this.#encoder.addCommand(command)
        for (const chunk of this.#encoder.take()) this.#stream.write(chunk)
      },
      ready: (peer) => this.#ready(peer),
      failed: (error) => this.#fail(error),
    }
  }

  #ready(peer: Peer): void {
    clearTimeout(this.#handshakeTimer)
    this.#enter('traffic')
    this.#cipher = peer.cipher
    const hasCommands = this.#version !== '2.0'
    this.#decoder.startTraffic({ cipher: peer.cipher, hasCommands })
    this.#encoder.startTraffic(peer.cipher)
    const session = this.#join(peer)
    if (session === undefined) return
    const traffic = new Traffic(
      {
        stream: this.#stream,
        decoder: this.#decoder,
        encoder: this.#encoder,
        session,
        version: this.#version,
        subscriptions: this.#subscriptions,
        heartbeat: this.#settings.heartbeat,
        mostWaitingBytes: this.#settings.mostWaitingBytes,
      },
      {
        failed: (error) => this.#fail(error),
        leaving: (lingerMs) => this.finish(lingerMs),
        ended: () => this.close(),
        finished: () => this.#finished(),
      },
    )
    this.#traffic = traffic
    traffic.start()
    // What came with the last command of an asynchronous handshake.
    if (this.#phase === 'traffic') traffic.arrived()
  }

  /** There may be no room for one more pipe: then there is for no connection, and others go on. */
  #join(peer: Peer): Session | undefined {
    try {
      return this.#events.ready(peer)
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      this.#fail(error)
      return undefined
    }
  }

  /** Nothing more is to be sent: closes when the system has taken what was. */
  #finished(): void {
    if (this.#phase !== 'traffic') return
    this.#enter('closing')
    this.#traffic?.stop()
    // The peer closes when it has read all. To close first would tell it of what is not read here, and
    // that may take from it what it has not read yet.
    this.#stream.end(() => this.#awaitEnd())
    this.#stream.resume()
  }

  /** All is with the system: the peer may take so long to close as well. */
  #awaitEnd(): void {
    this.#farewellTimer ??= setTimeout(() => this.close(), FAREWELL_MS).unref()
  }

  #fail(error: Error): void {
    if (this.#phase === 'closed') return
    this.#error ??= error
    this.#traffic?.stop()
    // An ERROR that was sent should reach the peer; one that does not read gets no more than this time.
    this.#awaitEnd()
    this.#stream.destroySoon()
  }

  #closed(): void {
    const wasReady = this.hasTraffic
    this.#enter('closed')
    clearTimeout(this.#handshakeTimer)
    clearTimeout(this.#lingerTimer)
    clearTimeout(this.#farewellTimer)
    this.#mechanism?.close()
    this.#traffic?.stop()
    this.#cipher?.close()
    this.#events.closed(this.#error, wasReady)
  }
}

/** What an authenticator is told of the peer. */
const addressOf = (stream: Stream): string => stream.remoteAddress ?? UNIX_PEER

/** The peer did not come to the end of the handshake in time. */
class HandshakeTimeoutError extends Error {
  override readonly name = 'HandshakeTimeoutError'
  readonly code = 'ETIMEDOUT'
  readonly errno = constants.errno.ETIMEDOUT

  constructor() {
    super('The handshake takes too long')
  }
}
