import type { InspectOptions } from 'node:util'
import { SocketError } from '../errors.ts'
import { outline, show } from '../inspection.ts'
import { copyInto } from '../memory/copy.ts'
import type { Thread } from '../thread/thread.ts'
import { Uncloneable } from '../thread/uncloneable.ts'

/** Who lends a frame, and takes it back. */
export interface FrameLender {
  /** @param ref what names the frame's memory to the lender */
  giveBack(ref: number): void
}

/** For a pipe that hands a frame on; the keys of methods, so that users see no such names. */
export const blockFor: unique symbol = Symbol('blockFor')
export const letGo: unique symbol = Symbol('letGo')
export const takeBack: unique symbol = Symbol('takeBack')

/** Named as the errors are to call what cannot be cloned. */
const uncloneable = new (class SharedFrame extends Uncloneable {})()

/**
 * A frame in shared memory that this thread holds: one it has allocated to fill and send, or one
 * it has received and borrowed. It is gone after `release`, and after it was sent; then its memory
 * is used again. A frame of more than 8 KiB, or one that was allocated, is handed on by a send
 * without copying a byte.
 */
export class SharedFrame {
  /** @internal */
  readonly uncloneable = uncloneable
  readonly #data: Buffer
  readonly #ref: number
  #lender: FrameLender | undefined

  /** @internal */
  constructor(data: Buffer, ref: number, lender: FrameLender) {
    this.#data = data
    this.#ref = ref
    this.#lender = lender
  }

  /** @internal Holds a private copy, unless it is shared already. */
  static readonly of = (part: Uint8Array | SharedFrame): SharedFrame =>
    part instanceof SharedFrame ? part : new SharedFrame(part as Buffer, 0, nobody)

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
    if (this.#lender === undefined) throw notHeld()
    return this.#data
  }

  /**
   * Copies the bytes of a typed array, or of any other view, into the frame. Does what `data.set` does, which takes up to three times as long to
   * write into shared memory, and ten times where the bytes are not aligned.
   *
   * @param offset byte of the frame to begin at
   * @throws {TypeError} these are no bytes
   * @throws {RangeError} the frame is too short for them
   * @throws {SocketError} `EINVAL`: it was released or sent
   */
  set(source: ArrayBufferView, offset = 0): void {
    const { data } = this
    if (!ArrayBuffer.isView(source))
      throw new TypeError('Bytes must be a typed array or a DataView')
    const bytes =
      source instanceof Uint8Array
        ? source
        : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    const isWithin = Number.isInteger(offset) && offset >= 0
    if (!isWithin || offset + bytes.length > data.length) {
      const range = `${bytes.length} bytes from ${String(offset)} on`
      throw new RangeError(`${range} are not within a frame of ${data.length}`)
    }
    // They may overlap.
    if (bytes.buffer === data.buffer) data.set(bytes, offset)
    else copyInto(data, bytes, offset)
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    return outline(this, #lender in this ? this.#facts : undefined, depth, options)
  }

  get #facts(): object {
    const { length } = this
    return this.#lender === undefined ? { length, isHeld: false } : { length, data: this.#data }
  }

  /** Gives the memory back. May be called twice. */
  release(): void {
    this.#lender?.giveBack(this.#ref)
    this.#lender = undefined
  }

  [Symbol.dispose](): void {
    this.release()
  }

  /**
   * @internal Its block; 0 when it has to be copied. `letGo` follows when there is room for it.
   *
   * @param lender of the thread's blocks: those of another context, and segments, are of no use
   */
  [blockFor](lender: FrameLender): number {
    if (this.#lender === undefined) throw notHeld()
    return this.#lender === lender ? this.#ref : 0
  }

  /** @internal Its memory belongs to somebody else now; returns who had lent it. */
  [letGo](): FrameLender {
    const lender = this.#lender
    if (lender === undefined) throw notHeld()
    this.#lender = undefined
    return lender
  }

  /** @internal After `letGo`: it was not sent after all. */
  [takeBack](lender: FrameLender): void {
    this.#lender = lender
  }
}

/** A frame of this thread's, to be filled; undefined when there is no memory for it. */
export function allocateFrame(thread: Thread, bytes: number): SharedFrame | undefined {
  const { heap, owner, blocks } = thread
  const ref = heap.allocate(Math.max(bytes, 1), owner)
  return ref === 0 ? undefined : new SharedFrame(heap.bytes(ref, bytes), ref, blocks)
}

/** Private copies need not be given back. */
const nobody: FrameLender = { giveBack: () => undefined }

const notHeld = (): SocketError =>
  new SocketError('EINVAL', {
    message: 'The shared frame was released or sent before, or is twice in this message',
  })
