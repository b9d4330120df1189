import type { Socket as Stream } from 'node:net'
import { faultOf } from '../fault.ts'
import type { ConnectionEvents } from './connection.ts'
import type { Wire } from '../stream/wire.ts'
import { Session, type SessionEngine } from './session.ts'
import { stranger } from './stranger.ts'

/** Messages taken from a pipe at once. */
const BATCH = 256
/** So much is given to the stream before it is waited for: more would only lie there. */
const MOST_UNSENT_BYTES = 262_144

const NOTICE = Buffer.alloc(0)

/** So long a peer may take to close after this side has. */
const FAREWELL_MS = 1000

/**
 * One connection of a STREAM socket: no greeting and no frames. Each chunk that the stream gives is
 * a message, and each message is written as it is.
 *
 * Neither side can make it hold much: a full pipe stops the stream, and a slow stream leaves the
 * messages in the pipe, where they count.
 */
export class RawConnection implements SessionEngine {
  readonly #stream: Stream
  readonly #notify: boolean
  readonly #events: ConnectionEvents
  #session = new Session()
  /** What the pipe has no room for yet: a chunk, and a notice of the end behind it. */
  readonly #inbox: Buffer[] = []
  readonly #outbox: Buffer[][] = []
  #isChoked = false
  /** The socket wants no more of it. */
  #isFinished = false
  /** The stream has ended, and what came of it may still have to be delivered. */
  #isStreamClosed = false
  #isClosed = false
  #error: Error | undefined
  #lingerTimer: NodeJS.Timeout | undefined
  #farewellTimer: NodeJS.Timeout | undefined

  /**
   * @param wire connected, and half open when the peer ends it; this connection's alone from now on
   * @param notify whether the socket gets an empty message when the peer comes, and when it has gone
   */
  constructor(wire: Wire, notify: boolean, events: ConnectionEvents) {
    const { stream } = wire
    this.#stream = stream
    this.#notify = notify
    this.#events = events
    stream.setNoDelay(true)
    wire.take = this.#arrived
    stream.on('drain', this.#onDrain)
    stream.on('error', (error) => {
      this.#error ??= error
    })
    // What was given to the stream is still written; nobody would answer to more.
    stream.on('end', () => stream.end())
    stream.once('close', this.#onStreamClosed)
    this.#attempt(() => this.#begin())
  }

  /** There may be no room for its pipe. */
  #begin(): void {
    this.#session = this.#events.ready(stranger)
    this.#session.join(this)
    if (this.#notify) this.#inbox.push(NOTICE)
    this.#deliver()
    if (this.#session.pipe === undefined) this.pipeEnded()
    else this.pipeReadable()
  }

  /** What the stream calls: nobody there could catch what it throws. */
  #attempt(step: () => void): void {
    try {
      step()
    } catch (thrown) {
      this.failed(faultOf(thrown))
    }
  }

  /** It ends here; what has not been delivered is lost. */
  failed(error: Error): void {
    this.#error ??= error
    this.#inbox.length = 0
    if (this.#isStreamClosed) this.#closed()
    else this.#stream.destroy()
  }

  /** Messages flow from the beginning to the end. */
  get hasTraffic(): boolean {
    return !this.#isClosed
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
    if (lingerMs === 0) this.close()
    // A process waits for what is still to be sent.
    else this.#stream.ref()
    if (lingerMs > 0) this.#lingerTimer ??= setTimeout(() => this.close(), lingerMs)
  }

  // ---- from the peer to the socket

  readonly #arrived = (chunk: Buffer): void => {
    if (this.#isFinished || this.#error !== undefined) return
    this.#attempt(() => {
      const { pipe } = this.#session
      if (this.#inbox.length === 0 && pipe?.canWrite() === true) {
        pipe.write(chunk)
        pipe.flush()
        return
      }
      this.#inbox.push(Buffer.from(chunk))
      this.#deliver()
    })
  }

  #deliver(): void {
    const { pipe } = this.#session
    const inbox = this.#inbox
    while (pipe !== undefined && !pipe.isPeerClosed && inbox.length > 0) {
      if (pipe.canWrite()) {
        pipe.write(inbox.shift()!)
      } else if (pipe.parkWriting()) {
        pipe.flush()
        this.#stream.pause()
        return
      }
    }
    pipe?.flush()
    if (this.#isStreamClosed) this.#closed()
    else this.#stream.resume()
  }

  pipeWritable(): void {
    this.#deliver()
  }

  readonly #onStreamClosed = (): void => {
    clearTimeout(this.#lingerTimer)
    clearTimeout(this.#farewellTimer)
    this.#isStreamClosed = true
    if (this.#notify) this.#inbox.push(NOTICE)
    this.#attempt(() => this.#deliver())
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#session.leave(this)
    this.#events.closed(this.#error, true)
  }

  // ---- from the socket to the peer

  pipeReadable(): void {
    const { pipe } = this.#session
    if (pipe?.isPeerClosed === true) {
      if (this.#isStreamClosed) this.#closed()
      else this.finish(pipe.peerLingerMs)
    }
    this.#pump()
  }

  readonly #onDrain = (): void =>
    this.#attempt(() => {
      this.#isChoked = false
      this.#pump()
    })

  /** Sends what the pipe has, as far as the stream takes it. */
  #pump(): void {
    while (this.#stream.writable && !this.#isChoked && !this.#isFinished) {
      const { pipe } = this.#session
      if (pipe === undefined) return
      if (!pipe.canRead()) {
        // It may have been the last: then the pipe ends here.
        if (pipe.endIfDrained() || pipe.parkReading()) return
        continue
      }
      pipe.readMany(this.#outbox, BATCH)
      this.#stream.cork()
      for (const [data] of this.#outbox) this.#stream.write(data!)
      this.#stream.uncork()
      this.#outbox.length = 0
      this.#isChoked =
        this.#stream.writableLength >= MOST_UNSENT_BYTES && this.#stream.writableNeedDrain
    }
  }

  /** The peer closes when it has read all: to close first could take from it what it has not. */
  pipeEnded(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#inbox.length = 0
    if (this.#isStreamClosed) {
      this.#closed()
      return
    }
    this.#stream.end(() => {
      this.#farewellTimer = setTimeout(() => this.close(), FAREWELL_MS).unref()
    })
    this.#stream.resume()
  }
}
