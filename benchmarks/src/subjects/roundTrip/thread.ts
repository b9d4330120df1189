/** A worker thread that is one side of a round trip; posts what it has to say at its end. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Link, RoundTripOptions } from './roundTripSubject.ts'
import { runEcho, runRequester } from './side.ts'

export interface ThreadData {
  readonly role: 'requester' | 'echo'
  readonly options: RoundTripOptions
  readonly link: Link
}

const { role, options, link } = workerData as ThreadData
const run = role === 'requester' ? runRequester : runEcho
parentPort?.postMessage(await run(options, link))
link.port.close()
