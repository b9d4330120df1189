/** One end of a flood, or of what stands beside it without a socket; the one that is measured posts its sample. */
import { parentPort, workerData } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import { baselines } from './baselines.ts'
import { floods, type TurnsData } from './floods.ts'

const { role, options, stop, memory } = workerData as TurnsData
const { flood, size, warmUpMilliseconds, milliseconds } = options
const ends = { ...floods, ...baselines }[flood]
const load = { size, memory }

function measure(): void {
  let seen = 0
  void ends.measured(load, () => seen++)
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
else ends.other(load, new Gate(stop))
