/** What values are written, read and copied with, beyond themselves. */
export interface ValueContext {
  /**
   * The bytes of a ref, or undefined where the object is none. Asked of objects only that are neither
   * plain objects nor arrays nor bytes. They need to stay what they are until the next call only.
   */
  toRef?(value: object): Uint8Array | undefined
  /** The ref that the bytes name: a view of what was received, valid during the call. */
  fromRef?(bytes: Buffer): unknown
  /** The most bytes that a value may take; 1 GiB by default. */
  readonly maxBytes?: number
  /** How many arrays, objects and the like may lie in one another; 500 by default. */
  readonly maxDepth?: number
  /** What the whole value is called in the message of an error; `value` by default. */
  readonly name?: string
  /**
   * Whether an object that occurs twice is to arrive as one object, and cycles at all; by default yes.
   * A program in another language reads plain msgpack only where this is false, or nothing occurs twice.
   */
  readonly references?: boolean
}

export const defaultMaxBytes = 2 ** 30
export const defaultMaxDepth = 500
