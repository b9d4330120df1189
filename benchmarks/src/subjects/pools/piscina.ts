import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { PoolSubject } from './poolSubject.ts'

const filename = fileURLToPath(new URL('./plainWorker.js', import.meta.url))

/** As it is if nothing is said: one task at a time for each thread. */
export const subject: PoolSubject = {
  open(name, threads) {
    const pool = new Piscina({ filename, name, minThreads: threads, maxThreads: threads })
    return Promise.resolve({ run: (value) => pool.run(value) as Promise<number> })
  },
}
