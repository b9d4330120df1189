/** A worker thread that is one side of a weather measurement; posts its result. */
import { parentPort, workerData } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { runPublisher, runSubscriber } from './side.ts'
import type { Link, WeatherOptions } from './weatherSubject.ts'

export interface ThreadData {
  readonly role: 'publisher' | 'subscriber'
  readonly options: WeatherOptions
  readonly link: Link
  readonly heard: SharedArrayBuffer
}

const { role, options, link, heard } = workerData as ThreadData
const run = role === 'publisher' ? runPublisher : runSubscriber
parentPort?.postMessage(await run(options, link, new Gate(heard)))
link.port.close()
