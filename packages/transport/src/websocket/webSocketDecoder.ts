import { WireError } from '../errors.ts'
import { isClosePayload } from './closeCode.ts'
import {
  firstByte,
  headerBytes,
  KEY_BYTES,
  LONGEST_CONTROL_BYTES,
  LONGEST_HEADER_BYTES,
  opcode,
  readLength,
  secondByte,
} from './frame.ts'
import { applyMask } from './mask.ts'

/**
 * A message that is spread over chunks or frames gets so much memory at once, and more only as it
 * arrives: who announces a large one has to send it.
 */
const FIRST_BYTES = 1_048_576

const NOTHING = Buffer.alloc(0)

/** Opcodes there are. */
const known: ReadonlySet<number> = new Set(Object.values(opcode))

/**
 * Turns chunks of bytes, split anywhere, into the binary messages of a WebSocket. Control frames it obeys
 * itself, as far as bytes alone can: pings are for the caller to answer, a close ends it.
 *
 * A message that lies in one chunk is a view of it, unmasked there. After an error there is nothing
 * more to be read.
 *
 * @see RFC 6455 sections 5 and 7
 */
export class WebSocketDecoder {
  /** Whether what comes has to be masked: it does from clients, and must not from servers. */
  readonly #isMasked: boolean
  /** The longest message, in bytes. */
  limit: number

  #chunk: Buffer = NOTHING
  #at = 0
  /** Chunks behind the current one. */
  readonly #waiting: Buffer[] = []

  readonly #header = new Uint8Array(LONGEST_HEADER_BYTES)
  readonly #key = new Uint8Array(KEY_BYTES)
  /** What has arrived of the header. */
  #headerCount = 0
  #hasHeader = false
  #length = 0
  /** What has arrived of the frame's payload. */
  #count = 0

  readonly #control = Buffer.alloc(LONGEST_CONTROL_BYTES)
  /** What has arrived of a message that does not lie in one chunk. */
  #message: Buffer | undefined
  #messageCount = 0
  /** Between the frames of a message. */
  #isFragmented = false

  #ping: Buffer | undefined
  #hasEnded = false

  /**
   * @param isServer whether this side is
   * @param limit the longest message, in bytes, however many frames it comes in
   */
  constructor(isServer: boolean, limit: number) {
    this.#isMasked = isServer
    this.limit = limit
  }

  /** The peer has sent a close frame; what it sends after it does not count. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** What the latest ping carried that was not taken yet. */
  takePing(): Buffer | undefined {
    const ping = this.#ping
    this.#ping = undefined
    return ping
  }

  /** Takes over a chunk, to be read behind those before it; it is changed. */
  push(chunk: Buffer): void {
    if (this.#hasEnded) return
    if (this.#at < this.#chunk.length || this.#waiting.length > 0) {
      this.#waiting.push(chunk)
    } else {
      this.#chunk = chunk
      this.#at = 0
    }
  }

  /** The memory of chunks is used again: copies what has not been read of them. */
  keep(): void {
    const rest = this.#chunk.subarray(this.#at)
    this.#chunk = rest.length === 0 ? NOTHING : Buffer.from(rest)
    this.#at = 0
    for (let i = 0; i < this.#waiting.length; i++) this.#waiting[i] = Buffer.from(this.#waiting[i]!)
  }

  /**
   * The next message, once it is whole.
   *
   * @throws {WireError} `MALFORMED_FRAME`, `FRAME_TOO_LARGE`, `UNSUPPORTED_DATA`: a text begins
   */
  read(): Buffer | undefined {
    while (!this.#hasEnded) {
      if (!this.#hasHeader && !this.#readHeader()) return undefined
      if (this.#isControl()) {
        if (!this.#readControl()) return undefined
      } else {
        const message = this.#readPayload()
        if (message !== undefined) return message
        if (this.#hasHeader) return undefined
      }
    }
    return undefined
  }

  #isControl(): boolean {
    return (this.#header[0]! & firstByte.isControl) !== 0
  }

  #isFinal(): boolean {
    return (this.#header[0]! & firstByte.isFinal) !== 0
  }

  /** Byte by byte, as it may be spread over chunks; what is wrong is found as early as it can be. */
  #readHeader(): boolean {
    const header = this.#header
    for (;;) {
      if (this.#headerCount >= 2 && this.#headerCount === headerBytes(header[1]!)) break
      if (!this.#hasBytes()) return false
      header[this.#headerCount++] = this.#chunk[this.#at++]!
      if (this.#headerCount === 1) this.#checkFirst(header[0]!)
      else if (this.#headerCount === 2) this.#checkSecond(header[1]!)
    }
    const length = readLength(header)
    if (length === undefined) throw malformed('a length that is not as short as can be')
    if (!this.#isControl() && length > this.limit - this.#messageCount) throw this.#tooLarge(length)
    if (this.#isMasked)
      this.#key.set(header.subarray(this.#headerCount - KEY_BYTES, this.#headerCount))
    this.#length = length
    this.#count = 0
    this.#headerCount = 0
    this.#hasHeader = true
    return true
  }

  #checkFirst(first: number): void {
    if ((first & firstByte.reserved) !== 0) throw malformed('reserved bits, and no extension')
    const code = first & firstByte.opcode
    if (!known.has(code)) throw malformed(`the opcode ${code}`)
    if ((first & firstByte.isControl) !== 0) {
      if ((first & firstByte.isFinal) === 0) throw malformed('a control frame in parts')
    } else if ((code === opcode.continuation) !== this.#isFragmented) {
      throw malformed(this.#isFragmented ? 'a message within another' : 'a part of no message')
    }
    if (code === opcode.text) throw new WireError('UNSUPPORTED_DATA', 'WebSocket: a text')
  }

  #checkSecond(second: number): void {
    if (((second & secondByte.isMasked) !== 0) !== this.#isMasked) {
      throw malformed(this.#isMasked ? 'a frame of a client without mask' : 'a mask of a server')
    }
    if (this.#isControl() && (second & secondByte.length) > LONGEST_CONTROL_BYTES) {
      throw malformed('a control frame of more than 125 bytes')
    }
  }

  #tooLarge(length: number): WireError {
    const message = `a message of ${this.#messageCount + length} bytes; the limit is ${this.limit}`
    return new WireError('FRAME_TOO_LARGE', message)
  }

  /** @returns whether the frame is there, and obeyed */
  #readControl(): boolean {
    while (this.#count < this.#length) {
      if (!this.#hasBytes()) return false
      this.#gather(this.#control, 0)
    }
    this.#hasHeader = false
    const payload = this.#control.subarray(0, this.#length)
    const code = this.#header[0]! & firstByte.opcode
    if (code === opcode.ping) this.#ping = Buffer.from(payload)
    else if (code === opcode.close) this.#end(payload)
    // A pong was a sign of life when it arrived.
    return true
  }

  #end(payload: Buffer): void {
    if (!isClosePayload(payload)) throw malformed('a close frame with no right reason')
    this.#hasEnded = true
    this.#chunk = NOTHING
    this.#at = 0
    this.#waiting.length = 0
  }

  /** @returns the message, if this was its last frame and is there */
  #readPayload(): Buffer | undefined {
    const length = this.#length
    const at = this.#at
    if (this.#message === undefined && this.#isFinal() && this.#chunk.length - at >= length) {
      this.#at = at + length
      this.#hasHeader = false
      if (this.#isMasked) applyMask(this.#chunk, at, at + length, this.#key, 0)
      return this.#chunk.subarray(at, at + length)
    }
    this.#message ??= Buffer.allocUnsafe(Math.min(length, FIRST_BYTES))
    while (this.#count < length) {
      if (!this.#hasBytes()) return undefined
      this.#makeRoom()
      this.#gather(this.#message, this.#messageCount)
    }
    this.#messageCount += length
    this.#hasHeader = false
    this.#isFragmented = !this.#isFinal()
    if (this.#isFragmented) return undefined
    const message = this.#message.subarray(0, this.#messageCount)
    this.#message = undefined
    this.#messageCount = 0
    return message
  }

  /** For what the chunk has of the frame. */
  #makeRoom(): void {
    const message = this.#message!
    const filled = this.#messageCount + this.#count
    const count = Math.min(this.#chunk.length - this.#at, this.#length - this.#count)
    if (filled + count <= message.length) return
    const most = this.#messageCount + this.#length
    const larger = Buffer.allocUnsafe(
      Math.min(Math.max(filled + count, 2 * message.length), Math.max(most, FIRST_BYTES)),
    )
    larger.set(message.subarray(0, filled))
    this.#message = larger
  }

  /** Copies what the chunk has of the frame, and takes its mask off. */
  #gather(target: Buffer, start: number): void {
    const count = Math.min(this.#chunk.length - this.#at, this.#length - this.#count)
    const to = start + this.#count
    target.set(this.#chunk.subarray(this.#at, this.#at + count), to)
    if (this.#isMasked) applyMask(target, to, to + count, this.#key, this.#count)
    this.#at += count
    this.#count += count
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
}

function malformed(what: string): WireError {
  return new WireError('MALFORMED_FRAME', `WebSocket: ${what}`)
}
