import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'
import type { PoolSubject } from './poolSubject.ts'

const filename = fileURLToPath(new URL('./plainWorker.js', import.meta.url))

export const subject: PoolSubject = {
  open(name, threads) {
    const pool = new Tinypool({ filename, name, minThreads: threads, maxThreads: threads })
    return Promise.resolve({ run: (value) => pool.run(value) as Promise<number> })
  },
}
