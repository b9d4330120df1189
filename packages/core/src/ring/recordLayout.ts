/**
 * One frame in a segment, native byte order. Payloads are aligned to 8 bytes, and so to most of what
 * is copied to them and from them: `TypedArray.set` copies to and from shared memory by words where
 * both ends are aligned alike, and otherwise byte by byte, which takes five times as long.
 *
 *      0        4                 4 + length
 *      +--------+-----------------+---------+
 *      | header | payload         | padding |
 *      +--------+-----------------+---------+
 *
 * | field   | at | bytes | meaning                                                        |
 * | ------- | -- | ----- | -------------------------------------------------------------- |
 * | header  |  0 |     4 | `length << 3 | flags`, or `hop`: go on in the next segment     |
 * | payload |  4 |     n | the frame; with `block`, its ref and its length; with `pack`,  |
 * |         |    |       | how many messages, and their frames as in `packedFrames.ts`    |
 *
 * A frame is not marked as readable by itself: the writer counts whole messages in the `written`
 * word of its direction, after their last frame.
 */
export const record = {
  headerBytes: 4,
  lengthShift: 3,
  /** More frames of the same message follow. */
  more: 1,
  /** The payload is a block of its own. */
  block: 2,
  /** The payload is whole messages. */
  pack: 4,
  /** What a pack's messages come behind. */
  packHeaderBytes: 8,
  hop: -1,
  /** What a block's record takes. */
  blockBytes: 16,
} as const

/**
 * A segment: a block of the heap that holds records.
 *
 * | field  | at | bytes | meaning                                                           |
 * | ------ | -- | ----- | ----------------------------------------------------------------- |
 * | next   |  0 |     4 | ref of the next segment, valid once a message behind it is public |
 * | length |  4 |     4 | bytes of the segment                                              |
 * | data   | 12 |       | records; a hop, or the end of what was written                    |
 */
export const segment = {
  next: 0,
  length: 4,
  data: 12,
  smallestBytes: 1024,
  largestBytes: 65_536,
} as const

/** Longer frames get a block of their own, which is handed over instead of being copied twice. */
export const INLINE_BYTES = 8192

export const recordBytes = (length: number): number => (length + 11) & ~7
