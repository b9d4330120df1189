/** Watches that pipes take turns. */
export class Turns<P> {
  /** How often one pipe had its turn while another one waited for its own. */
  #overtaken = new Map<P, Map<P, number>>()

  /**
   * It was the turn of one of those that waited for it. Twice at most it goes before another one:
   * once in each round, and once more in the place of a pipe that was parked.
   */
  gave(pipe: P, waiting: readonly P[]): void {
    this.#overtaken.delete(pipe)
    for (const other of waiting) {
      if (other === pipe) continue
      const counts = this.#overtaken.get(other) ?? new Map<P, number>()
      this.#overtaken.set(other, counts)
      const count = (counts.get(pipe) ?? 0) + 1
      if (count > 2) throw new Error('A pipe was overtaken three times')
      counts.set(pipe, count)
    }
  }

  /** A pipe has gone: who takes its place may have its turn later than it would have had. */
  forget(): void {
    this.#overtaken = new Map()
  }
}
