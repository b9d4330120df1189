import { createHash } from 'node:crypto'
import type { BatchCount } from './countBatch.ts'
import type { WordCounts } from './countFile.ts'

/** What was found in all batches together. */
export interface Summary {
  elapsedMs: number
  files: number
  bytes: number
  lines: number
  words: number
  differentWords: number
  topWords: [word: string, count: number][]
  unreadable: string[]
  /** Covers the content of every file and the count of every word, whoever counted them when. */
  checksum: string
}

/** Adds up what the workers found. Batches come in their order. */
export class Tally {
  readonly #total = { bytes: 0, lines: 0, words: 0 }
  readonly #digests: string[] = []
  readonly #unreadable: string[] = []
  readonly #wordCounts: WordCounts = new Map()

  get bytes(): number {
    return this.#total.bytes
  }

  add({ bytes, lines, words, digests, unreadable, wordCounts }: BatchCount): void {
    this.#total.bytes += bytes
    this.#total.lines += lines
    this.#total.words += words
    this.#digests.push(...digests)
    this.#unreadable.push(...unreadable)
    for (const [word, count] of wordCounts)
      this.#wordCounts.set(word, (this.#wordCounts.get(word) ?? 0) + count)
  }

  summarize(elapsedMs: number): Summary {
    const words = [...this.#wordCounts].sort(
      ([word, count], [otherWord, otherCount]) => otherCount - count || (word < otherWord ? -1 : 1),
    )
    const content = JSON.stringify({ digests: this.#digests, words })
    return {
      elapsedMs,
      files: this.#digests.length,
      ...this.#total,
      differentWords: words.length,
      topWords: words.slice(0, 10),
      unreadable: this.#unreadable,
      checksum: createHash('sha256').update(content).digest('hex'),
    }
  }
}
