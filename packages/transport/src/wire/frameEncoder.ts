import type { FrameSink } from '@ringpost/core/internal'
import type { FrameCipher } from './frameCipher.ts'
import { frameFlag, LONG_HEADER_BYTES, LONGEST_SHORT_BODY, writeFrameHeader } from './frame.ts'

/** Small frames are gathered here, and leave in chunks of at most this size. */
const STAGE_BYTES = 65_536

/**
 * Bodies of this length and more are not copied. Copying takes less time than giving one more
 * buffer to the stream does, up to here. See docs/decisions/0012-wire-codec.md.
 */
export const LARGE_BYTES = 16_384

/** `TypedArray.set` takes as long as a loop over so many bytes before it has copied the first. */
const LOOP_BYTES = 16
/** So does it with the view of a part of what is copied, which it needs then. */
const LOOP_BYTES_OF_PART = 64

/**
 * One for all encoders of the thread: what is gathered is copied out into a chunk of exactly its
 * size, so that an idle connection holds no memory and a slow one no more than it has to send.
 */
const stage = new Uint8Array(STAGE_BYTES)
const staging: {
  /** Whose frames are on the stage. */
  encoder: FrameEncoder | undefined
} = { encoder: undefined }

/** Memory of large chunks that were written, for others: fresh memory costs more than the copying. */
const MOST_SPARE = 16
const spare: ArrayBuffer[] = []
const lent = new WeakSet<ArrayBufferLike>()

function chunkOf(length: number): Buffer {
  if (length <= STAGE_BYTES / 4) return Buffer.allocUnsafe(length)
  const memory = spare.pop() ?? new ArrayBuffer(STAGE_BYTES)
  lent.add(memory)
  return Buffer.from(memory, 0, length)
}

/** Chunks of an encoder were written, and nobody looks at them any more. */
export function recycle(chunks: readonly Uint8Array[]): void {
  for (const { buffer } of chunks) {
    if (spare.length < MOST_SPARE && lent.delete(buffer)) spare.push(buffer as ArrayBuffer)
  }
}

/**
 * Turns messages and commands into chunks of bytes, to be written in one go with what came before.
 *
 * Small frames are copied, large ones are chunks of their own: their bytes must not change until
 * they are written.
 *
 * @see RFC 37/ZMTP "Framing"
 */
export class FrameEncoder implements FrameSink {
  #chunks: Uint8Array[] = []
  /** Bytes of this encoder on the stage. */
  #staged = 0
  #bytes = 0
  #cipher: FrameCipher | undefined

  /** Encrypts what is added from now on. */
  startTraffic(cipher: FrameCipher | undefined): void {
    this.#cipher = cipher
  }

  /** How many bytes `take` would give. */
  get pendingBytes(): number {
    return this.#bytes + this.#staged
  }

  addMessage(frames: readonly Uint8Array[]): void {
    const last = frames.length - 1
    if (this.#cipher === undefined) {
      for (let i = 0; i < last; i++) this.#add(frames[i]!, frameFlag.more)
      this.#add(frames[last]!, 0)
      return
    }
    for (let i = 0; i < last; i++) this.#seal(frames[i]!, frameFlag.more)
    this.#seal(frames[last]!, 0)
  }

  /** Whether frames are encrypted: then `frame` is not to be used. */
  get isEncrypting(): boolean {
    return this.#cipher !== undefined
  }

  /** Adds a short frame of a message, from `at` on; it is copied. */
  frame(bytes: Uint8Array, at: number, length: number, hasMore: boolean): void {
    if (staging.encoder !== this || this.#staged + LONG_HEADER_BYTES + length > STAGE_BYTES) {
      this.#restage()
    }
    const flags = hasMore ? frameFlag.more : 0
    let to = this.#staged
    if (length <= LONGEST_SHORT_BODY) {
      stage[to] = flags
      stage[to + 1] = length
      to += 2
    } else {
      to = writeFrameHeader(stage, to, flags, length)
    }
    if (length > LOOP_BYTES_OF_PART) stage.set(bytes.subarray(at, at + length), to)
    else for (let i = 0; i < length; i++) stage[to + i] = bytes[at + i]!
    this.#staged = to + length
  }

  /** @param body what `command.ts` or a mechanism made. ZMTP 2.0 has no commands. */
  addCommand(body: Uint8Array): void {
    if (this.#cipher === undefined) this.#add(body, frameFlag.command)
    else this.#seal(body, frameFlag.command)
  }

  /** All that was added since the last time, in order. */
  take(): Uint8Array[] {
    this.#unstage()
    // Or the stage would keep an encoder whose connection is gone.
    if (staging.encoder === this) staging.encoder = undefined
    const chunks = this.#chunks
    this.#chunks = []
    this.#bytes = 0
    return chunks
  }

  /** Encrypted frames carry their flags inside, so that the frame around them has none. */
  #seal(body: Uint8Array, flags: number): void {
    this.#add(this.#cipher!.seal(body, flags), 0)
  }

  #add(body: Uint8Array, flags: number): void {
    const length = body.length
    if (length >= LARGE_BYTES) {
      this.#addLarge(body, flags)
      return
    }
    if (staging.encoder !== this || this.#staged + LONG_HEADER_BYTES + length > STAGE_BYTES)
      this.#restage()
    let at = this.#staged
    if (length <= LONGEST_SHORT_BODY) {
      stage[at] = flags
      stage[at + 1] = length
      at += 2
    } else {
      at = writeFrameHeader(stage, at, flags, length)
    }
    if (length <= LOOP_BYTES) for (let i = 0; i < length; i++) stage[at + i] = body[i]!
    else stage.set(body, at)
    this.#staged = at + length
  }

  #addLarge(body: Uint8Array, flags: number): void {
    if (staging.encoder !== this || this.#staged + LONG_HEADER_BYTES > STAGE_BYTES) this.#restage()
    this.#staged = writeFrameHeader(stage, this.#staged, flags, body.length)
    this.#unstage()
    this.#chunks.push(body)
    this.#bytes += body.length
  }

  /** Empties the stage, whoever filled it, and takes it over. */
  #restage(): void {
    const { encoder } = staging
    if (encoder !== undefined) encoder.#unstage()
    staging.encoder = this
  }

  /** Moves what this encoder has on the stage into a chunk. */
  #unstage(): void {
    const length = this.#staged
    if (length === 0) return
    const chunk = chunkOf(length)
    chunk.set(length === STAGE_BYTES ? stage : stage.subarray(0, length))
    this.#chunks.push(chunk)
    this.#bytes += length
    this.#staged = 0
  }
}
