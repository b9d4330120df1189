// Counts and hashes the text files of a folder on every core, on a farm of actors

import {
  countOf,
  describeRun,
  describeSkipped,
  describeSpeedUp,
  describeSummary,
  megabytes,
  NOTHING_TO_COMPARE,
} from './describe.ts'
import { findFiles, type FoundFile } from './findFiles.ts'
import type { Summary } from './tally.ts'
import { runFarm } from './runFarm.ts'
import { showProgress } from './progress.ts'
import { readOptions, usage, UsageError, type Options } from './readOptions.ts'
import { batchesOf } from './batches.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else await main(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  complain(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}

async function main({ folders, workers, limits }: Options): Promise<void> {
  const { files, bytes, leftOut, refused, ...skipped } = findFiles(folders, limits)
  for (const message of refused) fail(message)
  for (const message of [...skipped.unreadableFolders, ...skipped.unreadable])
    complain(`skipped: ${message}`)
  if (files.length === 0) {
    if (refused.length < folders.length) fail(`no text files in ${folders.join(', ')}`)
    return
  }
  console.log(`${countOf(files.length, 'text file')} in ${folders.join(', ')}, ${megabytes(bytes)}`)
  if (leftOut > 0)
    console.log(`${countOf(leftOut, 'more file')} left out by the limits; see --help`)

  const runs: [workers: number, summary: Summary][] = []
  for (const workerCount of new Set([1, workers])) {
    runs.push([workerCount, await run(files, bytes, workerCount)])
  }
  report(runs, skipped.unreadable.length, skipped.unreadableFolders.length)
}

async function run(files: FoundFile[], bytes: number, workers: number): Promise<Summary> {
  const progress = showProgress(countOf(workers, 'worker'), bytes)
  try {
    return await runFarm(batchesOf(files), workers, (bytesDone) => progress.update(bytesDone))
  } finally {
    progress.end()
  }
}

function report(
  runs: [workers: number, summary: Summary][],
  skippedBefore: number,
  skippedFolders: number,
): void {
  const [[, first], [, last]] = [runs[0]!, runs.at(-1)!]
  for (const message of last.unreadable) complain(`skipped: ${message}`)
  const skipped = skippedBefore + last.unreadable.length

  console.log(`\n${describeSummary(last)}`)
  if (skipped + skippedFolders > 0) console.log(describeSkipped(skipped, skippedFolders))
  console.log()
  for (const [workers, summary] of runs) console.log(describeRun(workers, summary))
  if (runs.length === 1) {
    console.log(NOTHING_TO_COMPARE)
    return
  }

  console.log(describeSpeedUp(first, last))
  if (first.checksum === last.checksum) console.log('Both runs found the same.')
  else fail(`the runs differ: ${first.checksum} and ${last.checksum}`)
}

function fail(message: string): void {
  complain(message)
  process.exitCode = 1
}

function complain(message: string): void {
  console.error(`start: ${message}`)
}
