import { setImmediate as turn } from 'node:timers/promises'
import { Random } from '../../support/random.ts'
import type { Book } from './book.ts'
import { patterns } from './patterns.ts'
import { Player } from './player.ts'

/** The main thread's part in all patterns. */
export class Home {
  readonly failures: unknown[] = []
  readonly #players: readonly Player[]
  readonly #serving: Promise<void>[]
  /** Names of the patterns that are still being served. */
  readonly #open = new Set<string>()

  constructor(seed: number, book: Book) {
    this.#players = patterns.map(({ name }, pattern) => {
      // Each has numbers of its own, whatever happens in the others.
      const random = new Random(seed ^ (pattern + 1))
      return new Player({ random, book, pattern, patternName: name, isMain: true, isMortal: false })
    })
    this.#serving = patterns.map(async (pattern, i) => {
      const { name } = pattern
      this.#open.add(name)
      try {
        await pattern.serve(this.#players[i]!)
      } catch (error) {
        this.failures.push(new Error(`${name}, the main thread’s part`, { cause: error }))
      }
      this.#open.delete(name)
    })
  }

  /** What is still being served, and has something to receive. */
  told(): string {
    return `served: ${[...this.#open].join()}; to be received: ${this.#readable().join()}`
  }

  /** Receives what those that have ended had sent. */
  async receiveAll(): Promise<void> {
    do await turn()
    while (this.#readable().length > 0)
  }

  /** Names of patterns of which there is something to receive, and somebody who does. */
  #readable(): string[] {
    const names = patterns.map(({ name }) => name)
    return names.filter((name, i) => this.#open.has(name) && this.#players[i]!.isReadable)
  }

  async close(): Promise<void> {
    for (const player of this.#players) await player.close()
    await Promise.all(this.#serving)
  }

  /** Takes what was left at places where nobody has come since. */
  async sweep(): Promise<void> {
    for (const [i, pattern] of patterns.entries()) {
      const player = this.#players[i]!
      await pattern.sweep(player)
      await player.close()
    }
  }
}
