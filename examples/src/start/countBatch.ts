import { defineTask } from '@ringpost/actors'
import { countFile, type WordCounts } from './countFile.ts'
import type { FoundFile } from './findFiles.ts'

/** What a worker found in one batch of files. */
export interface BatchCount {
  bytes: number
  lines: number
  words: number
  /** SHA-256 of each file that could be read, in order. */
  digests: string[]
  wordCounts: WordCounts
  /** One message for each file that could not be read. */
  unreadable: string[]
}

/** The task: counts the files of a batch, on whatever thread there is room. */
export const countBatch = defineTask(
  import.meta.url,
  'count batch',
  (files: FoundFile[]): BatchCount => {
    const total = { bytes: 0, lines: 0, words: 0 }
    const digests: string[] = []
    const unreadable: string[] = []
    const wordCounts: WordCounts = new Map()

    for (const { path } of files) {
      try {
        const { bytes, lines, words, digest } = countFile(path, wordCounts)
        total.bytes += bytes
        total.lines += lines
        total.words += words
        digests.push(digest)
      } catch (error) {
        unreadable.push((error as Error).message)
      }
    }
    return { ...total, digests, wordCounts, unreadable }
  },
)
