import { ActorError } from '../errors.ts'
import { soon } from '../host/soon.ts'
import { ByteWriter, writeValue, type ValueContext } from '../values/index.ts'
import type { Outlet } from './network.ts'
import type { Sender } from './port.ts'
import type { Message } from './protocol/message.ts'
import { writeHead } from './protocol/messageWriter.ts'

/** Messages leave together, at the latest when they come to so many bytes. */
const FRAME_BYTES = 32 * 1024
/** What waits on this side before the line counts as full, in bytes. */
const FULL_BYTES = 1024 * 1024
/** With so much waiting, in bytes, the peer counts as one that does not read. */
export const MOST_BYTES = 64 * 1024 * 1024
/** What the array of a message may take beside its body. */
const HEAD_BYTES = 4096

/** How values are written for one peer. */
export interface LineValues extends ValueContext {
  /** The peer knows plain msgpack only: nothing is nil, and what occurs twice is written twice. */
  readonly isPlain: boolean
  /** The largest message that the peer takes, in bytes. */
  readonly peerTakesBytes: number
}

/** The way to one peer, as long as the connection lasts: what is posted leaves in its order. */
export class Line implements Sender {
  values: LineValues
  readonly #port: Outlet
  readonly #id: Buffer | undefined
  readonly #overrun: () => void
  readonly #writer = new ByteWriter()
  readonly #backlog: Buffer[] = []
  readonly #whenRoom: (() => void)[] = []
  readonly #whenSent: (() => void)[] = []
  #held = 0
  #backlogBytes = 0
  #isClosed = false

  /**
   * @param id the peer's routing id, where the port is a Router's
   * @param overrun called when the peer does not read: the line is to be closed
   */
  constructor(port: Outlet, id: Buffer | undefined, values: LineValues, overrun: () => void) {
    this.#port = port
    this.#id = id
    this.values = values
    this.#overrun = overrun
  }

  get isFull(): boolean {
    return this.#backlogBytes > FULL_BYTES
  }

  /** Sends a message that has no body. */
  post(message: Message): void {
    this.#write(message, appendNothing, undefined)
  }

  /** @throws {ActorError} `EVALUE`, `EMSGSIZE`; nothing was written then */
  postWith(message: Message, body: unknown): void {
    this.#write(message, writeBody, body)
  }

  /** @param body as `encode` gave it */
  postEncoded(message: Message, body: Buffer): void {
    this.#write(message, appendBytes, body)
  }

  /** Settles when all that was posted has left, or the line is closed. */
  whenSent(): Promise<void> {
    this.flush()
    if (this.#backlog.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenSent.push(resolve))
  }

  /** Settles when the line is not full, or closed. */
  whenRoom(): Promise<void> {
    if (!this.isFull) return Promise.resolve()
    return new Promise((resolve) => this.#whenRoom.push(resolve))
  }

  retry(): boolean {
    while (this.#backlog.length > 0) {
      if (!this.#offer(this.#backlog[0]!)) {
        // What waits for room does not wait until all has left.
        if (!this.isFull) this.#wakeForRoom()
        return false
      }
      this.#backlogBytes -= this.#backlog.shift()!.length
    }
    this.#wake()
    return true
  }

  /** Sends what was posted. */
  readonly flush = (): void => {
    if (this.#held === 0 || this.#isClosed) return
    this.#held = 0
    const frame = this.#writer.take()
    if (this.#backlog.length === 0 && this.#offer(frame)) return
    this.#backlog.push(frame)
    this.#backlogBytes += frame.length
    this.#port.await(this)
    if (this.#backlogBytes <= MOST_BYTES) return
    this.#overrun()
  }

  /** What was posted leaves still, if it can. @returns the frames that do not */
  close(): readonly Buffer[] {
    if (this.#isClosed) return []
    this.flush()
    this.#isClosed = true
    this.#port.forget(this)
    const unsent = this.#backlog.splice(0)
    this.#backlogBytes = 0
    this.#wake()
    return unsent
  }

  #write<B>(message: Message, append: Append<B>, body: B): void {
    if (this.#isClosed) return
    const writer = this.#writer
    const begin = writer.length
    try {
      writeHead(writer, message)
      append(writer, body, this.values)
      const size = writer.length - begin
      if (size > this.values.peerTakesBytes + HEAD_BYTES) throw tooLarge(size, this.values)
    } catch (error) {
      writer.length = begin
      throw error
    }
    if (this.#held === 0) soon(this.flush)
    this.#held += writer.length - begin
    if (this.#held >= FRAME_BYTES) this.flush()
  }

  #offer(frame: Buffer): boolean {
    return this.#port.offer(this.#id === undefined ? [frame] : [this.#id, frame])
  }

  #wakeForRoom(): void {
    for (const resolve of this.#whenRoom.splice(0)) resolve()
  }

  #wake(): void {
    this.#wakeForRoom()
    for (const resolve of this.#whenSent.splice(0)) resolve()
  }
}

const tooLarge = (bytes: number, { peerTakesBytes }: LineValues): ActorError =>
  new ActorError(
    'EMSGSIZE',
    `A message of ${bytes} bytes is too large: the node takes ${peerTakesBytes}`,
  )

/** How a body is written behind the head of its message: no closure for each message. */
type Append<B> = (writer: ByteWriter, body: B, values: LineValues) => void

function appendNothing(): void {
  // The message is its head alone.
}

function appendBytes(writer: ByteWriter, body: Buffer): void {
  writer.reserve(body.length)
  body.copy(writer.bytes, writer.length)
  writer.length += body.length
}

function writeBody(writer: ByteWriter, body: unknown, values: LineValues): void {
  writeValue(writer, body === undefined && values.isPlain ? null : body, values)
}

/** The bytes of a body that is to be sent later. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
export function encode(body: unknown, values: LineValues): Buffer {
  const writer = new ByteWriter()
  writeBody(writer, body, values)
  return writer.take()
}
