/** Raises a word to at least `value`. */
export function raise(words: Int32Array, at: number, value: number): void {
  let seen = Atomics.load(words, at)
  while (seen < value) {
    const before = Atomics.compareExchange(words, at, seen, value)
    if (before === seen) return
    seen = before
  }
}
