/** Does tasks one after the other, and says when they are done. */
import { parentPort } from 'node:worker_threads'
import { tasks } from './tasks.ts'

export interface BareTasks {
  readonly steps: number
  readonly count: number
}

parentPort!.on('message', ({ steps, count }: BareTasks) => {
  let sum = 0
  for (let n = 0; n < count; n++) sum = (sum + tasks.burn(steps)) | 0
  parentPort!.postMessage(sum)
})
