import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { SocketError } from '../errors.ts'
import { reapThread, watchForDeaths } from './process.ts'

it('the end of a thread is noticed in all contexts, though one of them cannot clean up', async () => {
  const error = new SocketError('EMFILE', { message: 'Too many threads in this context' })
  const noticed: number[] = []
  const failing = {
    [reapThread](): void {
      throw error
    },
  }
  const watching = { [reapThread]: (threadId: number) => void noticed.push(threadId) }
  for (const watcher of [failing, watching]) watchForDeaths(watcher)
  const warned = once(process, 'warning')
  const worker = new Worker('', { eval: true })
  const { threadId } = worker
  await once(worker, 'exit')
  expect(await warned).toEqual([error])
  expect(noticed).toEqual([threadId])
})
