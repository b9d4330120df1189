/** Nothing takes so long, on the busiest machine. */
const LONGEST_SILENCE_MS = 60_000
const LOOK_MS = 1000

/** Sees to it that everything goes on: ends the process when something has hung for a minute. */
export class Vigil implements Disposable {
  readonly #signs = new Map<string, number>()
  readonly #looking = setInterval(() => this.#look(), LOOK_MS)

  /** Whoever this is goes on. */
  sign(who: string): void {
    this.#signs.set(who, performance.now())
  }

  /** Whoever this is has come to its end. */
  over(who: string): void {
    this.#signs.delete(who)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking)
  }

  #look(): void {
    const now = performance.now()
    for (const [who, at] of this.#signs) {
      if (now - at < LONGEST_SILENCE_MS) continue
      console.error(`chaos: ${who} hangs: nothing for ${LONGEST_SILENCE_MS / 1000} s`)
      process.exit(1)
    }
  }
}
