import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Pull, Push } from '@ringpost/core'
import { expect, it } from 'vitest'
import type { Place } from './ringThread.ts'

it('a token goes round promptly among more threads than there are cores', async () => {
  const [threads, laps] = [8, 500]
  const name = (i: number): string => `inproc://ring-${i}`
  const pull = new Pull()
  await pull.bind(name(threads))
  const workers = Array.from({ length: threads }, (_, i) => {
    const place: Place = { from: name(i), to: name(i + 1), laps }
    const file = new URL('../dist/threads/ringThread.js', import.meta.url)
    return new Worker(file, { workerData: place })
  })
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const push = new Push()
  push.connect(name(0))
  push.sendSync('0')
  for (let lap = 1; lap <= laps; lap++) {
    const [token] = pull.receiveSync() as [Buffer]
    expect(Number(token)).toBe(lap * threads)
    if (lap < laps) push.sendSync(token)
  }
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  push.close()
  pull.close()
})
