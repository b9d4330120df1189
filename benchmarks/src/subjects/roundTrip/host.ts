/** The process of one round-trip measurement: starts both sides and prints the sample. */
import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { startBusyThreads } from '../busyThreads.ts'
import type { Link, RoundTripOptions } from './roundTripSubject.ts'
import { load, runEcho, runRequester } from './side.ts'
import type { ThreadData } from './thread.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as RoundTripOptions
const { port1, port2 } = new MessageChannel()

function linkOver(port: MessagePort): Link {
  return { endpoint: 'inproc://bench', pattern: options.pattern, port }
}

async function inWorker(role: ThreadData['role'], port: MessagePort): Promise<object> {
  const workerData: ThreadData = { role, options, link: linkOver(port) }
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData,
    transferList: [port],
  })
  const [said] = (await once(worker, 'message')) as [object]
  return said
}

function measure(): Promise<object[]> {
  if (options.placement === 'workers') {
    return Promise.all([inWorker('requester', port1), inWorker('echo', port2)])
  }
  return Promise.all([runRequester(options, linkOver(port1)), runEcho(options, linkOver(port2))])
}

await load(options)
await startBusyThreads(options.busyThreads)
const [sample] = await measure()
console.log(JSON.stringify(sample))
process.exit()
