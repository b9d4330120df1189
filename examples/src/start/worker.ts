// Worker: counts the files of one batch after the other

import { Pull, Push } from '@ringpost/core'
import { countFile, type WordCounts } from './countFile.ts'
import { endpoints, type BatchCount } from './messages.ts'

const tasks = new Pull({ receiveHighWaterMark: 1 })
tasks.connect(endpoints.tasks)

const results = new Push()
results.connect(endpoints.results)
results.sendSync('')

while (true) {
  const [number, ...paths] = tasks.receiveSync().map(String)
  results.sendSync(JSON.stringify(countBatch(Number(number), paths)))
}

function countBatch(batch: number, paths: string[]): BatchCount {
  const total = { batch, bytes: 0, lines: 0, words: 0 }
  const digests: string[] = []
  const unreadable: string[] = []
  const wordCounts: WordCounts = new Map()

  for (const path of paths) {
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
  return { ...total, digests, wordCounts: [...wordCounts], unreadable }
}
