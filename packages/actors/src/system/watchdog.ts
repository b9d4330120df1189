/** A thread counts as stuck after so many looks without progress. */
const LOOKS = 4

/**
 * Notices threads that make no progress. It counts its own looks, not the time that has passed, so
 * that a process which was suspended does not take its threads for stuck when it goes on.
 */
export class Watchdog<T> {
  readonly #seen = new Map<T, { progress: number; looks: number }>()

  /** How often to look, so that no progress for so long is noticed. Threads show theirs as often. */
  static periodMs(stuckMs: number): number {
    return Math.max(1, Math.ceil(stuckMs / LOOKS))
  }

  /** @returns those that are stuck */
  look(threads: Iterable<readonly [thread: T, progress: number]>): T[] {
    const stuck: T[] = []
    const present = new Set<T>()
    for (const [thread, progress] of threads) {
      present.add(thread)
      const seen = this.#seen.get(thread)
      if (seen?.progress !== progress) this.#seen.set(thread, { progress, looks: 0 })
      else if (++seen.looks === LOOKS) stuck.push(thread)
    }
    for (const thread of this.#seen.keys()) if (!present.has(thread)) this.#seen.delete(thread)
    return stuck
  }
}
