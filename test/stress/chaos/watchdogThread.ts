import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { Seats } from './seats.ts'
import { told, toldOfAll, type Named } from './sights.ts'

/** What the main thread tells the watchdog. */
export interface WatchOrder {
  readonly seats: SharedArrayBuffer
  readonly names: readonly Named[]
  /** Nobody is in one call for longer, nor the main thread without a turn of its event loop. */
  readonly limitMs: number
}

const LOOKS_EVERY_MS = 1000

const order = workerData as WatchOrder
const { names, limitMs } = order
const seats = Seats.of(order.seats)
while (!seats.waitForEnd(LOOKS_EVERY_MS)) {
  const stuck = seats.longerThan(limitMs)
  if (stuck.length > 0) parentPort!.postMessage(stuck.map((sight) => told(sight, names)))
  if (seats.mainIsAwayForMs > limitMs) {
    // It hears nothing any more: then it has to be said here.
    writeSync(2, ['the main thread hangs', ...toldOfAll(seats, names), ''].join('\n'))
    process.kill(process.pid, 'SIGKILL')
  }
}
