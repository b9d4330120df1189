import type { Socket as Stream } from 'node:net'
import { constants } from 'node:os'
import type { SharedFrame } from '@ringpost/core'
import { faultOf } from '../fault.ts'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import type { Peer } from '../mechanism/peer.ts'
import type { Wire } from '../stream/wire.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { UNIX_PEER } from '../zap/networks.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import { systemError } from './events.ts'
import type { Opening, Terms } from './opening.ts'
import type { MakeMechanism } from './security.ts'
import type { Session } from './session.ts'
import type { Subscriptions } from './subscriptions.ts'
import { Traffic, type TrafficEvents } from './traffic.ts'

/** So long a peer may take to close after this side has: one that does not read never does. */
const FAREWELL_MS = 1000

type Phase = 'opening' | 'handshake' | 'traffic' | 'closing' | 'closed'

const next = {
  opening: ['handshake', 'traffic', 'closed'],
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

/** One connection to one peer: opening, handshake, traffic, and its end. */
export class Connection implements TrafficEvents {
  readonly #stream: Stream
  readonly #settings: ConnectionSettings
  readonly #events: ConnectionEvents
  readonly #subscriptions: Subscriptions | undefined
  readonly #address: string
  /** From the end of the opening on. */
  #terms: Terms | undefined
  /** Once it is loaded. */
  #mechanism: Mechanism | undefined
  #handshakeTimer: NodeJS.Timeout | undefined
  #cipher: FrameCipher | undefined
  #phase: Phase = 'opening'
  #traffic: Traffic | undefined
  #lingerTimer: NodeJS.Timeout | undefined
  #farewellTimer: NodeJS.Timeout | undefined
  #error: Error | undefined

  /**
   * @param wire connected, and half open when the peer ends it: what it has sent may have to wait
   *   for room; this connection's alone from now on
   * @param open begins it
   * @param subscriptions of a socket that subscribes; they outlive the connection
   */
  constructor(
    wire: Wire,
    open: Opening,
    settings: ConnectionSettings,
    subscriptions: Subscriptions | undefined,
    events: ConnectionEvents,
  ) {
    const { stream } = wire
    this.#stream = stream
    this.#settings = settings
    this.#subscriptions = subscriptions
    this.#events = events
    this.#address = addressOf(stream)
    stream.setNoDelay(true)
    stream.on('error', (error) => {
      this.#error ??= error
    })
    stream.on('end', () => {
      if (this.#traffic !== undefined) this.#attempt(() => this.#traffic!.ended())
      else {
        this.#leftEarly()
        this.close()
      }
    })
    stream.once('close', () => this.#closed())
    if (settings.handshakeMs > 0) {
      const late = (): void => this.failed(new HandshakeTimeoutError())
      this.#handshakeTimer = setTimeout(late, settings.handshakeMs).unref()
    }
    this.#attempt(() =>
      open(wire, settings, {
        agreed: (terms, openWire, rest) => this.#agreed(terms, openWire, rest),
        failed: (error) => this.failed(error),
      }),
    )
  }

  /** Whether messages flow, or the last of them are on their way. */
  get hasTraffic(): boolean {
    return this.#phase === 'traffic' || this.#phase === 'closing'
  }

  /** Closes it at once; what was not sent is lost. */
  close(): void {
    this.#stream.destroy()
  }

  #enter(phase: Phase): void {
    if (!(next[this.#phase] as readonly Phase[]).includes(phase)) {
      throw new Error(`from ${this.#phase} to ${phase}`)
    }
    this.#phase = phase
  }

  #agreed(terms: Terms, wire: Wire, rest: Buffer): void {
    // The time may be up.
    if (this.#phase !== 'opening' || this.#error !== undefined) return
    this.#terms = terms
    const { next: then } = terms
    wire.take = (bytes) => this.#arrived(terms, bytes)
    this.#attempt(() => {
      if ('peer' in then) this.#ready(terms, then.peer)
      else this.#beginHandshake(terms, then.mechanism)
      if (rest.length > 0) this.#received(terms, rest)
    })
  }

  #arrived(terms: Terms, bytes: Buffer): void {
    // What comes behind what was wrong is nobody's.
    if (this.#error !== undefined) return
    try {
      // Mechanisms may keep what they were given.
      this.#received(terms, this.#phase === 'traffic' ? bytes : Buffer.from(bytes))
    } catch (thrown) {
      this.failed(faultOf(thrown))
    }
  }

  /** Runs what may find the peer at fault, or this side. */
  #attempt(step: () => void): void {
    try {
      step()
    } catch (thrown) {
      this.failed(faultOf(thrown))
    }
  }

  #beginHandshake(terms: Terms, make: MakeMechanism): void {
    this.#enter('handshake')
    this.#stream.on('drain', this.#onDrain)
    const made = make(this.#handshakeEvents(terms), this.#address)
    if (made instanceof Promise) void this.#load(terms, made)
    else this.#start(made)
  }

  /** Nothing is taken from the peer until its mechanism is there, and so nothing has to be kept. */
  async #load(terms: Terms, loading: Promise<Mechanism>): Promise<void> {
    this.#stream.pause()
    let mechanism: Mechanism
    try {
      mechanism = await loading
    } catch (error) {
      this.failed(error as Error)
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
      this.#shakeHands(terms)
    })
  }

  #start(mechanism: Mechanism): void {
    this.#mechanism = mechanism
    mechanism.start()
  }

  #received(terms: Terms, chunk: Buffer): void {
    if (this.#phase === 'closed' || this.#phase === 'closing') return
    terms.decoder.push(chunk)
    this.#shakeHands(terms)
    this.#traffic?.arrived(chunk.length)
  }

  /** Gives the mechanism what has come for it. */
  #shakeHands(terms: Terms): void {
    const { decoder } = terms
    while (this.#phase === 'handshake' && this.#mechanism !== undefined) {
      const command = decoder.readCommand()
      this.#answerPing(terms)
      if (command === undefined) break
      // It answers a command by one at most, and wants three at most: that is all there is to wait unread.
      this.#mechanism.receive(command)
    }
    if (this.#phase === 'handshake' && decoder.hasEnded) {
      this.#leftEarly()
      this.#left()
    }
  }

  /** A peer may send any number of them: who does not read gets one answer when it does, to the latest. */
  #answerPing(terms: Terms): void {
    const { decoder, encoder } = terms
    if (this.#stream.writableNeedDrain) return
    const ping = decoder.takePing()
    if (ping === undefined) return
    encoder.addPong(ping)
    this.#write(encoder.take())
  }

  readonly #onDrain = (): void => this.#attempt(() => this.#answerPing(this.#terms!))

  #write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#stream.write(chunk)
  }

  #handshakeEvents(terms: Terms): HandshakeEvents {
    return {
      // An authenticator may have answered: nobody is there to catch anything.
      send: (command) =>
        this.#attempt(() => {
          terms.encoder.addCommand(command)
          this.#write(terms.encoder.take())
        }),
      ready: (peer) => this.#attempt(() => this.#ready(terms, peer)),
      failed: (error) => this.failed(error),
    }
  }

  #ready({ version, decoder, encoder }: Terms, peer: Peer): void {
    clearTimeout(this.#handshakeTimer)
    this.#stream.off('drain', this.#onDrain)
    this.#enter('traffic')
    // There may be thousands of connections: none keeps what was for its beginning.
    this.#handshakeTimer = undefined
    this.#mechanism = undefined
    this.#cipher = peer.cipher
    encoder.startTraffic(peer.cipher)
    // There may be no room for one more pipe: then there is for no connection, and others go on.
    const session = this.#events.ready(peer)
    const hold = (bytes: number): SharedFrame | undefined => session.pipe?.allocate(bytes)
    decoder.startTraffic({ cipher: peer.cipher, hasCommands: version !== '2.0', hold })
    const traffic = new Traffic(
      {
        stream: this.#stream,
        decoder,
        encoder,
        session,
        version,
        subscriptions: this.#subscriptions,
        heartbeat: this.#settings.heartbeat,
        mostWaitingBytes: this.#settings.mostWaitingBytes,
      },
      this,
    )
    this.#traffic = traffic
    traffic.start()
    // What came with the last command of an asynchronous handshake.
    if (this.#phase === 'traffic') traffic.arrived(0)
  }

  // ---- what its traffic leads to

  /**
   * Closes it when all is sent, but after this time in any case.
   *
   * @param lingerMs -1 for no limit
   */
  leaving(lingerMs: number): void {
    if (lingerMs === 0 || this.#phase === 'opening' || this.#phase === 'handshake') this.close()
    // A process waits for what is still to be sent, as it does with libzmq.
    else this.#stream.ref()
    if (lingerMs > 0) this.#lingerTimer ??= setTimeout(() => this.close(), lingerMs)
  }

  ended(): void {
    this.#left()
  }

  /** Nothing more is to be sent: closes when the system has taken what was. */
  finished(): void {
    if (this.#phase !== 'traffic') return
    this.#enter('closing')
    this.#traffic?.stop()
    // The peer closes when it has read all. To close first would tell it of what is not read here, and
    // that may take from it what it has not read yet.
    this.#sayFarewell(undefined)
    this.#stream.end(() => this.#awaitEnd())
    this.#stream.resume()
  }

  /** The peer has left before this side knew it, as ZeroMQ tells it: there is nobody to answer. */
  #leftEarly(): void {
    this.#error ??= systemError('EPIPE', constants.errno.EPIPE)
  }

  /** The peer has, and wants no more. */
  #left(): void {
    this.#traffic?.stop()
    if (this.#sayFarewell(undefined)) this.#endSoon()
    else this.close()
  }

  /** @returns whether the protocol has a word for it */
  #sayFarewell(error: Error | undefined): boolean {
    const farewell = this.#terms?.encoder.farewell(error)
    if (farewell === undefined || !this.#stream.writable) return false
    this.#stream.write(farewell)
    return true
  }

  /** When all is written; a peer that does not read gets no more than this time. */
  #endSoon(): void {
    this.#awaitEnd()
    this.#stream.destroySoon()
  }

  /** All is with the system: the peer may take so long to close as well. */
  #awaitEnd(): void {
    this.#farewellTimer ??= setTimeout(() => this.close(), FAREWELL_MS).unref()
  }

  failed(error: Error): void {
    if (this.#phase === 'closed') return
    this.#error ??= error
    this.#traffic?.stop()
    // Who does not read what is on its way to it gets some time; what it sends meanwhile is not taken.
    if (this.#stream.writableNeedDrain) this.#stream.pause()
    // libzmq takes one that comes in the handshake for a breach of it, and never comes again.
    if (this.hasTraffic) this.#sayFarewell(error)
    // It should reach the peer, as should an ERROR that was sent.
    this.#endSoon()
  }

  #closed(): void {
    const wasReady = this.hasTraffic
    this.#enter('closed')
    clearTimeout(this.#handshakeTimer)
    clearTimeout(this.#lingerTimer)
    clearTimeout(this.#farewellTimer)
    try {
      this.#mechanism?.close()
      this.#traffic?.stop()
      this.#cipher?.close()
    } catch (thrown) {
      this.#error ??= faultOf(thrown)
    }
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
