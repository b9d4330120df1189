import { parentPort, workerData } from 'node:worker_threads'
import { Pull, Push } from '@ringpost/core'

/** One place in a ring of threads. */
export interface Place {
  readonly from: string
  readonly to: string
  readonly laps: number
}

/** Hands on what it gets, a number one higher each time, with calls that block. */
const { from, to, laps } = workerData as Place
const pull = new Pull()
pull.bindSync(from)
const push = new Push()
push.connect(to)
parentPort!.postMessage('ready')
for (let lap = 0; lap < laps; lap++) {
  const [token] = pull.receiveSync() as [Buffer]
  push.sendSync(String(Number(token) + 1))
}
push.close()
pull.close()
