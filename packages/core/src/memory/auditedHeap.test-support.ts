import { Heap } from './heap.ts'
import { NO_OWNER } from './layout.ts'

/**
 * A heap that refuses what would go unnoticed: to give back or hand on a block that is nobody's, and
 * to show more bytes than were asked for. It keeps a record of all that was allocated.
 */
export class AuditedHeap extends Heap {
  /** The sizes of all blocks that were allocated, in bytes. */
  readonly allocated: number[] = []
  /** How long the blocks are that this heap has allocated last in their places. */
  readonly #lengths = new Map<number, number>()

  override allocate(bytes: number, owner: number): number {
    const ref = super.allocate(bytes, owner)
    this.allocated.push(bytes)
    this.#lengths.set(ref, bytes)
    return ref
  }

  override free(ref: number, owner: number): boolean {
    this.#checkIsOwned(ref)
    if (!super.free(ref, owner)) return false
    this.#lengths.delete(ref)
    return true
  }

  override transfer(ref: number, from: number, to: number): boolean {
    this.#checkIsOwned(ref)
    return super.transfer(ref, from, to)
  }

  override bytes(ref: number, length: number): Buffer {
    const allocated = this.#lengths.get(ref) ?? length
    if (length > allocated) throw new Error(`Block ${ref} has ${allocated} bytes, not ${length}`)
    return super.bytes(ref, length)
  }

  #checkIsOwned(ref: number): void {
    if (this.ownerOf(ref) === NO_OWNER) throw new Error(`Block ${ref} is nobody's`)
  }
}
