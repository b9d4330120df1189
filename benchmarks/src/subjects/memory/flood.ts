/**
 * Memory while one thread sends faster than another receives. Prints the highest use of the arena and
 * of resident memory in the first and in the second half of the flood.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { context } from '@ringpost/core'
import { Gate } from '../gate.ts'
import type { FloodData } from './floodThread.ts'

export interface FloodOptions {
  readonly pattern: 'pushPull' | 'pubSub'
  /** Bytes of the largest message; sizes go up to it in turn. */
  readonly mostBytes: number
  readonly warmUpMilliseconds: number
  readonly milliseconds: number
}

const SAMPLES_PER_HALF = 20

const options = JSON.parse(process.argv[2] ?? '{}') as FloodOptions
const stop = Gate.allocate()

function start(role: FloodData['role']): Worker {
  const workerData: FloodData = { role, options, stop }
  return new Worker(new URL('./floodThread.js', import.meta.url), { workerData })
}

/** Looks at regular times and returns the highest values seen. */
async function peaks(milliseconds: number): Promise<{ used: number; resident: number }> {
  let used = 0
  let resident = 0
  for (let n = 0; n < SAMPLES_PER_HALF; n++) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds / SAMPLES_PER_HALF))
    used = Math.max(used, context.memory.usedBytes)
    resident = Math.max(resident, process.memoryUsage.rss())
  }
  return { used, resident }
}

const workers = [start('receiver'), start('sender')]
await Promise.all(workers.map((worker) => once(worker, 'message')))
await peaks(options.warmUpMilliseconds)
const first = await peaks(options.milliseconds / 2)
const second = await peaks(options.milliseconds / 2)
const ended = Promise.all(workers.map((worker) => once(worker, 'message')))
new Gate(stop).open()
const [[received], [sent]] = (await ended) as [[number], [number]]
console.log(
  JSON.stringify({
    sent,
    received,
    usedFirst: first.used,
    usedSecond: second.used,
    residentFirst: first.resident,
    residentSecond: second.resident,
  }),
)
process.exit()
