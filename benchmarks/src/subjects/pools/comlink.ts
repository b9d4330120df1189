import { Worker } from 'node:worker_threads'
import { wrap } from 'comlink'
import { nodeEndpoint } from './comlinkEndpoint.ts'
import type { PoolSubject } from './poolSubject.ts'
import type { tasks } from './tasks.ts'

/** No pool: as many threads, which take turns. */
export const subject: PoolSubject = {
  open(name, threads) {
    const remotes = Array.from({ length: threads }, () =>
      wrap<typeof tasks>(nodeEndpoint(new Worker(new URL('./comlinkWorker.js', import.meta.url)))),
    )
    let turn = 0
    return Promise.resolve({ run: (value) => remotes[turn++ % threads]![name](value) })
  },
}
