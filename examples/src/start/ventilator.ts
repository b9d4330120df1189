import type { Push } from '@ringpost/core'
import type { FoundFile } from './findFiles.ts'

/** Enough work for a message, and small enough to be spread evenly. */
const batchBytes = 1024 * 1024

/** Groups files into batches of about one megabyte. */
export function batchesOf(files: FoundFile[]): FoundFile[][] {
  const batches: FoundFile[][] = []
  let bytes = Infinity
  for (const file of files) {
    if (bytes + file.bytes > batchBytes) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)!.push(file)
    bytes += file.bytes
  }
  return batches
}

/** Sends each batch to a worker that has room for it; waits while none has. */
export async function ventilate(batches: FoundFile[][], tasks: Push): Promise<void> {
  for (const [number, files] of batches.entries()) {
    await tasks.send([String(number), ...files.map((file) => file.path)])
  }
}
