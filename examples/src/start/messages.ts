/** The endpoints that join the threads. */
export const endpoints = {
  /** Ventilator to workers: the number of a batch, then the path of each of its files. */
  tasks: 'inproc://tasks',
  /** Workers to sink: nothing at all when ready, then one `BatchCount` as JSON for each batch. */
  results: 'inproc://results',
  /** Sink to the main thread: one `Report` as JSON. */
  reports: 'inproc://reports',
} as const

/** What a worker found in one batch of files. */
export interface BatchCount {
  batch: number
  bytes: number
  lines: number
  words: number
  /** SHA-256 of each file that could be read, in order. */
  digests: string[]
  wordCounts: [word: string, count: number][]
  /** One message for each file that could not be read. */
  unreadable: string[]
}

/** What the sink found in all batches together. */
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

/** What the sink tells while it works: ready to start, so many bytes done, the end. */
export type Report = { ready: true } | { bytesDone: number } | { summary: Summary }
