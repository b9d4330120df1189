/** A worker thread that is one side of a measurement; posts what the side returns. */
import { parentPort, workerData } from 'node:worker_threads'
import { runSide, type SideData } from './twoSides.ts'

const { module, side, options, wire } = workerData as SideData
parentPort?.postMessage(await runSide(module, side, options, wire))
for (const port of wire.ports) port.close()
