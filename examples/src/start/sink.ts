// Sink: merges what the workers found and measures how long it took
// Arguments: the number of workers, the number of batches

import { createHash } from 'node:crypto'
import { Pull, Push } from '@ringpost/core'
import { endpoints, type BatchCount, type Report, type Summary } from './messages.ts'

const [workerCount, batchCount] = process.argv.slice(2).map(Number) as [number, number]

const results = new Pull()
results.bindSync(endpoints.results)
const reports = new Push()
reports.connect(endpoints.reports)

for (let worker = 0; worker < workerCount; worker++) results.receiveSync()
const startTime = performance.now()
report({ ready: true })

const batches: BatchCount[] = []
const wordCounts = new Map<string, number>()
let bytesDone = 0
while (batches.length < batchCount) {
  const [result] = results.receiveSync()
  const batch = JSON.parse(String(result)) as BatchCount
  for (const [word, count] of batch.wordCounts) {
    wordCounts.set(word, (wordCounts.get(word) ?? 0) + count)
  }
  batches.push({ ...batch, wordCounts: [] })
  bytesDone += batch.bytes
  report({ bytesDone })
}
const elapsedMs = performance.now() - startTime
report({ summary: summarize() })

results.close()
reports.close()

function report(content: Report): void {
  reports.sendSync(JSON.stringify(content))
}

function summarize(): Summary {
  // Results come in any order; what is made of them must not depend on it.
  batches.sort((one, other) => one.batch - other.batch)
  const words = [...wordCounts].sort(
    ([word, count], [otherWord, otherCount]) => otherCount - count || (word < otherWord ? -1 : 1),
  )
  const digests = batches.flatMap((batch) => batch.digests)
  const sum = (field: 'bytes' | 'lines' | 'words'): number =>
    batches.reduce((total, batch) => total + batch[field], 0)

  return {
    elapsedMs,
    files: digests.length,
    bytes: sum('bytes'),
    lines: sum('lines'),
    words: sum('words'),
    differentWords: words.length,
    topWords: words.slice(0, 10),
    unreadable: batches.flatMap((batch) => batch.unreadable),
    checksum: createHash('sha256').update(JSON.stringify({ digests, words })).digest('hex'),
  }
}
