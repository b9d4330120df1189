/**
 * Who wants topics that begin with what. A topic is looked up once for each length that a prefix has:
 * these are few, however many prefixes there are.
 */
export class PrefixTable<T> {
  readonly #byPrefix = new Map<string, Set<T>>()
  /** How many prefixes there are of each length, shortest first. */
  #lengths: { readonly length: number; count: number }[] = []

  get isEmpty(): boolean {
    return this.#byPrefix.size === 0
  }

  prefixes(): Iterable<string> {
    return this.#byPrefix.keys()
  }

  /** @returns whether nobody had wanted this prefix before */
  add(prefix: string, who: T): boolean {
    const there = this.#byPrefix.get(prefix)
    if (there !== undefined) {
      there.add(who)
      return false
    }
    this.#byPrefix.set(prefix, new Set([who]))
    const { length } = prefix
    const known = this.#lengths.find((entry) => entry.length === length)
    if (known !== undefined) known.count++
    else
      this.#lengths = [...this.#lengths, { length, count: 1 }].toSorted(
        (a, b) => a.length - b.length,
      )
    return true
  }

  /** @returns whether nobody wants this prefix any more */
  remove(prefix: string, who: T): boolean {
    const there = this.#byPrefix.get(prefix)
    if (there === undefined || !there.delete(who) || there.size > 0) return false
    this.#byPrefix.delete(prefix)
    const known = this.#lengths.find((entry) => entry.length === prefix.length)!
    if (--known.count === 0) this.#lengths = this.#lengths.filter((entry) => entry !== known)
    return true
  }

  /** From all prefixes. */
  removeAll(who: T): void {
    for (const prefix of this.#byPrefix.keys()) this.remove(prefix, who)
  }

  /** Everybody who wants the topic, once. */
  match(topic: string): Iterable<T> {
    let first: Set<T> | undefined
    let all: Set<T> | undefined
    for (const { length } of this.#lengths) {
      if (length > topic.length) break
      const found = this.#byPrefix.get(topic.slice(0, length))
      if (found === undefined) continue
      if (first === undefined) first = found
      else all = new Set([...(all ?? first), ...found])
    }
    return all ?? first ?? []
  }
}
