import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'
import type { PoolSubject } from './poolSubject.ts'

const filename = fileURLToPath(new URL('./poolifierWorker.js', import.meta.url))

/** As it is if nothing is said: tasks wait in the threads. */
export const subject: PoolSubject = {
  open(name, threads) {
    const pool = new FixedThreadPool<number, number>(threads, filename)
    return Promise.resolve({
      run: (value) => pool.execute(value, name),
      runAll: (values) => pool.mapExecute(values, name),
    })
  },
}
