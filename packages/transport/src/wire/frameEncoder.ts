import {
  copyInto,
  copyToBytes,
  LOOP_BYTES,
  span,
  WORD_REST,
  type FrameMemory,
} from '@ringpost/core/internal'
import type { MessageEncoder } from './codec.ts'
import { encodePing, encodePong } from './command.ts'
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
const SHORT_BYTES = 16

/** So many frames at least, of so many bytes on average, are copied all at once. */
const FEWEST_AT_ONCE = 4
const SHORTEST_AT_ONCE = 64

/** Memory that frames are gathered in, and that leaves as a chunk when there is much in it. */
interface Stage extends FrameMemory {
  readonly buffer: ArrayBuffer
}

function newStage(): Stage {
  const buffer = new ArrayBuffer(STAGE_BYTES)
  return { buffer, bytes: new Uint8Array(buffer), view: new DataView(buffer) }
}

/**
 * One for all encoders of the thread. Of little the chunk is a copy of exactly its size, so that an
 * idle connection holds no memory and a slow one not much more than it has to send.
 */
let stage = newStage()
const staging: {
  /** Whose frames are on the stage. */
  encoder: FrameEncoder | undefined
} = { encoder: undefined }

/** Stages that left and were written, for others: fresh memory costs more than the copying. */
const MOST_SPARE = 16
const spare: Stage[] = []
const lent = new WeakMap<ArrayBufferLike, Stage>()

/** Chunks that have fewer bytes together are to be forgotten, and not to be given to `recycle`. */
export const LEAST_RETURNED_BYTES = STAGE_BYTES / 4

/** What is on the stage, as a chunk; the stage is free then. */
function takeStage(length: number): Buffer {
  if (length < LEAST_RETURNED_BYTES) {
    const copy = Buffer.allocUnsafe(length)
    copy.set(stage.bytes.subarray(0, length))
    return copy
  }
  const { buffer } = stage
  lent.set(buffer, stage)
  stage = spare.pop() ?? newStage()
  return Buffer.from(buffer, 0, length)
}

/** Chunks of an encoder were written, and nobody looks at them any more. */
export function recycle(chunks: readonly Uint8Array[]): void {
  for (const { buffer } of chunks) {
    const written = lent.get(buffer)
    if (written === undefined) continue
    lent.delete(buffer)
    if (spare.length < MOST_SPARE) spare.push(written)
  }
}

function writeHeader(target: Uint8Array, at: number, flags: number, length: number): number {
  if (length > LONGEST_SHORT_BODY) return writeFrameHeader(target, at, flags, length)
  target[at] = flags
  target[at + 1] = length
  return at + 2
}

/**
 * Turns messages and commands into chunks of bytes, to be written in one go with what came before.
 *
 * Small frames are copied, large ones are chunks of their own: their bytes must not change until
 * they are written.
 *
 * @see RFC 37/ZMTP "Framing"
 */
export class FrameEncoder implements MessageEncoder {
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

  /** Whether frames are encrypted: then `frames` is not to be used. */
  get isEncrypting(): boolean {
    return this.#cipher !== undefined
  }

  /** Adds short frames from where they lie, mostly one right behind the other; they are copied. */
  frames(memory: FrameMemory, spans: Int32Array, count: number): void {
    if (staging.encoder !== this) this.#restage()
    const end = count * span.size
    const last = end - span.size
    const bytes = spans[last + span.begin]! + spans[last + span.length]! - spans[span.begin]!
    if (count < FEWEST_AT_ONCE || bytes < count * SHORTEST_AT_ONCE) {
      this.#addEach(memory, spans, end)
      return
    }
    for (let i = 0; i < end;) i = this.#addAtOnce(memory, spans, i, end)
  }

  /** Copies frame by frame. */
  #addEach({ bytes, view }: FrameMemory, spans: Int32Array, end: number): void {
    const safeEnd = view.byteLength - WORD_REST
    // In locals, where the compiler keeps them in registers: the loop that throughput hangs on.
    let target = stage
    let staged = this.#staged
    for (let i = 0; i < end; i += span.size) {
      const at = spans[i]!
      const length = spans[i + span.length]!
      if (staged + LONG_HEADER_BYTES + length + WORD_REST > STAGE_BYTES) {
        this.#staged = staged
        this.#restage()
        target = stage
        staged = 0
      }
      staged = writeHeader(target.bytes, staged, spans[i + span.hasMore]!, length)
      if (length > LOOP_BYTES || at + length > safeEnd) {
        copyInto(target.bytes, bytes.subarray(at, at + length), staged)
      } else {
        // The last word may reach into what comes next, which is written after it.
        copyToBytes(view, at, target.view, staged, length)
      }
      staged += length
    }
    this.#staged = staged
  }

  /**
   * Copies frames that lie one behind the other, and what is between them, in one go to a little behind
   * their places, and moves each to its place from there, which takes no view of it.
   *
   * @returns index in `spans` of what comes next
   */
  #addAtOnce({ bytes }: FrameMemory, spans: Int32Array, first: number, end: number): number {
    const begin = spans[first]!
    let behind = begin + spans[first + span.length]!
    if (this.#staged + LONG_HEADER_BYTES + behind - begin > STAGE_BYTES) this.#restage()
    // As far behind as their headers take at most, so that none is moved onto one that is not moved yet.
    let at = this.#staged + LONG_HEADER_BYTES
    let stop = first + span.size
    for (; stop < end; stop += span.size) {
      const next = spans[stop]! + spans[stop + span.length]!
      if (spans[stop]! < behind || at + LONG_HEADER_BYTES + next - begin > STAGE_BYTES) break
      at += LONG_HEADER_BYTES
      behind = next
    }
    const target = stage.bytes
    copyInto(target, bytes.subarray(begin, behind), at)
    let staged = this.#staged
    for (let i = first; i < stop; i += span.size) {
      const from = at + spans[i]! - begin
      const length = spans[i + span.length]!
      staged = writeHeader(target, staged, spans[i + span.hasMore]!, length)
      target.copyWithin(staged, from, from + length)
      staged += length
    }
    this.#staged = staged
    return stop
  }

  /** Adds frames that are packed as they are on the wire; they are copied. */
  pack({ bytes, view }: FrameMemory, begin: number, length: number): void {
    if (staging.encoder !== this || this.#staged + length + WORD_REST > STAGE_BYTES) this.#restage()
    const { bytes: target, view: targetView } = stage
    if (length <= LOOP_BYTES && begin + length + WORD_REST <= view.byteLength) {
      copyToBytes(view, begin, targetView, this.#staged, length)
    } else {
      copyInto(target, bytes.subarray(begin, begin + length), this.#staged)
    }
    this.#staged += length
  }

  /** @param body what `command.ts` or a mechanism made. ZMTP 2.0 has no commands. */
  addCommand(body: Uint8Array): void {
    if (this.#cipher === undefined) this.#add(body, frameFlag.command)
    else this.#seal(body, frameFlag.command)
  }

  addPing(timeToLiveMs: number): void {
    this.addCommand(encodePing(timeToLiveMs))
  }

  addPong(ping: Uint8Array): void {
    this.addCommand(encodePong(ping))
  }

  /** ZMTP has none. */
  farewell(): undefined {
    return undefined
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
    const at = writeHeader(stage.bytes, this.#staged, flags, length)
    const { bytes } = stage
    if (length <= SHORT_BYTES) for (let i = 0; i < length; i++) bytes[at + i] = body[i]!
    else copyInto(bytes, body, at)
    this.#staged = at + length
  }

  #addLarge(body: Uint8Array, flags: number): void {
    if (staging.encoder !== this || this.#staged + LONG_HEADER_BYTES > STAGE_BYTES) this.#restage()
    this.#staged = writeHeader(stage.bytes, this.#staged, flags, body.length)
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
    this.#chunks.push(takeStage(length))
    this.#bytes += length
    this.#staged = 0
  }
}
