import type { FoundFile } from './findFiles.ts'

/** Enough work for a task, and small enough to be spread evenly. */
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
