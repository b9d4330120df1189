import { createSystem } from '@ringpost/actors'
import { countBatch } from './countBatch.ts'
import type { FoundFile } from './findFiles.ts'
import { Tally, type Summary } from './tally.ts'

/**
 * Counts the files with so many workers, each in a thread of its own.
 *
 * @param onProgress told the bytes done so far, after each batch
 * @throws {Error} what a worker failed with
 */
export async function runFarm(
  batches: FoundFile[][],
  workers: number,
  onProgress: (bytesDone: number) => void,
): Promise<Summary> {
  await using system = await createSystem({ hosts: workers })
  await using farm = await system.farm()

  const startTime = performance.now()
  const tally = new Tally()
  for await (const batch of farm.map(batches, countBatch)) {
    tally.add(batch)
    onProgress(tally.bytes)
  }
  return tally.summarize(performance.now() - startTime)
}
