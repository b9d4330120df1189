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

/** Takes whole messages from where they lie: it copies `count` frames before it returns. */
export interface FrameSink {
  frames(memory: FrameMemory, spans: Int32Array, count: number): void
}

/**
 * Up to this length a loop over words takes less time than `TypedArray.set` does, with the view of a
 * part that it needs.
 */
export const LOOP_BYTES = 256

/** How this machine lays out words, so that they can be copied with a view. */
export const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
