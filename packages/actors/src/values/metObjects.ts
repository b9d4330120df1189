/** So many objects are compared one by one, which costs next to nothing; more go into a set. */
const FEW = 16

/** The objects of one value that were met so far. */
export class MetObjects {
  readonly #few: (object | undefined)[] = Array.from({ length: FEW }, () => undefined)
  #count = 0
  #many: Set<object> | undefined

  /** Whether the object was met before; from now on it was. */
  meets(object: object): boolean {
    if (this.#many !== undefined) {
      const { size } = this.#many
      return this.#many.add(object).size === size
    }
    const few = this.#few
    const count = this.#count
    for (let n = 0; n < count; n++) if (few[n] === object) return true
    if (count < FEW) {
      few[count] = object
      this.#count = count + 1
    } else {
      this.#many = new Set(few as object[]).add(object)
    }
    return false
  }

  /** Keeps nothing alive. */
  clear(): void {
    for (let n = 0; n < this.#count; n++) this.#few[n] = undefined
    this.#count = 0
    this.#many = undefined
  }
}
