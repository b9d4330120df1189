/** Memory that frames lie in: as bytes, and as words that may begin at any of them. */
export interface FrameMemory {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/**
 * Frames where they lie, three numbers each:
 *
 * | field   | at | meaning                                             |
 * | ------- | -- | --------------------------------------------------- |
 * | begin   |  0 | its first byte in the memory                        |
 * | length  |  1 | in bytes                                            |
 * | hasMore |  2 | 1 if another frame of the message follows, 0 if not |
 */
export const span = { begin: 0, length: 1, hasMore: 2, size: 3 } as const

/** Takes whole messages from where they lie, packed: it copies them before it returns. */
export interface PackSink {
  /** @param messages so many are in the `length` bytes from `begin` on, as `packedFrames.ts` says */
  pack(memory: FrameMemory, begin: number, length: number, messages: number): void
}

/** Takes whole messages from where they lie: it copies `count` frames before it returns. */
export interface FrameSink extends PackSink {
  frames(memory: FrameMemory, spans: Int32Array, count: number): void
}

/** So much beyond the end of what is copied its last word may lie. */
export const WORD_REST = 3

/** Up to here the loops below take less time than a view of the part and `copyInto`. */
export const LOOP_BYTES = 384

/** How this machine lays out words, so that a view reads them as an array does. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * Copies bytes that begin anywhere to where words do, the last word whole.
 *
 * `TypedArray.set` copies to and from shared memory byte by byte unless both ends are aligned alike,
 * and needs a view of the part besides; four words at once take half the time, and less of short frames.
 */
export function copyToWords(
  from: DataView,
  begin: number,
  to: Int32Array,
  word: number,
  length: number,
): void {
  const end = begin + length
  let at = begin
  let index = word
  for (; at + 12 < end; at += 16, index += 4) {
    to[index] = from.getInt32(at, isLittleEndian)
    to[index + 1] = from.getInt32(at + 4, isLittleEndian)
    to[index + 2] = from.getInt32(at + 8, isLittleEndian)
    to[index + 3] = from.getInt32(at + 12, isLittleEndian)
  }
  for (; at < end; at += 4, index++) to[index] = from.getInt32(at, isLittleEndian)
}

/** As `copyToWords`, to anywhere. */
export function copyToBytes(
  from: DataView,
  begin: number,
  to: DataView,
  target: number,
  length: number,
): void {
  const end = begin + length
  let at = begin
  let put = target
  for (; at + 12 < end; at += 16, put += 16) {
    to.setInt32(put, from.getInt32(at, true), true)
    to.setInt32(put + 4, from.getInt32(at + 4, true), true)
    to.setInt32(put + 8, from.getInt32(at + 8, true), true)
    to.setInt32(put + 12, from.getInt32(at + 12, true), true)
  }
  for (; at < end; at += 4, put += 4) to.setInt32(put, from.getInt32(at, true), true)
}
