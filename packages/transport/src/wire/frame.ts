/**
 * A frame of ZMTP 2.0 and 3.x. Sizes are big-endian and count the body alone.
 *
 *      0       1      2                     0       1                9
 *      +-------+------+------------+        +-------+----------------+------------+
 *      | flags | size | body       |        | flags | size           | body       |
 *      +-------+------+------------+        +-------+----------------+------------+
 *            up to 255 bytes                               long
 *
 * | flag    | bit | meaning                                                           |
 * | ------- | --- | ----------------------------------------------------------------- |
 * | more    |   0 | another frame of the same message follows; never on a command     |
 * | long    |   1 | the size takes eight bytes                                        |
 * | command |   2 | a command of the protocol, not part of a message; not in ZMTP 2.0 |
 *
 * The other bits are zero.
 *
 * @see RFC 37/ZMTP "Framing", RFC 15/ZMTP "Framing"
 */
export const frameFlag = { more: 1, long: 2, command: 4 } as const

export const SHORT_HEADER_BYTES = 2
export const LONG_HEADER_BYTES = 9
export const LONGEST_SHORT_BODY = 255

/**
 * Writes the header of a frame.
 *
 * @param flags `more` or `command`, or none; `long` follows from the length
 * @returns where the body begins
 */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  flags: number,
  length: number,
): number {
  if (length <= LONGEST_SHORT_BODY) {
    target[at] = flags
    target[at + 1] = length
    return at + SHORT_HEADER_BYTES
  }
  target[at] = flags | frameFlag.long
  writeUint32(target, at + 1, Math.floor(length / 0x1_0000_0000))
  writeUint32(target, at + 5, length)
  return at + LONG_HEADER_BYTES
}

/** The size in a long header; above 2^53 it is not exact, and beyond every limit. */
export function readLongSize(header: Uint8Array, at: number): number {
  return readUint32(header, at + 1) * 0x1_0000_0000 + readUint32(header, at + 5)
}

export function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

export function readUint32(source: Uint8Array, at: number): number {
  return (
    ((source[at]! << 24) | (source[at + 1]! << 16) | (source[at + 2]! << 8) | source[at + 3]!) >>> 0
  )
}
