import { Push, SocketError, type Context } from '@ringpost/core'
import { engage, type Engaged } from '@ringpost/core/internal'
import type { ValueContext } from '../values/index.ts'
import { ByteWriter } from '../values/index.ts'
import type { Parcel } from './envelope.ts'
import type { Meeting } from './meeting.ts'
import { RecordWriter } from './record.ts'

/** Envelopes leave together, at the latest when they come to so many bytes. */
const FRAME_BYTES = 32 * 1024

/** So many frames may lie in the ring, unread. */
const FRAMES = 64

/** What waits on this side for room in the ring, in bytes, before the lane counts as full. */
const BACKLOG_BYTES = 1024 * 1024

/** Of a frame: the number of the host it comes from. */
export const FRAME_HEAD_BYTES = 4

/** One direction between two hosts: what is posted leaves in frames, in its order. */
export class Lane {
  readonly #push: Push
  readonly #engaged: Engaged
  readonly #from: number
  readonly #writer = new ByteWriter()
  readonly #records: RecordWriter
  readonly #backlog: Buffer[] = []
  readonly #waiting: (() => void)[] = []
  #backlogBytes = 0
  /** While shared memory is full. */
  #awaitsMemory = false
  #isClosed = false

  constructor(
    endpoint: string,
    from: number,
    context: Context,
    values: ValueContext,
    options: Meeting['push'] = {},
  ) {
    this.#from = from
    this.#push = new Push({ context, sendHighWaterMark: FRAMES, ...options })
    this.#push.connect(endpoint)
    this.#engaged = this.#push[engage](this.#changed)
    this.#records = new RecordWriter(this.#writer, values)
  }

  /** Whether a message more should wait: the host at the other end does not keep up. */
  get isFull(): boolean {
    return this.#awaitsMemory || this.#backlogBytes > BACKLOG_BYTES
  }

  /** Whether something waits for `flush`. */
  get isHolding(): boolean {
    // The head of a frame stays there where the first message could not be written.
    return this.#writer.size > FRAME_HEAD_BYTES
  }

  /** @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  post(parcel: Parcel): number {
    if (this.#isClosed) return 0
    const writer = this.#writer
    if (writer.size === 0) {
      writer.reserve(FRAME_HEAD_BYTES)
      writer.view.setUint32(writer.length, this.#from, true)
      writer.length += FRAME_HEAD_BYTES
    }
    const before = writer.size
    this.#records.write(parcel)
    const bytes = writer.size - before
    if (writer.size >= FRAME_BYTES) this.flush()
    return bytes
  }

  /** Sends what was posted. */
  flush(): void {
    const writer = this.#writer
    if (this.#isClosed || writer.size <= FRAME_HEAD_BYTES) return
    // What others have said meanwhile, as to pause, is heard even if this thread never rests.
    this.#engaged.thread.poll()
    // A frame that is sent was copied, and its memory is free for the next.
    if (this.#backlog.length === 0 && this.#offer(writer.written()))
      writer.truncate(writer.length - writer.size)
    else this.#keep(writer.take())
  }

  /** Settles when the lane is not full, or is closed. */
  whenRoom(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** The other end is gone: nothing leaves any more. */
  abandon(): void {
    this.#push.linger = 0
    this.close()
  }

  close(): void {
    this.#isClosed = true
    this.#push.close()
    this.#backlog.length = 0
    this.#backlogBytes = 0
    this.#wake()
  }

  /** @returns false: there is no room; `#changed` follows when there is */
  #offer(frame: Buffer): boolean {
    const { pattern } = this.#engaged
    try {
      do {
        if (pattern.send(frame) !== 'EAGAIN') {
          this.#engaged.flush()
          return true
        }
        // Parked, the reader wakes us; not parked, it has just made room.
      } while (!pattern.parkSending())
    } catch (error) {
      if (!(error instanceof SocketError) || error.code !== 'ENOMEM') throw error
      return this.#offerAgain(frame)
    }
    return false
  }

  /** There was no memory. Once it is awaited, it is there already, or whoever gives some back wakes us. */
  #offerAgain(frame: Buffer): boolean {
    if (this.#awaitsMemory) return false
    this.#awaitsMemory = true
    this.#engaged.thread.awaitMemory()
    if (!this.#offer(frame)) return false
    this.#awaitsMemory = false
    return true
  }

  #keep(frame: Buffer): void {
    this.#backlog.push(frame)
    this.#backlogBytes += frame.length
  }

  /** There may be room. */
  readonly #changed = (): void => {
    if (this.#isClosed) return
    this.#awaitsMemory = false
    while (this.#backlog.length > 0 && this.#offer(this.#backlog[0]!))
      this.#backlogBytes -= this.#backlog.shift()!.length
    if (!this.isFull) this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
