import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { PoolSubject } from './poolSubject.ts'

const filename = fileURLToPath(new URL('./plainWorker.js', import.meta.url))

/** With the options that make it fastest for empty tasks: many of them wait in each thread. */
export const subject: PoolSubject = {
  open(name, threads) {
    const pool = new Piscina({
      filename,
      name,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 64,
      atomics: 'disabled',
    })
    return Promise.resolve({ run: (value) => pool.run(value) as Promise<number> })
  },
}
