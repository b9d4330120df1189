import { Buffer } from 'node:buffer'
/** Bytes of one piece of memory: some hundred small messages. */
const CHUNK_BYTES = 32_768
/** With fewer bytes left, what comes next begins in fresh memory: most messages fit. */
const LEAST_REST_BYTES = 1_024

/**
 * Bytes that grow: headers and values are written one after the other, then taken as one Buffer.
 *
 * `bytes` and `view` are replaced when they are too small, yet positions stay what they are. What was taken is never
 * written to again; small Buffers share one piece of memory.
 */
export class ByteWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  /** The same bytes, for numbers of several: the methods of Buffer take ten times as long. */
  view = viewOf(this.bytes)
  /** The position in `bytes` of the next byte. */
  length = 0
  /** Where that which is taken next begins. */
  #begin = 0
  /** What `written` gave last, and what that is a part of. */
  #written = nothing
  #writtenOf = nothing

  /** How many bytes were written since the last `take`. */
  get size(): number {
    return this.length - this.#begin
  }

  /**
   * What was written since the last `take`, where it lies: good until more is written. Frames of one size in turn
   * are one view, which takes longer to make than a short frame to write.
   */
  written(): Buffer {
    if (this.#written.length !== this.size || this.#writtenOf !== this.bytes) {
      this.#written = this.bytes.subarray(this.#begin, this.length)
      this.#writtenOf = this.bytes
    }
    return this.#written
  }

  /** Makes room for so many bytes from `length` on; `bytes` may be another Buffer afterwards. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(count)
  }

  u8(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  u16(value: number): void {
    this.reserve(2)
    this.view.setUint16(this.length, value)
    this.length += 2
  }

  /** Big-endian, as all of msgpack and ZMTP. */
  u32(value: number): void {
    this.reserve(4)
    this.view.setUint32(this.length, value)
    this.length += 4
  }

  f64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.length, value)
    this.length += 8
  }

  append(bytes: Uint8Array): void {
    const count = bytes.length
    this.reserve(count)
    const at = this.length
    if (count <= COPY_BY_LOOP_BYTES) {
      const target = this.bytes
      for (let n = 0; n < count; n++) target[at + n] = bytes[n]!
    } else {
      this.bytes.set(bytes, at)
    }
    this.length = at + count
  }

  /** Writes at a position that was reserved before, such as a length that is known in the end. */
  setU32(value: number, at: number): void {
    this.view.setUint32(at, value)
  }

  /** Forgets what was written from this position on, which is a `length` of before. */
  truncate(length: number): void {
    this.length = length
  }

  /** What was written since the last `take`; the writer begins anew. */
  take(): Buffer {
    const taken = this.bytes.subarray(this.#begin, this.length)
    if (this.bytes.length - this.length < LEAST_REST_BYTES || this.bytes.length > CHUNK_BYTES) {
      this.#replace(Buffer.allocUnsafeSlow(CHUNK_BYTES))
      this.length = 0
    }
    this.#begin = this.length
    this.#written = this.#writtenOf = nothing
    return taken
  }

  /** Positions must stay, so the new memory has what was taken before it unused. */
  #grow(count: number): void {
    const needed = this.length + count
    const bytes = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, needed + (needed >>> 1)))
    this.bytes.copy(bytes, this.#begin, this.#begin, this.length)
    this.#replace(bytes)
  }

  #replace(bytes: Buffer): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }
}

/** `TypedArray.set` takes some 20 ns before the first byte, a loop more than 1 ns for each. */
const COPY_BY_LOOP_BYTES = 16

const nothing: Buffer = Buffer.alloc(0)

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView =>
  new DataView(buffer, byteOffset, length)
