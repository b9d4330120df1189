/**
 * How long a thread with a flooded socket goes without a turn of its event loop. Prints the longest time
 * between two turns, in milliseconds, and how many messages the socket's own loop saw meanwhile.
 */
// The other thread, which never turns its event loop, need not be asked for the context then.
import '@ringpost/core'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { SHARED_BYTES } from './baselines.ts'
import type { TurnsData, TurnsOptions } from './floods.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as TurnsOptions
const stop = Gate.allocate()
const memory = new SharedArrayBuffer(SHARED_BYTES)

function start(role: TurnsData['role']): Worker {
  const workerData: TurnsData = { role, options, stop, memory }
  return new Worker(new URL('./turnsThread.js', import.meta.url), { workerData })
}

const measured = start('measured')
start('other')
const [sample] = (await once(measured, 'message')) as [object]
console.log(JSON.stringify(sample))
new Gate(stop).open()
process.exit()
