import { constants } from 'node:buffer'
import {
  bufferOver,
  copyInto,
  INLINE_BYTES,
  PACK_BYTES,
  type FrameMemory,
} from '@ringpost/core/internal'
import { WireError } from '../errors.ts'
import type { HeldFrame, MessageDecoder, MessageSink, TrafficOptions } from './codec.ts'
import type { FrameCipher } from './frameCipher.ts'
import { frameFlag, LONG_HEADER_BYTES, readLongSize, SHORT_HEADER_BYTES } from './frame.ts'

export interface DecoderLimits {
  /** Of one frame on the wire, as ZMQ_MAXMSGSIZE; -1 for none, the default. Also of commands. */
  maxMessageSize?: number
  /** Of one message, default 65,536: an empty frame takes two bytes to send, and a hundred to keep. */
  maxFrames?: number
  /**
   * Of the frames of one message together, if it has more than one; no limit by default. `transfer`
   * does not look at it, and gives no message of more than 16 KiB.
   */
  maxMultipartBytes?: number
  /** Of one command after the handshake, default 1 MiB; the longest topic, say. */
  maxCommandSize?: number
}

/** No command of a handshake needs more; the peer is nobody yet. */
export const HANDSHAKE_COMMAND_BYTES = 65_536

/**
 * A frame that is spread over chunks gets so much memory at once, and more only as it arrives: who
 * announces a large one has to send it.
 */
const FIRST_BODY_BYTES = 1_048_576

/**
 * Larger frames are not gathered in shared memory: of that there is so much for all, and thousands of
 * peers may announce what they never send.
 */
const MOST_HELD_BYTES = 131_072

/**
 * Nor are more of one message: its last frame may never come, and no high-water mark applies before it has.
 * The others are kept in private memory until then.
 */
const MOST_HELD_OF_MESSAGE_BYTES = 1_048_576

const MESSAGE_FLAGS = frameFlag.more | frameFlag.long

/** The memory that was looked at last: most chunks are in the same. */
let memory: FrameMemory = memoryAround(new ArrayBuffer(0))

function memoryOf({ buffer }: Uint8Array): FrameMemory {
  if (memory.bytes.buffer !== buffer) memory = memoryAround(buffer)
  return memory
}

function memoryAround(buffer: ArrayBufferLike): FrameMemory {
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer) }
}

const ALL_FLAGS = MESSAGE_FLAGS | frameFlag.command

const NOTHING = Buffer.alloc(0)

/**
 * Turns chunks of bytes, split anywhere, into whole messages and commands.
 *
 * Frames that lie in one chunk are views of it, so a chunk must not be used again; decrypting
 * changes it. A stream of `node:net` gives chunks of their own, as large as what was read, so that
 * a view keeps at most 64 KiB alive. Who keeps small frames for long should copy them.
 *
 * In the handshake `readCommand` reads one command at a time; after `startTraffic` it is `read`
 * and `takeCommand`. After an error there is nothing more to be read.
 *
 * @see RFC 37/ZMTP "Framing"
 */
export class FrameDecoder<Held extends HeldFrame = never> implements MessageDecoder<Held> {
  /** ZMTP has no farewell, and asks for signs of life by commands. */
  readonly hasEnded = false
  readonly #frameLimit: number
  readonly #maxFrames: number
  readonly #maxMultipartBytes: number
  readonly #maxCommandSize: number
  #isHandshake = true
  #hasCommands = true
  #commandLimit: number
  #cipher: FrameCipher | undefined

  #chunk: Buffer = NOTHING
  #at = 0
  /** Chunks behind the current one. */
  readonly #waiting: Buffer[] = []

  /** What has arrived of a header that is spread over chunks; most connections never need it. */
  #header: Uint8Array | undefined
  #headerBytes = 0
  /** Where the messages end that `#findWhole` has found. */
  #foundEnd = 0
  /** The frame whose header was read last. */
  #flags = 0
  #length = 0
  #hasHeader = false
  /** What has arrived of a body that is spread over chunks. */
  #body: Buffer | undefined
  #bodyBytes = 0
  /** Whose memory that is, unless it is private. */
  #held: Held | undefined
  #hold: (bytes: number) => Held | undefined = () => undefined

  /** The frames of the message whose last one is not there yet. */
  #frames: (Buffer | Held)[] | undefined
  #partBytes = 0
  /** How much of the message that is being read was given shared memory. */
  #heldBytes = 0
  /** How many of them are copies. */
  #kept = 0
  /** A command that has been read and not taken. */
  #command: Buffer | undefined

  constructor(limits: DecoderLimits = {}) {
    const { maxMessageSize = -1, maxFrames = 65_536, maxCommandSize = 1_048_576 } = limits
    this.#maxMultipartBytes = limits.maxMultipartBytes ?? Infinity
    this.#frameLimit = maxMessageSize < 0 ? constants.MAX_LENGTH : maxMessageSize
    this.#maxFrames = maxFrames
    this.#maxCommandSize = maxCommandSize
    this.#commandLimit = Math.min(this.#frameLimit, HANDSHAKE_COMMAND_BYTES)
  }

  /** Messages may come from now on. */
  startTraffic(options: TrafficOptions<Held> = {}): void {
    this.#cipher = options.cipher
    this.#hasCommands = options.hasCommands ?? true
    // What is decrypted is not what has arrived.
    if (options.hold !== undefined && this.#cipher === undefined) this.#hold = options.hold
    this.#isHandshake = false
    this.#commandLimit = Math.min(this.#frameLimit, this.#maxCommandSize)
  }

  /** Not while frames are decrypted. */
  get canTransfer(): boolean {
    return this.#cipher === undefined
  }

  /** Takes over a chunk, to be read behind those before it. */
  push(chunk: Buffer): void {
    if (this.#at < this.#chunk.length || this.#waiting.length > 0) {
      this.#waiting.push(chunk)
    } else {
      this.#chunk = chunk
      this.#at = 0
    }
  }

  /** The memory of chunks is used again: copies what has not been read of them. */
  keep(): void {
    const rest = this.#chunk.length - this.#at
    this.#chunk = rest === 0 ? NOTHING : Buffer.from(this.#chunk.subarray(this.#at))
    this.#at = 0
    for (let i = 0; i < this.#waiting.length; i++) this.#waiting[i] = Buffer.from(this.#waiting[i]!)
    if (this.#command !== undefined) this.#command = Buffer.from(this.#command)
    const frames = this.#frames
    if (frames === undefined) return
    for (; this.#kept < frames.length; this.#kept++) {
      const frame = frames[this.#kept]!
      if (Buffer.isBuffer(frame)) frames[this.#kept] = Buffer.from(frame)
    }
  }

  /** Nothing more is to be read: lets go of what is held. */
  close(): void {
    this.#held?.release()
    this.#held = undefined
    for (const frame of this.#frames ?? []) if (!Buffer.isBuffer(frame)) frame.release()
    this.#frames = undefined
    this.#hold = () => undefined
  }

  /**
   * In the handshake: the next command's body, once it is there. Every frame is taken for a command,
   * as libzmq does: some peers forget the flag.
   *
   * @throws {WireError} `MALFORMED_FRAME`, `FRAME_TOO_LARGE`
   */
  readCommand(): Buffer | undefined {
    return this.#readFrame()
  }

  /**
   * Reads up to `limit` messages; fewer when no more are there, or when a command comes first: then
   * `takeCommand` has it, and there is more to be read.
   *
   * @returns how many messages were read
   * @throws {WireError} the messages read before are in `messages`
   */
  read(messages: (Buffer | Held)[][], limit: number): number {
    if (this.#isEmpty()) return 0
    const first = messages.length
    const end = first + limit
    while (messages.length < end && this.#command === undefined) {
      if (this.#cipher === undefined && this.#isBetweenFrames()) {
        this.#readWhole(messages, end)
        if (messages.length >= end) break
      }
      const body = this.#readFrame()
      if (body === undefined) break
      this.#accept(body, messages)
    }
    return messages.length - first
  }

  /**
   * Gives messages to `sink` that lie whole in what has arrived, as far as it has room, up to the
   * first that has to be looked at closer: `read` comes next.
   */
  transfer(sink: MessageSink): void {
    if (this.#cipher !== undefined || this.#command !== undefined) return
    if (!this.#isBetweenFrames() || this.#frames !== undefined) return
    while (this.#at < this.#chunk.length) {
      const room = sink.room()
      const messages = room === 0 ? 0 : this.#findWhole(room)
      if (messages === 0) return
      const begin = this.#at
      this.#at = this.#foundEnd
      const { byteOffset } = this.#chunk
      sink.pack(memoryOf(this.#chunk), byteOffset + begin, this.#at - begin, messages)
    }
  }

  /**
   * Finds whole messages, up to the first that is not all there, large, or odd.
   *
   * @param most so many
   * @returns how many; they end at `#foundEnd`
   */
  #findWhole(most: number): number {
    const chunk = this.#chunk
    const stop = Math.min(chunk.length, this.#at + PACK_BYTES)
    const limit = Math.min(this.#frameLimit, INLINE_BYTES)
    const maxFrames = this.#maxFrames
    let messages = 0
    let frames = 1
    let at = this.#at
    while (messages < most && at + SHORT_HEADER_BYTES <= stop) {
      const flags = chunk[at]!
      if (flags > MESSAGE_FLAGS || frames > maxFrames) break
      const isLong = (flags & frameFlag.long) !== 0
      const body = at + (isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES)
      if (body > stop) break
      const length = isLong ? readLongSize(chunk, at) : chunk[at + 1]!
      if (length > stop - body || length > limit) break
      at = body + length
      frames++
      if ((flags & frameFlag.more) !== 0) continue
      this.#foundEnd = at
      frames = 1
      messages++
    }
    return messages
  }

  /** The command that `read` stopped at. */
  takeCommand(): Buffer | undefined {
    const command = this.#command
    this.#command = undefined
    return command
  }

  takePing(): undefined {
    return undefined
  }

  /** Whether all that has come is read: mostly, where what comes is small. */
  #isEmpty(): boolean {
    return this.#at >= this.#chunk.length && this.#waiting.length === 0 && !this.#hasHeader
  }

  /** Whether no part of a frame has been read. */
  #isBetweenFrames(): boolean {
    return !this.#hasHeader && this.#headerBytes === 0
  }

  /**
   * Frames of messages that lie in the chunk, up to the first that has to be looked at closer: the
   * loop that throughput hangs on.
   */
  #readWhole(messages: (Buffer | Held)[][], end: number): void {
    const chunk = this.#chunk
    const { buffer, byteOffset, length: stop } = chunk
    const limit = this.#frameLimit
    let frames = this.#frames
    let at = this.#at
    while (messages.length < end && at + SHORT_HEADER_BYTES <= stop) {
      const flags = chunk[at]!
      if (flags > MESSAGE_FLAGS) break
      const isLong = (flags & frameFlag.long) !== 0
      const body = at + (isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES)
      if (body > stop) break
      const length = isLong ? readLongSize(chunk, at) : chunk[at + 1]!
      if (length > stop - body || length > limit) break
      const isLast = (flags & frameFlag.more) === 0
      if (isLast && frames === undefined) {
        messages.push([bufferOver(buffer, byteOffset + body, length)])
      } else {
        if (this.#partBytes + length > this.#maxMultipartBytes) break
        if (frames === undefined) frames = []
        if (!isLast && frames.length + 1 >= this.#maxFrames) break
        frames.push(bufferOver(buffer, byteOffset + body, length))
        this.#partBytes += length
        if (isLast) {
          messages.push(frames)
          frames = undefined
          this.#messageIsOver()
        }
      }
      at = body + length
    }
    this.#frames = frames
    this.#at = at
  }

  /** The next frame's body, once all of it is there. */
  #readFrame(): Buffer | undefined {
    if (!this.#hasHeader && !this.#readHeader()) return undefined
    return this.#readBody()
  }

  #readHeader(): boolean {
    if (this.#headerBytes === 0) {
      const { length: stop } = this.#chunk
      if (this.#at + LONG_HEADER_BYTES <= stop) {
        this.#at += this.#takeHeader(this.#chunk, this.#at)
        return true
      }
    }
    return this.#gatherHeader()
  }

  /** Reads a header byte by byte: it may be spread over chunks, or be the last thing in one. */
  #gatherHeader(): boolean {
    const header = (this.#header ??= new Uint8Array(LONG_HEADER_BYTES))
    for (;;) {
      if (this.#headerBytes > 0) {
        const isLong = (header[0]! & frameFlag.long) !== 0
        if (this.#headerBytes === (isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES)) break
      }
      if (!this.#hasBytes()) return false
      const byte = this.#chunk[this.#at++]!
      if (this.#headerBytes === 0) this.#checkFlags(byte)
      header[this.#headerBytes++] = byte
    }
    this.#headerBytes = 0
    this.#takeHeader(header, 0)
    return true
  }

  /** @returns how many bytes the header takes */
  #takeHeader(source: Uint8Array, at: number): number {
    const flags = source[at]!
    this.#checkFlags(flags)
    const isLong = (flags & frameFlag.long) !== 0
    const length = isLong ? readLongSize(source, at) : source[at + 1]!
    this.#checkLength(flags, length)
    this.#flags = flags
    this.#length = length
    this.#hasHeader = true
    return isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES
  }

  #checkFlags(flags: number): void {
    const isCommand = (flags & frameFlag.command) !== 0
    const hasMore = (flags & frameFlag.more) !== 0
    if (flags > ALL_FLAGS || (isCommand && !this.#hasCommands)) throw malformedFrame(flags)
    if (hasMore && (isCommand || this.#isHandshake)) throw malformedFrame(flags)
  }

  /** Before anything is allocated for it. */
  #checkLength(flags: number, length: number): void {
    const isCommand = this.#isHandshake || (flags & frameFlag.command) !== 0
    const limit = isCommand ? this.#commandLimit : this.#frameLimit
    if (length > limit) {
      throw new WireError('FRAME_TOO_LARGE', `a frame of ${length} bytes; the limit is ${limit}`)
    }
    const isPart = this.#frames !== undefined || (flags & frameFlag.more) !== 0
    if (!isCommand && isPart && this.#partBytes + length > this.#maxMultipartBytes) {
      const what = `a message of more than ${this.#maxMultipartBytes} bytes`
      throw new WireError('MESSAGE_TOO_LARGE', what)
    }
  }

  #readBody(): Buffer | undefined {
    const length = this.#length
    if (this.#body === undefined) {
      const at = this.#at
      if (this.#chunk.length - at >= length) {
        this.#at = at + length
        this.#hasHeader = false
        return bufferOver(this.#chunk.buffer, this.#chunk.byteOffset + at, length)
      }
      this.#held = this.#mayHold(length) ? this.#hold(length) : undefined
      this.#heldBytes += this.#held?.length ?? 0
      this.#body = this.#held?.data ?? Buffer.allocUnsafe(Math.min(length, FIRST_BODY_BYTES))
      this.#bodyBytes = 0
    }
    while (this.#bodyBytes < length) {
      if (!this.#hasBytes()) return undefined
      this.#gatherBody(length)
    }
    const body = this.#body
    this.#body = undefined
    this.#hasHeader = false
    return body
  }

  /** Only what is a message's, and so little that any number of peers may have it for the asking. */
  #mayHold(length: number): boolean {
    const isMessage = !this.#isHandshake && (this.#flags & frameFlag.command) === 0
    const held = this.#heldBytes + length
    return isMessage && length <= MOST_HELD_BYTES && held <= MOST_HELD_OF_MESSAGE_BYTES
  }

  /** Copies what the chunk has of the body. */
  #gatherBody(length: number): void {
    const count = Math.min(this.#chunk.length - this.#at, length - this.#bodyBytes)
    const filled = this.#bodyBytes + count
    if (filled > this.#body!.length) {
      const larger = Buffer.allocUnsafe(Math.min(length, Math.max(filled, 2 * this.#body!.length)))
      larger.set(this.#body!.subarray(0, this.#bodyBytes))
      this.#body = larger
    }
    copyInto(this.#body!, this.#chunk.subarray(this.#at, this.#at + count), this.#bodyBytes)
    this.#bodyBytes = filled
    this.#at += count
  }

  /** Goes on to the next chunk when this one is used up. */
  #hasBytes(): boolean {
    while (this.#at >= this.#chunk.length) {
      this.#at = 0
      this.#chunk = this.#waiting.shift() ?? NOTHING
      if (this.#chunk === NOTHING) return false
    }
    return true
  }

  /** Puts a frame where it belongs: into a message, or aside as a command. */
  #accept(body: Buffer, messages: (Buffer | Held)[][]): void {
    if (this.#held !== undefined) {
      const held = this.#held
      this.#held = undefined
      this.#acceptFrame(held, (this.#flags & frameFlag.more) !== 0, messages)
      return
    }
    let frame = body
    let flags = this.#flags
    if (this.#cipher !== undefined) {
      // Others may frame what is encrypted as a command, as RFC 37 says; libzmq does as a message.
      if ((flags & frameFlag.more) !== 0) throw malformedFrame(flags)
      frame = this.#cipher.open(body)
      flags = this.#cipher.flags
    }
    if ((flags & frameFlag.command) !== 0) {
      this.#checkLength(flags, frame.length)
      this.#command = frame
    } else {
      this.#acceptFrame(frame, (flags & frameFlag.more) !== 0, messages)
    }
  }

  #acceptFrame(frame: Buffer | Held, hasMore: boolean, messages: (Buffer | Held)[][]): void {
    if (hasMore) {
      this.#acceptPart(frame)
      return
    }
    if (this.#frames === undefined) {
      messages.push([frame])
    } else {
      this.#frames.push(frame)
      messages.push(this.#frames)
      this.#frames = undefined
    }
    this.#messageIsOver()
  }

  #messageIsOver(): void {
    this.#partBytes = 0
    this.#heldBytes = 0
    this.#kept = 0
  }

  #acceptPart(frame: Buffer | Held): void {
    this.#frames ??= []
    this.#partBytes += frame.length
    // One more is to come.
    if (this.#frames.push(frame) >= this.#maxFrames) {
      throw new WireError('TOO_MANY_FRAMES', `a message of more than ${this.#maxFrames} frames`)
    }
  }
}

function malformedFrame(flags: number): WireError {
  return new WireError('MALFORMED_FRAME', `a frame with the flags 0x${flags.toString(16)}`)
}
