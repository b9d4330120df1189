/** A number posted to another thread and back, a promise for each. Prints the sample. */
import {
  isMainThread,
  MessageChannel,
  parentPort,
  Worker,
  workerData,
  type MessagePort,
} from 'node:worker_threads'
import { readOptions } from '../twoSides.ts'
import { measureAsks, type AskOptions } from './asking.ts'

interface Part {
  readonly role: 'asker' | 'echo'
  readonly port: MessagePort
  readonly options: AskOptions
}

if (isMainThread) {
  const options = readOptions<AskOptions>()
  const { port1, port2 } = new MessageChannel()
  const start = (role: Part['role'], port: MessagePort): Worker => {
    const part: Part = { role, port, options }
    return new Worker(new URL(import.meta.url), { workerData: part, transferList: [port] })
  }
  start('echo', port1)
  start('asker', port2).once('message', (eachMs: number) => {
    console.log(JSON.stringify({ nanoseconds: Math.round(eachMs * 1e6) }))
    process.exit()
  })
} else {
  const { role, port, options } = workerData as Part
  if (role === 'echo') port.on('message', (value) => port.postMessage(value))
  else {
    const waiting: ((value: number) => void)[] = []
    port.on('message', (value: number) => waiting.shift()!(value))
    const ask = (value: number): Promise<number> =>
      new Promise((resolve) => {
        waiting.push(resolve)
        port.postMessage(value)
      })
    parentPort!.postMessage(await measureAsks(ask, options))
  }
}
