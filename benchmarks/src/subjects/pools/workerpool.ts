import { fileURLToPath } from 'node:url'
import { pool as openPool } from 'workerpool'
import type { PoolSubject } from './poolSubject.ts'

const filename = fileURLToPath(new URL('./workerpoolWorker.js', import.meta.url))

export const subject: PoolSubject = {
  open(name, threads) {
    const pool = openPool(filename, {
      workerType: 'thread',
      minWorkers: threads,
      maxWorkers: threads,
    })
    return Promise.resolve({
      run: async (value) => (await pool.exec(name, [value])) as number,
    })
  },
}
