/** The process of one throughput measurement: starts both sides and prints the sample. */
import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { startBusyThreads } from '../busyThreads.ts'
import { Gate } from '../gate.ts'
import { load, runReceiver, runSender } from './side.ts'
import type { ThreadData } from './thread.ts'
import type { Link, ThroughputOptions } from './throughputSubject.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ThroughputOptions
const warm = Gate.allocate()
/** Shared by both sides for a ring of their own making; untouched by all others. */
const memory = new SharedArrayBuffer(1 << 22)
const { port1, port2 } = new MessageChannel()

function linkOver(port: MessagePort): Link {
  return { endpoint: 'inproc://bench', port, memory, size: options.size }
}

/** Runs one side in a worker thread and returns its time. */
async function inWorker(role: ThreadData['role'], port: MessagePort): Promise<number> {
  const workerData: ThreadData = { role, options, link: linkOver(port), warm }
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData,
    transferList: [port],
  })
  const [timeMs] = (await once(worker, 'message')) as [number]
  return timeMs
}

async function measure(): Promise<[number, number]> {
  if (options.placement === 'workers') {
    return Promise.all([inWorker('sender', port1), inWorker('receiver', port2)])
  }
  const gate = new Gate(warm)
  return Promise.all([
    runSender(options, linkOver(port1), gate),
    runReceiver(options, linkOver(port2), gate),
  ])
}

await load(options)
await startBusyThreads(options.busyThreads)
const [startedMs, endedMs] = await measure()
const nanoseconds = Math.round((endedMs - startedMs) * 1e6)
console.log(JSON.stringify({ messages: options.count, nanoseconds }))
process.exit()
