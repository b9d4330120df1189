import type { Socket as Stream } from 'node:net'
import { constants } from 'node:os'
import { SocketError, type SharedFrame } from '@ringpost/core'
import type { Pipe } from '@ringpost/core/internal'
import { WireError } from '../errors.ts'
import { faultOf } from '../fault.ts'
import { ReadingStream } from '../stream/readingStream.ts'
import type { MessageDecoder, MessageEncoder } from '../wire/codec.ts'
import { decodeCommand, decodeError, decodePing, encodePong } from '../wire/command.ts'
import { LEAST_RETURNED_BYTES, recycle } from '../wire/frameEncoder.ts'
import type { ZmtpVersion } from '../wire/version.ts'
import { Heartbeat, type HeartbeatSettings } from './heartbeat.ts'
import type { Session, SessionEngine } from './session.ts'
import { asMessage, type Subscriptions } from './subscriptions.ts'
import { currentTurn, isTurnLong } from './turn.ts'
import { WaitingBytes } from './waitingBytes.ts'

/** Messages taken from a pipe, or from the decoder, at once. */
const BATCH = 256
/** So much is given to the stream before it is waited for: more would only lie there. */
const MOST_UNSENT_BYTES = 262_144
/** What is encoded is written when it is so much, or when there is no more. */
const WRITE_BYTES = MOST_UNSENT_BYTES / 4
/** So much is encoded in one turn of the event loop. */
const TURN_BYTES = 1_048_576
/** So much in one chunk says that there is more: libuv reads 32 times in a row then. */
const FULL_CHUNK_BYTES = 65_536

const settled = Promise.resolve()

/** Who has sent so many messages in a row, sends more as soon as there is room. */
const STREAM_MESSAGES = 64

/** What a connection's traffic goes through. */
export interface TrafficParts {
  readonly stream: Stream
  readonly decoder: MessageDecoder<SharedFrame>
  readonly encoder: MessageEncoder
  readonly session: Session
  readonly version: ZmtpVersion
  /** Of a socket that subscribes. */
  readonly subscriptions: Subscriptions | undefined
  readonly heartbeat: HeartbeatSettings
  /** Of what the peer has sent, in the pipe; undefined for no limit but the high-water mark. */
  readonly mostWaitingBytes: number | undefined
}

/** What a connection's traffic leads to. */
export interface TrafficEvents {
  /** The peer broke the protocol, or is silent. */
  failed(error: Error): void
  /** The socket has closed its side: what it sent before may linger; -1 for ever. */
  leaving(lingerMs: number): void
  /** The peer has left, and all that it had sent is delivered. */
  ended(): void
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
  /** Where this side asks for signs of life, or the peer has. */
  #heartbeat: Heartbeat | undefined
  /** Messages that were decoded and do not fit into the pipe yet, from `#next` on. */
  #inbox: (Buffer | SharedFrame)[][] = []
  #next = 0
  readonly #readAtOnce: number
  readonly #waiting: WaitingBytes | undefined
  #isChoked = false
  /** For ever: the peer takes nothing any more. */
  #isBroken = false
  #isResting = false
  #isScheduled = false
  /** In which it has sent something last. */
  #turn = 0
  /** Encoded in this turn of the event loop. */
  #turnBytes = 0
  #isOver = false
  #hasEnded = false
  /** The context of the last PING that could not be answered yet. */
  #latePing: Buffer | undefined
  /** Frames that are encoded and not given to the stream yet. */
  #lent: SharedFrame[] = []

  constructor(parts: TrafficParts, events: TrafficEvents) {
    this.#parts = parts
    this.#events = events
    const { mostWaitingBytes, decoder } = parts
    this.#waiting = mostWaitingBytes === undefined ? undefined : new WaitingBytes(mostWaitingBytes)
    this.#readAtOnce = decoder.canTransfer && this.#waiting === undefined ? 1 : BATCH
  }

  start(): void {
    const { session, subscriptions, version, encoder, stream, heartbeat } = this.#parts
    session.join(this)
    stream.on('drain', this.#onDrain)
    if (stream instanceof ReadingStream) stream.readsOn = () => this.#readsOn()
    subscriptions?.sendAll(version, encoder)
    if (version !== '2.0' && heartbeat.intervalMs > 0) this.#beat().start()
    this.#write()
    const { pipe } = session
    if (pipe === undefined) {
      this.#events.finished()
      return
    }
    if (pipe.isPeerClosed) this.#leaving(pipe)
    this.#pump()
  }

  #beat(): Heartbeat {
    const sendPing = (timeToLiveMs: number): boolean => {
      // Who does not read would not answer it, and one at each interval would be too many in time.
      if (this.#isChoked) return false
      this.#attempt(() => {
        this.#parts.encoder.addPing(timeToLiveMs)
        this.#write()
      })
      return !this.#isOver
    }
    return (this.#heartbeat ??= new Heartbeat(this.#parts.heartbeat, sendPing, () =>
      this.#attempt(() => this.#silent()),
    ))
  }

  /** What a timer, the stream or the event loop calls: nobody there could catch what it throws. */
  #attempt(step: () => void): void {
    try {
      step()
    } catch (thrown) {
      this.failed(faultOf(thrown))
    }
  }

  failed(error: Error): void {
    this.#events.failed(error)
  }

  #leaving(pipe: Pipe): void {
    if (pipe.isRefused) this.#events.failed(tooManySubscriptions())
    else if (this.#isBroken) this.#parts.stream.destroy()
    else this.#events.leaving(pipe.peerLingerMs)
  }

  /** What the socket sends to a peer that is gone stays in the pipe; it may want what that had sent. */
  #readsOn(): boolean {
    const { pipe } = this.#parts.session
    if (this.#isOver || pipe === undefined || pipe.isPeerClosed) return false
    this.#isBroken = true
    this.#isChoked = true
    return true
  }

  /** What is not read, because there is no room for it, may have been a sign of life. */
  #silent(): void {
    if (this.#parts.stream.isPaused()) {
      this.#heartbeat?.alive()
      return
    }
    this.#events.failed(new PeerSilentError())
    // It would not read a farewell either.
    this.#parts.stream.destroy()
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#heartbeat?.stop()
    this.#parts.stream.off('drain', this.#onDrain)
    this.#parts.session.leave(this)
    this.#giveBack()?.()
    this.#parts.decoder.close()
    for (const message of this.#inbox.slice(this.#next)) {
      for (const frame of message) if (!Buffer.isBuffer(frame)) frame.release()
    }
    this.#inbox = []
  }

  // ---- from the peer to the socket

  /**
   * Something has arrived, and the decoder has it.
   *
   * @param bytes how much
   */
  arrived(bytes: number): void {
    this.#heartbeat?.alive()
    this.#deliver()
    if (bytes >= FULL_CHUNK_BYTES && !this.#isOver && isTurnLong()) this.#rest()
    // What waits lies in memory that others use next.
    this.#parts.decoder.keep()
    for (let i = this.#next; i < this.#inbox.length; i++)
      this.#inbox[i] = this.#inbox[i]!.map(copyOf)
  }

  /** Reads on when the event loop has turned. */
  #rest(): void {
    if (this.#isResting) return
    this.#isResting = true
    this.#parts.stream.pause()
    setImmediate(this.#restIsOver)
  }

  readonly #restIsOver = (): void => {
    this.#isResting = false
    if (!this.#isOver) this.#attempt(() => this.#deliver())
  }

  /** Nothing more will arrive; what has, may wait for room. */
  ended(): void {
    this.#hasEnded = true
    this.#deliver()
  }

  #deliver(): void {
    const { session, decoder, stream } = this.#parts
    try {
      while (!this.#isOver) {
        const { pipe } = session
        if (pipe === undefined) break
        if (!this.#deliverInbox(pipe)) {
          stream.pause()
          return
        }
        if (this.#waiting === undefined) decoder.transfer(pipe)
        pipe.flush()
        if (!pipe.canWrite() && pipe.parkWriting()) {
          stream.pause()
          return
        }
        // One at a time, where the next ones can go as they lie.
        if (decoder.read(this.#inbox, this.#readAtOnce) > 0) continue
        const command = decoder.takeCommand()
        if (command === undefined) break
        this.#obey(command)
      }
    } catch (thrown) {
      // What came before it was right.
      if (thrown instanceof WireError && session.pipe !== undefined) this.#deliverLast(session.pipe)
      this.failed(faultOf(thrown))
      return
    }
    this.#answerPing()
    if (this.#hasEnded || decoder.hasEnded) this.#events.ended()
    else if (session.pipe !== undefined && !this.#isResting && !this.#isOver) stream.resume()
  }

  /** As far as there is room, and memory: of an error of the peer's its end is told, not of that. */
  #deliverLast(pipe: Pipe): void {
    try {
      this.#deliverInbox(pipe)
    } catch (thrown) {
      if (!(thrown instanceof SocketError)) throw thrown
    }
  }

  /** Writes decoded messages into the pipe; false when it is full. */
  #deliverInbox(pipe: Pipe): boolean {
    const inbox = this.#inbox
    if (inbox.length === 0) return true
    let isFull = false
    while (this.#next < inbox.length && !isFull) {
      const message = inbox[this.#next]!
      const mayWait = this.#waiting?.hasRoom(pipe, message) ?? true
      if (mayWait && pipe.canWrite()) {
        pipe.write(single(message))
        this.#waiting?.wrote(message)
        this.#next++
      } else isFull = mayWait ? pipe.parkWriting() : pipe.parkWriting(1)
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
      if (ttlMs > 0 || this.#heartbeat !== undefined) this.#beat().askedFor(ttlMs)
      this.#answerHeartbeat(context)
    } else if (name === 'ERROR') {
      throw new WireError('DENIED', `the peer says: ${JSON.stringify(decodeError(data))}`)
    }
    // Others are of later versions, and have to be ignored; PONG was noticed when it arrived.
  }

  /** A peer that does not read is not answered before it does: the latest answer is enough then. */
  #answerPing(): void {
    const { decoder, encoder } = this.#parts
    if (this.#isChoked || this.#isOver) return
    const ping = decoder.takePing()
    if (ping === undefined) return
    encoder.addPong(ping)
    this.#write()
  }

  /** As `#answerPing`. */
  #answerHeartbeat(context: Buffer): void {
    if (this.#isChoked) {
      this.#latePing = Buffer.from(context)
      return
    }
    this.#parts.encoder.addCommand(encodePong(context))
    this.#write()
  }

  #answerLatePing(): void {
    if (this.#latePing === undefined) return
    const context = this.#latePing
    this.#latePing = undefined
    this.#answerHeartbeat(context)
  }

  pipeWritable(): void {
    this.#deliver()
  }

  // ---- from the socket to the peer

  pipeReadable(): void {
    const { pipe } = this.#parts.session
    if (pipe?.isPeerClosed === true) this.#leaving(pipe)
    this.#pumpSoon()
  }

  /**
   * What comes first in a turn of the event loop goes at once: often somebody waits for it. What comes
   * behind it goes at the end of the turn, all in one call of the system.
   */
  #pumpSoon(): void {
    if (this.#isScheduled) return
    const turn = currentTurn()
    if (turn === this.#turn) {
      this.#pumpLater()
      return
    }
    this.#turn = turn
    this.#pump()
  }

  #pumpLater(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#pumpAgain)
  }

  readonly #onDrain = (): void =>
    this.#attempt(() => {
      this.#isChoked = false
      this.#answerPing()
      this.#answerLatePing()
      this.#pump()
    })

  readonly #pumpAgain = (): void =>
    this.#attempt(() => {
      this.#isScheduled = false
      this.#pump()
    })

  /** Sends what the pipe has, as far as the stream takes it. */
  #pump(): void {
    this.#turnBytes = 0
    this.#send()
  }

  #send(): void {
    const { session, encoder } = this.#parts
    let messages = 0
    while (!this.#isOver && !this.#isChoked && !this.#isScheduled) {
      const { pipe } = session
      if (pipe === undefined) break
      if (!pipe.canRead()) {
        if (messages >= STREAM_MESSAGES && this.#turnBytes < TURN_BYTES) {
          this.#gather()
          return
        }
        this.#write()
        // It may have been the last: then the pipe ends here.
        if (pipe.endIfDrained() || pipe.parkReading()) break
        continue
      }
      const before = encoder.pendingBytes
      messages += this.#take(pipe)
      this.#turnBytes += encoder.pendingBytes - before
      // Large frames lie where they are until then: several go in one call of the system.
      const enough = this.#lent.length > 0 ? MOST_UNSENT_BYTES : WRITE_BYTES
      if (encoder.pendingBytes < enough) continue
      this.#write()
      if (this.#turnBytes >= TURN_BYTES) this.#pumpLater()
    }
    this.#write()
  }

  /**
   * Waits until the socket has had the time to send more, which goes with what is encoded, in one call
   * of the system: a pipe holds no more than its high-water mark.
   */
  #gather(): void {
    this.#isScheduled = true
    // A tick comes when there are no microtasks left, in which the socket learns of the room.
    void settled.then(this.#gatherSoon)
  }

  readonly #gatherSoon = (): void => process.nextTick(this.#gathered)

  readonly #gathered = (): void =>
    this.#attempt(() => {
      this.#isScheduled = false
      this.#send()
    })

  /** Encodes some of what the pipe has; returns how many messages. */
  #take(pipe: Pipe): number {
    const { subscriptions, encoder } = this.#parts
    if (subscriptions !== undefined || encoder.isEncrypting) return this.#takeCopies(pipe)
    const count = pipe.transfer(BATCH, encoder)
    if (count > 0) return count
    this.#takeParts(pipe)
    return 1
  }

  /** No more than what is written at once: encrypting takes long, and the peer decrypts meanwhile. */
  #takeCopies(pipe: Pipe): number {
    const { subscriptions, version, encoder } = this.#parts
    let count = 0
    do {
      const message = pipe.read()
      count++
      if (subscriptions?.send(message, version, encoder) !== true) encoder.addMessage(message)
    } while (count < BATCH && encoder.pendingBytes < WRITE_BYTES && pipe.canRead())
    return count
  }

  /** A message with large frames, which stay where they are until they are written. */
  #takeParts(pipe: Pipe): void {
    const frames: Uint8Array[] = []
    for (const part of pipe.readParts()) {
      if (part instanceof Uint8Array) {
        frames.push(part)
      } else {
        frames.push(part.data)
        this.#lent.push(part)
      }
    }
    this.#parts.encoder.addMessage(frames)
  }

  #write(): void {
    const { encoder, stream } = this.#parts
    if (encoder.pendingBytes === 0 || this.#isOver) return
    const isReturned = encoder.pendingBytes >= LEAST_RETURNED_BYTES
    const chunks = encoder.take()
    const last = chunks.length - 1
    if (last > 0) stream.cork()
    for (let i = 0; i < last; i++) stream.write(chunks[i]!)
    const giveBack = this.#giveBack()
    if (isReturned || giveBack !== undefined) {
      stream.write(chunks[last]!, () => {
        recycle(chunks)
        if (giveBack !== undefined) this.#attempt(giveBack)
      })
    } else {
      stream.write(chunks[last]!)
    }
    if (last > 0) stream.uncork()
    if (stream.writableLength >= MOST_UNSENT_BYTES) this.#isChoked = stream.writableNeedDrain
  }

  /** Written or not: the stream calls back in any case. */
  #giveBack(): (() => void) | undefined {
    if (this.#lent.length === 0) return undefined
    const lent = this.#lent
    this.#lent = []
    return () => {
      for (const frame of lent) frame.release()
    }
  }

  pipeEnded(): void {
    if (this.#isOver) return
    // More was waited for, to go with it.
    this.#write()
    this.#events.finished()
  }
}

const copyOf = (frame: Buffer | SharedFrame): Buffer | SharedFrame =>
  Buffer.isBuffer(frame) ? Buffer.from(frame) : frame

const single = <Frame>(message: Frame[]): Frame | Frame[] =>
  message.length === 1 ? message[0]! : message

const tooManySubscriptions = (): WireError =>
  new WireError('TOO_MANY_SUBSCRIPTIONS', 'the peer wants more than a publisher lets it')

/** The peer has given no sign of life for as long as it was to. */
class PeerSilentError extends Error {
  override readonly name = 'PeerSilentError'
  readonly code = 'ETIMEDOUT'
  readonly errno = constants.errno.ETIMEDOUT

  constructor() {
    super('The peer gives no sign of life')
  }
}
