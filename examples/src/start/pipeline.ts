import { Worker } from 'node:worker_threads'
import { Pull, Push } from '@ringpost/core'
import type { FoundFile } from './findFiles.ts'
import { endpoints, type Report, type Summary } from './messages.ts'
import { ventilate } from './ventilator.ts'

/**
 * Counts the files with so many workers, each in a thread of its own, and a sink in another.
 *
 * @param onProgress told the bytes done so far, after each batch
 * @throws {Error} what a thread failed with
 */
export async function runPipeline(
  batches: FoundFile[][],
  workerCount: number,
  onProgress: (bytesDone: number) => void,
): Promise<Summary> {
  // A worker holds the batch it counts and two more (its limit and this one); all others wait
  // here, so that memory is bounded and a slow worker gets fewer.
  const tasks = new Push({ sendHighWaterMark: 1 })
  await tasks.bind(endpoints.tasks)
  const reports = new Pull()
  await reports.bind(endpoints.reports)

  const sink = start('sink', workerCount, batches.length)
  const workers = Array.from({ length: workerCount }, () => start('worker'))
  const threads = [sink, ...workers]
  const failure = new Promise<never>((_, reject) => {
    for (const thread of threads) thread.once('error', reject)
  })

  const run = async (): Promise<Summary> => {
    await reports.receive() // The sink is ready: all workers are connected.
    const [summary] = await Promise.all([follow(reports, onProgress), ventilate(batches, tasks)])
    return summary
  }

  try {
    return await Promise.race([run(), failure])
  } finally {
    tasks.close()
    reports.close()
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

/** Starts a role in a thread of its own. */
function start(role: string, ...roleArguments: number[]): Worker {
  return new Worker(new URL(`./${role}.js`, import.meta.url), { argv: roleArguments })
}

/** Passes progress on until the sink has finished. */
async function follow(reports: Pull, onProgress: (bytesDone: number) => void): Promise<Summary> {
  for (;;) {
    const [content] = await reports.receive()
    const report = JSON.parse(String(content)) as Report
    if ('summary' in report) return report.summary
    if ('bytesDone' in report) onProgress(report.bytesDone)
  }
}
