import { KEY_BYTES, LONGEST_HEADER_BYTES, opcode, writeHeader } from './frame.ts'
import { applyMask, randomKey } from './mask.ts'

/** Small frames are gathered in so much memory. */
const STAGE_BYTES = 65_536
/** Payloads of this length and more are chunks of their own. See docs/decisions/0012-wire-codec.md. */
const LARGE_BYTES = 16_384

/** What was gathered in and copied out of, for others. */
const spare: Uint8Array[] = []
const MOST_SPARE = 4

/**
 * Turns binary messages and control frames into chunks of bytes. Each message is one frame.
 *
 * Small payloads are copied, and so are those that are masked; large ones of a server are chunks of their
 * own, whose bytes must not change until they are written.
 *
 * @see RFC 6455 section 5
 */
export class WebSocketEncoder {
  readonly #isMasking: boolean
  readonly #newKey: () => Uint8Array
  #chunks: Uint8Array[] = []
  #chunkBytes = 0
  #stage: Uint8Array | undefined
  /** Bytes on the stage. */
  #staged = 0

  /**
   * @param isServer whether this side is: what clients send is masked
   * @param newKey of four bytes, for each frame of a client
   */
  constructor(isServer: boolean, newKey: () => Uint8Array = randomKey) {
    this.#isMasking = !isServer
    this.#newKey = newKey
  }

  /** How many bytes `take` would give. */
  get pendingBytes(): number {
    return this.#chunkBytes + this.#staged
  }

  /**
   * A message of one byte and what follows it.
   *
   * @param mayKeep whether the bytes do not change until they are written
   */
  addBinary(first: number, rest: Uint8Array, mayKeep = true): void {
    const length = 1 + rest.length
    if (length < LARGE_BYTES) {
      this.#staged = this.#write(this.#room(length), this.#staged, opcode.binary, first, rest)
    } else if (this.#isMasking || !mayKeep) {
      this.#unstage()
      const whole = Buffer.allocUnsafe(LONGEST_HEADER_BYTES + length)
      this.#push(whole.subarray(0, this.#write(whole, 0, opcode.binary, first, rest)))
    } else {
      const stage = this.#room(0)
      const at = writeHeader(stage, this.#staged, opcode.binary, length, false)
      stage[at] = first
      this.#staged = at + 1
      this.#unstage()
      this.#push(rest)
    }
  }

  /** @param payload up to 125 bytes */
  addControl(code: number, payload: Uint8Array): void {
    const stage = this.#room(payload.length)
    this.#staged = this.#write(stage, this.#staged, code, undefined, payload)
  }

  /** All that was added since the last time, in order. */
  take(): Uint8Array[] {
    this.#unstage()
    const chunks = this.#chunks
    this.#chunks = []
    this.#chunkBytes = 0
    return chunks
  }

  /** @returns where the frame ends */
  #write(
    target: Uint8Array,
    at: number,
    code: number,
    first: number | undefined,
    rest: Uint8Array,
  ): number {
    const length = (first === undefined ? 0 : 1) + rest.length
    let start = writeHeader(target, at, code, length, this.#isMasking)
    const key = this.#isMasking ? this.#newKey() : undefined
    if (key !== undefined) {
      target.set(key, start)
      start += KEY_BYTES
    }
    if (first !== undefined) target[start] = first
    const end = start + length
    target.set(rest, end - rest.length)
    if (key !== undefined) applyMask(target, start, end, key, 0)
    return end
  }

  /** The stage, with room for a frame behind what is on it. */
  #room(payloadBytes: number): Uint8Array {
    if (this.#staged + LONGEST_HEADER_BYTES + payloadBytes + 1 > STAGE_BYTES) this.#unstage()
    return (this.#stage ??= spare.pop() ?? new Uint8Array(STAGE_BYTES))
  }

  /** Moves what is on the stage into a chunk: of little a copy, so that who is slow holds no more. */
  #unstage(): void {
    const stage = this.#stage
    if (stage === undefined) return
    const used = stage.subarray(0, this.#staged)
    const isLittle = used.length <= STAGE_BYTES / 4
    if (used.length > 0) this.#push(isLittle ? Buffer.from(used) : used)
    if (isLittle && spare.length < MOST_SPARE) spare.push(stage)
    this.#stage = undefined
    this.#staged = 0
  }

  #push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
  }
}
