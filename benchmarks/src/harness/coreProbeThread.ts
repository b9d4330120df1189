import { parentPort, workerData } from 'node:worker_threads'

/** Additions that do not wait for each other: they fill the units of a core that its siblings share. */
function compute(rounds: number): number {
  let [a, b, c, d, e, f, g, h] = [1, 2, 3, 4, 5, 6, 7, 8]
  for (let i = 0; i < rounds; i++) {
    a = (a + i) ^ 3
    b = (b + i) ^ 5
    c = (c + i) ^ 7
    d = (d + i) ^ 9
    e = (e + i) ^ 11
    f = (f + i) ^ 13
    g = (g + i) ^ 15
    h = (h + i) ^ 17
  }
  return a + b + c + d + e + f + g + h
}

const { slices, rounds } = workerData as { slices: number; rounds: number }
parentPort!.on('message', () => {
  const times: number[] = []
  let sum = 0
  for (let slice = 0; slice < slices; slice++) {
    const startedMs = performance.now()
    sum ^= compute(rounds)
    times.push(performance.now() - startedMs)
  }
  times.sort((left, right) => left - right)
  parentPort!.postMessage({ medianMs: times[slices >> 1], sum })
})
