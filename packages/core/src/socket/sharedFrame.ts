import { SocketError } from '../errors.ts'
import type { Heap } from '../memory/heap.ts'

/** Who may take a frame's block from it: a pipe that sends it. */
export const takeBlock: unique symbol = Symbol('takeBlock')

/**
 * A frame in shared memory that this thread holds: one it has allocated to fill and send, or one
 * it has received and borrowed. Sending it hands the memory on without copying a byte; otherwise
 * `release` gives it back. It is gone after either.
 *
 * Frames of up to 8 KiB that were sent as ordinary values are received as private copies, for
 * which holding and releasing cost nothing.
 */
export class SharedFrame {
  readonly #data: Buffer
  readonly #heap: Heap | undefined
  readonly #owner: number
  #ref: number
  #isHeld = true

  /** @param ref the block; 0 for a private copy */
  constructor(heap: Heap | undefined, ref: number, data: Buffer, owner: number) {
    this.#heap = heap
    this.#ref = ref
    this.#data = data
    this.#owner = owner
  }

  /** @internal Holds a private copy. */
  static readonly of = (frame: Uint8Array | SharedFrame): SharedFrame =>
    frame instanceof SharedFrame ? frame : new SharedFrame(undefined, 0, frame as Buffer, 0)

  /** Bytes of the frame. */
  get length(): number {
    return this.#data.length
  }

  /**
   * The frame's bytes. A view into shared memory: not to be touched after `release` or a send.
   *
   * @throws {SocketError} `EINVAL`: it was released or sent
   */
  get data(): Buffer {
    if (!this.#isHeld) throw notHeld()
    return this.#data
  }

  /** Gives the memory back. May be called twice. */
  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    if (this.#ref !== 0) this.#heap?.free(this.#ref, this.#owner)
    this.#ref = 0
  }

  [Symbol.dispose](): void {
    this.release()
  }

  /** Its block, which the caller owns from now on; 0 for a private copy. */
  [takeBlock](): number {
    if (!this.#isHeld) throw notHeld()
    const ref = this.#ref
    this.#isHeld = false
    this.#ref = 0
    return ref
  }
}

const notHeld = (): SocketError =>
  new SocketError('EINVAL', { message: 'The shared frame was released or sent before' })
