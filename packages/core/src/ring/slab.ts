import { markAsUntransferable } from 'node:worker_threads'

/** Frames that arrive one by one share private buffers of this size. */
const SLAB_BYTES = 16_384

/** A private buffer that received frames are cut from. */
export interface SlabBuffer {
  readonly buffer: ArrayBuffer
  readonly bytes: Uint8Array
  readonly words: Int32Array
}

function slabBuffer(bytes: number): SlabBuffer {
  // Uninitialised memory: all of it is overwritten before a frame of it is seen.
  const { buffer } = Buffer.allocUnsafeSlow(bytes)
  // Who transfers a frame's buffer would take the frames that others have of it, and those to come.
  markAsUntransferable(buffer)
  return {
    buffer: buffer as ArrayBuffer,
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer as ArrayBuffer),
  }
}

/**
 * Private memory for received frames of one thread: a pool, as Node's own for small buffers, so
 * that a frame costs a view and not an allocation. A frame keeps its buffer alive; large pieces
 * therefore get a buffer of their own.
 */
export class Slab {
  #current = slabBuffer(SLAB_BYTES)
  #used = 0

  /** Byte where the piece given by the last `take` begins. */
  offset = 0

  /** A buffer with room for `bytes` bytes from `offset` on; both are aligned to 8 bytes. */
  take(bytes: number): SlabBuffer {
    const rounded = (bytes + 7) & ~7
    if (rounded > SLAB_BYTES / 4) {
      this.offset = 0
      return slabBuffer(rounded)
    }
    if (this.#used + rounded > SLAB_BYTES) {
      this.#current = slabBuffer(SLAB_BYTES)
      this.#used = 0
    }
    this.offset = this.#used
    this.#used += rounded
    return this.#current
  }
}
