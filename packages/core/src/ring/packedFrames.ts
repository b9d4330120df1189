import { bufferOver } from '../memory/frameBuffer.ts'
import type { FrameMemory } from './frameSpans.ts'

/**
 * A frame among others that are packed one right behind the other, as ZMTP has them on the wire: so a
 * transport hands on many messages with one copy. Bytes, in no alignment; long lengths are big-endian.
 *
 *      0       1        2                    0       1                9
 *      +-------+--------+----------+         +-------+----------------+----------+
 *      | flags | length | body     |         | flags | length         | body     |
 *      +-------+--------+----------+         +-------+----------------+----------+
 *                                                      with `long`
 */
export const packed = { more: 1, long: 2, headerBytes: 2, longHeaderBytes: 9 } as const

/**
 * So much is packed at most: as much as is copied out of a ring in one go. Frames that would get a
 * block of their own are not packed, so that of a long length the last two bytes count.
 */
export const PACK_BYTES = 16_384

/**
 * Adds whole messages to `messages`, as views of the bytes that they are packed in.
 *
 * @param at where they begin
 * @param count so many
 * @returns where they end
 */
export function unpack(bytes: Uint8Array, at: number, count: number, messages: Buffer[][]): number {
  const { buffer, byteOffset } = bytes
  let index = messages.length
  const end = index + count
  let next = at
  let frames: Buffer[] | undefined
  while (index < end) {
    const flags = bytes[next]!
    let length = bytes[next + 1]!
    next += packed.headerBytes
    if ((flags & packed.long) !== 0) {
      length = (bytes[next + 5]! << 8) | bytes[next + 6]!
      next += packed.longHeaderBytes - packed.headerBytes
    }
    const frame = bufferOver(buffer, byteOffset + next, length)
    next += length
    if (frames === undefined) frames = [frame]
    else frames.push(frame)
    if ((flags & packed.more) !== 0) continue
    // Not pushed: whether V8 takes `push` into its callers is a matter of luck.
    messages[index++] = frames
    frames = undefined
  }
  return next
}

const LONGEST_SHORT_BODY = 255

/** Of longer frames one copy more takes longer than to hand them on one by one. */
const LONGEST_PACKED = 2048

/** Private memory in which messages are packed on their way into a ring; one for all, as nobody keeps it. */
const scratch = new Uint8Array(PACK_BYTES)
const memory: FrameMemory = { bytes: scratch, view: new DataView(scratch.buffer) }

/** What `packMany` has packed: so many messages, in the first `length` bytes of its memory. */
export const packing = { memory, length: 0, messages: 0 }

/** Whether it is worth packing. */
const isPackable = (message: unknown): message is Uint8Array =>
  message instanceof Uint8Array && message.length <= LONGEST_PACKED

/** A frame that goes alone. */
export const isLarge = (message: unknown): boolean =>
  message instanceof Uint8Array && message.length > LONGEST_PACKED

/**
 * Packs messages of one frame each into the memory of `packing`, as far as they are packable and there
 * is room. Not where they are to go: to shared memory `TypedArray.set` copies byte by byte what is not
 * aligned alike.
 *
 * @param end index of the message behind the last one
 */
export function packMany(messages: readonly unknown[], begin: number, end: number): void {
  let at = 0
  let index = begin
  for (; index < end; index++) {
    const message = messages[index]
    if (!isPackable(message)) break
    const { length } = message
    if (at + packed.longHeaderBytes + length > PACK_BYTES) break
    at = writeHeader(at, length)
    scratch.set(message, at)
    at += length
  }
  packing.length = at
  packing.messages = index - begin
}

function writeHeader(at: number, length: number): number {
  if (length <= LONGEST_SHORT_BODY) {
    scratch[at] = 0
    scratch[at + 1] = length
    return at + packed.headerBytes
  }
  scratch[at] = packed.long
  // `fill` is a call out of JavaScript, which takes longer than all the rest.
  scratch[at + 1] = 0
  scratch[at + 2] = 0
  scratch[at + 3] = 0
  scratch[at + 4] = 0
  scratch[at + 5] = 0
  scratch[at + 6] = 0
  scratch[at + 7] = length >> 8
  scratch[at + 8] = length
  return at + packed.longHeaderBytes
}
