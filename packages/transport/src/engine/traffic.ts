import type { Socket as Stream } from 'node:net'
import type { Pipe } from '@ringpost/core/internal'
import { WireError } from '../errors.ts'
import { decodeCommand, decodeError, decodePing, encodePong } from '../wire/command.ts'
import type { FrameDecoder } from '../wire/frameDecoder.ts'
import type { FrameEncoder } from '../wire/frameEncoder.ts'
import type { ZmtpVersion } from '../wire/version.ts'
import { Heartbeat, type HeartbeatSettings } from './heartbeat.ts'
import type { Session, SessionEngine } from './session.ts'
import { asMessage, type Subscriptions } from './subscriptions.ts'

/** Messages taken from a pipe, or from the decoder, at once. */
const BATCH = 256
/** So much is given to the stream before it is waited for: more would only lie there. */
const MOST_UNSENT_BYTES = 262_144
/** So much is encoded in one turn of the event loop. */
const TURN_BYTES = 1_048_576

/** What a connection's traffic goes through. */
export interface TrafficParts {
  readonly stream: Stream
  readonly decoder: FrameDecoder
  readonly encoder: FrameEncoder
  readonly session: Session
  readonly version: ZmtpVersion
  /** Of a socket that subscribes. */
  readonly subscriptions: Subscriptions | undefined
  readonly heartbeat: HeartbeatSettings
}

/** What a connection's traffic leads to. */
export interface TrafficEvents {
  /** The peer broke the protocol, or is silent. */
  failed(error: Error): void
  /** The socket has closed its side: what it sent before may linger. */
  leaving(): void
  /** The socket wants no more of it, and all has been given to the stream. */
  finished(): void
}

/**
 * Messages both ways between a pipe and a stream. Neither side can make it hold much: a full pipe
 * stops the stream, and a slow stream leaves the messages in the pipe, where they count.
 */
export class Traffic implements SessionEngine {
  readonly #parts: TrafficParts
  readonly #events: TrafficEvents
  readonly #heartbeat: Heartbeat
  /** Messages that were decoded and do not fit into the pipe yet, from `#next` on. */
  #inbox: Buffer[][] = []
  #next = 0
  #isChoked = false
  #isScheduled = false
  #isOver = false
  readonly #outbox: Buffer[][] = []

  constructor(parts: TrafficParts, events: TrafficEvents) {
    this.#parts = parts
    this.#events = events
    const send = (command: Buffer): void => {
      parts.encoder.addCommand(command)
      this.#write()
    }
    const onSilence = (): void => events.failed(new PeerSilentError())
    this.#heartbeat = new Heartbeat(parts.heartbeat, send, onSilence)
  }

  start(): void {
    const { session, subscriptions, version, encoder, stream } = this.#parts
    session.join(this)
    stream.on('drain', this.#onDrain)
    subscriptions?.sendAll(version, encoder)
    if (version !== '2.0') this.#heartbeat.start()
    this.#write()
    if (session.pipe === undefined) this.#events.finished()
    else this.#pump()
  }

  stop(): void {
    this.#isOver = true
    this.#heartbeat.stop()
    this.#parts.stream.off('drain', this.#onDrain)
    this.#parts.session.leave(this)
  }

  // ---- from the peer to the socket

  /** Something has arrived, and the decoder has it. */
  arrived(): void {
    this.#heartbeat.alive()
    this.#deliver()
  }

  #deliver(): void {
    const { session, decoder, stream } = this.#parts
    try {
      while (!this.#isOver) {
        const { pipe } = session
        if (pipe === undefined) return
        if (!this.#deliverInbox(pipe)) {
          stream.pause()
          return
        }
        if (decoder.read(this.#inbox, BATCH) > 0) continue
        const command = decoder.takeCommand()
        if (command === undefined) break
        this.#obey(command)
      }
    } catch (error) {
      // What came before it was right.
      if (session.pipe !== undefined) this.#deliverInbox(session.pipe)
      this.#events.failed(error as Error)
      return
    }
    stream.resume()
  }

  /** Writes decoded messages into the pipe; false when it is full. */
  #deliverInbox(pipe: Pipe): boolean {
    const inbox = this.#inbox
    if (inbox.length === 0) return true
    let isFull = false
    while (this.#next < inbox.length && !isFull) {
      if (pipe.canWrite()) pipe.write(single(inbox[this.#next++]!))
      else isFull = pipe.parkWriting()
    }
    pipe.flush()
    if (isFull) return false
    this.#inbox = []
    this.#next = 0
    return true
  }

  #obey(body: Buffer): void {
    const { name, data } = decodeCommand(body)
    const message = asMessage(name, data)
    if (message !== undefined) {
      this.#inbox.push([message])
    } else if (name === 'PING') {
      const { ttlMs, context } = decodePing(data)
      this.#heartbeat.askedFor(ttlMs)
      this.#parts.encoder.addCommand(encodePong(context))
      this.#write()
    } else if (name === 'ERROR') {
      throw new WireError('DENIED', `the peer says: ${JSON.stringify(decodeError(data))}`)
    }
    // Others are of later versions, and have to be ignored; PONG was noticed when it arrived.
  }

  pipeWritable(): void {
    this.#deliver()
  }

  // ---- from the socket to the peer

  pipeReadable(): void {
    if (this.#parts.session.pipe?.isPeerClosed === true) this.#events.leaving()
    // Not at once: what the socket sends in the same turn goes with it, in one call of the system.
    this.#pumpLater()
  }

  #pumpLater(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#pumpAgain)
  }

  readonly #onDrain = (): void => {
    this.#isChoked = false
    this.#pump()
  }

  readonly #pumpAgain = (): void => {
    this.#isScheduled = false
    this.#pump()
  }

  /** Sends what the pipe has, as far as the stream takes it. */
  #pump(): void {
    const { session, encoder } = this.#parts
    let sent = 0
    while (!this.#isOver && !this.#isChoked && !this.#isScheduled) {
      const { pipe } = session
      if (pipe === undefined) break
      if (!pipe.canRead()) {
        this.#write()
        // It may have been the last: then the pipe ends here.
        if (pipe.endIfDrained() || pipe.parkReading()) break
        continue
      }
      pipe.readMany(this.#outbox, BATCH)
      for (const message of this.#outbox) this.#encode(message)
      this.#outbox.length = 0
      const bytes = encoder.pendingBytes
      if (bytes < MOST_UNSENT_BYTES / 4) continue
      sent += bytes
      this.#write()
      if (sent < TURN_BYTES) continue
      this.#pumpLater()
    }
    this.#write()
  }

  #encode(message: Buffer[]): void {
    const { subscriptions, version, encoder } = this.#parts
    if (subscriptions?.send(message, version, encoder) === true) return
    encoder.addMessage(message)
  }

  #write(): void {
    const { encoder, stream } = this.#parts
    if (encoder.pendingBytes === 0 || this.#isOver) return
    const chunks = encoder.take()
    if (chunks.length > 1) stream.cork()
    for (const chunk of chunks) stream.write(chunk)
    if (chunks.length > 1) stream.uncork()
    if (stream.writableLength >= MOST_UNSENT_BYTES) this.#isChoked = stream.writableNeedDrain
  }

  pipeEnded(): void {
    if (!this.#isOver) this.#events.finished()
  }
}

const single = (message: Buffer[]): Buffer | Buffer[] =>
  message.length === 1 ? message[0]! : message

/** The peer has given no sign of life for as long as it was to. */
class PeerSilentError extends Error {
  override readonly name = 'PeerSilentError'
  readonly code = 'ETIMEDOUT'

  constructor() {
    super('The peer gives no sign of life')
  }
}
