/**
 * Segments of one direction that are lent to the application and must not be reused yet.
 *
 * Nearly always that is one, the segment being read, so it has fields of its own.
 */
export class SegmentPins {
  #ref = 0
  #count = 0
  /** Earlier segments that are still lent; all of them have been drained. */
  #others: Map<number, number> | undefined

  get size(): number {
    return (this.#count > 0 ? 1 : 0) + (this.#others?.size ?? 0)
  }

  /** The segment being read is lent once more. */
  pin(ref: number): void {
    if (ref !== this.#ref) {
      this.#ref = ref
      this.#count = 0
    }
    this.#count++
  }

  /** The reader has left a segment. False when it is not lent and may be reused. */
  drain(ref: number): boolean {
    if (this.#count === 0) return false
    this.#others ??= new Map()
    this.#others.set(ref, this.#count)
    this.#ref = 0
    this.#count = 0
    return true
  }

  /** The segments that the reader has left and that are lent still: they are lent no more. */
  takeDrained(): number[] {
    const refs = [...(this.#others?.keys() ?? [])]
    this.#others = undefined
    return refs
  }

  /** A segment is given back once. True when it was drained and may be reused now. */
  unpin(ref: number): boolean {
    if (ref === this.#ref) {
      this.#count--
      return false
    }
    const left = (this.#others?.get(ref) ?? 0) - 1
    if (left > 0) {
      this.#others!.set(ref, left)
      return false
    }
    return this.#others?.delete(ref) ?? false
  }
}
