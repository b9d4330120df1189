import { readUint32, writeUint32 } from '../wire/frame.ts'

/**
 * The header of a WebSocket frame. Lengths are big-endian and count the payload alone.
 *
 *      0         1          2                  4
 *      +---------+----------+------------------+-----------------+---------+
 *      | F R R R | M        | length, if 126:  | key, if M:      | payload |
 *      | opcode  | length   | 2 bytes; 127: 8  | 4 bytes         |         |
 *      +---------+----------+------------------+-----------------+---------+
 *
 * | part   | meaning                                                                                |
 * | ------ | -------------------------------------------------------------------------------------- |
 * | F      | the last frame of a message; control frames are always whole                           |
 * | R      | reserved, zero                                                                         |
 * | M      | whether the payload is XORed with the key: what clients send is, what servers send not |
 * | length | 0 to 125, or how it is told: always as short as can be                                 |
 *
 * @see RFC 6455 section 5.2
 */
export const opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const

export const firstByte = { isFinal: 0x80, reserved: 0x70, opcode: 0x0f, isControl: 0x08 } as const
export const secondByte = { isMasked: 0x80, length: 0x7f } as const

/** In the second byte: the length follows in so many bytes. */
const lengthIn = { twoBytes: 126, eightBytes: 127 } as const
const SHORTEST_TWO_BYTES = 126
const SHORTEST_EIGHT_BYTES = 0x1_0000

export const KEY_BYTES = 4
export const LONGEST_HEADER_BYTES = 14
export const LONGEST_CONTROL_BYTES = 125

/** How long a header is, of which the second byte is there. */
export function headerBytes(second: number): number {
  const length = second & secondByte.length
  const extended = length === lengthIn.twoBytes ? 2 : length === lengthIn.eightBytes ? 8 : 0
  return 2 + extended + ((second & secondByte.isMasked) === 0 ? 0 : KEY_BYTES)
}

/**
 * Writes the header of a frame that is not masked; a key comes behind it.
 *
 * @returns where it ends
 */
export function writeHeader(
  target: Uint8Array,
  at: number,
  code: number,
  length: number,
  isMasked: boolean,
): number {
  const mask = isMasked ? secondByte.isMasked : 0
  target[at] = firstByte.isFinal | code
  if (length < SHORTEST_TWO_BYTES) {
    target[at + 1] = mask | length
    return at + 2
  }
  if (length < SHORTEST_EIGHT_BYTES) {
    target[at + 1] = mask | lengthIn.twoBytes
    target[at + 2] = length >>> 8
    target[at + 3] = length
    return at + 4
  }
  target[at + 1] = mask | lengthIn.eightBytes
  writeUint32(target, at + 2, Math.floor(length / 0x1_0000_0000))
  writeUint32(target, at + 6, length)
  return at + 10
}

/**
 * The length in a header, which is whole; above 2^53 it is not exact, and beyond every limit.
 *
 * @returns undefined when it is told in more bytes than it needs, or is negative
 */
export function readLength(header: Uint8Array): number | undefined {
  const length = header[1]! & secondByte.length
  if (length === lengthIn.twoBytes) {
    const two = (header[2]! << 8) | header[3]!
    return two < SHORTEST_TWO_BYTES ? undefined : two
  }
  if (length === lengthIn.eightBytes) {
    const high = readUint32(header, 2)
    const eight = high * 0x1_0000_0000 + readUint32(header, 6)
    return high > 0x7fff_ffff || eight < SHORTEST_EIGHT_BYTES ? undefined : eight
  }
  return length
}
