/** A worker thread that is one side of a throughput measurement; posts when it began or ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { runReceiver, runSender } from './side.ts'
import type { Link, ThroughputOptions } from './throughputSubject.ts'

export interface ThreadData {
  readonly role: 'sender' | 'receiver'
  readonly options: ThroughputOptions
  readonly link: Link
  readonly warm: SharedArrayBuffer
}

const { role, options, link, warm } = workerData as ThreadData
const run = role === 'sender' ? runSender : runReceiver
parentPort?.postMessage(await run(options, link, new Gate(warm)))
link.port.close()
