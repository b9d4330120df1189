import type { Heap } from '../memory/heap.ts'

/** Lends the blocks of one thread: to frames that it has allocated, or received as blocks. */
export class BlockLender {
  readonly #heap: Heap
  readonly #owner: number

  constructor(heap: Heap, owner: number) {
    this.#heap = heap
    this.#owner = owner
  }

  giveBack(ref: number): void {
    this.#heap.free(ref, this.#owner)
  }
}
