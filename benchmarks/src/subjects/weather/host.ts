/** The process of one weather measurement: starts both sides, compares what they say, prints the sample. */
import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import {
  load,
  runPublisher,
  runSubscriber,
  type PublisherResult,
  type SubscriberResult,
} from './side.ts'
import type { ThreadData } from './thread.ts'
import type { Link, WeatherOptions } from './weatherSubject.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as WeatherOptions
const heard = Gate.allocate()
const { port1, port2 } = new MessageChannel()

function linkOver(port: MessagePort): Link {
  return { endpoint: 'inproc://weather', port }
}

async function inWorker<Result>(role: ThreadData['role'], port: MessagePort): Promise<Result> {
  const workerData: ThreadData = { role, options, link: linkOver(port), heard }
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData,
    transferList: [port],
  })
  const [result] = (await once(worker, 'message')) as [Result]
  return result
}

async function measure(): Promise<[PublisherResult, SubscriberResult]> {
  if (options.placement === 'workers') {
    return Promise.all([
      inWorker<PublisherResult>('publisher', port1),
      inWorker<SubscriberResult>('subscriber', port2),
    ])
  }
  const gate = new Gate(heard)
  return Promise.all([
    runPublisher(options, linkOver(port1), gate),
    runSubscriber(options, linkOver(port2), gate),
  ])
}

await load(options)
const [published, received] = await measure()
if (published.matches !== received.matches) {
  throw new Error(`${published.matches} matches published, ${received.matches} received`)
}
const nanoseconds = Math.round((received.endedMs - published.startedMs) * 1e6)
const { matches, temperatures } = received
console.log(JSON.stringify({ messages: options.updates, nanoseconds, matches, temperatures }))
process.exit()
