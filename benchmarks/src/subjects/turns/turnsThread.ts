/** One end of a flood; the one that is measured posts its sample. */
import { parentPort, workerData } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { floods, type TurnsData } from './floods.ts'

const { role, options, stop } = workerData as TurnsData
const { flood, size, warmUpMilliseconds, milliseconds } = options

function measure(): void {
  let seen = 0
  void floods[flood].measured(size, () => seen++)
  const beganAt = performance.now() + warmUpMilliseconds
  let lastAt = performance.now()
  let longest = 0
  let seenInWarmUp: number | undefined
  const turn = (): void => {
    const now = performance.now()
    if (now >= beganAt) {
      if (seenInWarmUp === undefined) seenInWarmUp = seen
      else longest = Math.max(longest, now - lastAt)
    }
    lastAt = now
    if (now < beganAt + milliseconds) setImmediate(turn)
    else parentPort?.postMessage({ longest, seen: seen - (seenInWarmUp ?? seen) })
  }
  turn()
}

if (role === 'measured') measure()
else floods[flood].other(size, new Gate(stop))
