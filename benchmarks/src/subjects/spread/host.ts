/** The process of one spread measurement: starts both sides and prints the sample. */
import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { load, runReceiver, runSender } from './side.ts'
import type { Link, SpreadOptions } from './spreadSubject.ts'
import type { ThreadData } from './thread.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as SpreadOptions
const connected = Gate.allocate()
const warm = Gate.allocate()
const channels = Array.from({ length: options.sockets }, () => new MessageChannel())
const sendingPorts = channels.map((channel) => channel.port1)
const receivingPorts = channels.map((channel) => channel.port2)

function linkOver(ports: readonly MessagePort[]): Link {
  return { endpoint: 'inproc://bench', ports, size: options.size }
}

async function inWorker(role: ThreadData['role'], ports: readonly MessagePort[]): Promise<number> {
  const workerData: ThreadData = { role, options, link: linkOver(ports), connected, warm }
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData,
    transferList: [...ports],
  })
  const [timeMs] = (await once(worker, 'message')) as [number]
  return timeMs
}

async function measure(): Promise<[number, number]> {
  if (options.placement === 'workers') {
    return Promise.all([inWorker('sender', sendingPorts), inWorker('receiver', receivingPorts)])
  }
  const gates = { connected: new Gate(connected), warm: new Gate(warm) }
  return Promise.all([
    runSender(options, linkOver(sendingPorts), gates),
    runReceiver(options, linkOver(receivingPorts), gates),
  ])
}

await load(options)
const [startedMs, endedMs] = await measure()
const nanoseconds = Math.round((endedMs - startedMs) * 1e6)
console.log(JSON.stringify({ messages: options.count, nanoseconds }))
process.exit()
