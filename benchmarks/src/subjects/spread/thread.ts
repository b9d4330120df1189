/** A worker thread that is one side of a spread measurement; posts when it began or ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { runReceiver, runSender } from './side.ts'
import type { Link, SpreadOptions } from './spreadSubject.ts'

export interface ThreadData {
  readonly role: 'sender' | 'receiver'
  readonly options: SpreadOptions
  readonly link: Link
  readonly connected: SharedArrayBuffer
  readonly warm: SharedArrayBuffer
}

const { role, options, link, connected, warm } = workerData as ThreadData
const run = role === 'sender' ? runSender : runReceiver
const gates = { connected: new Gate(connected), warm: new Gate(warm) }
parentPort?.postMessage(await run(options, link, gates))
for (const port of link.ports) port.close()
