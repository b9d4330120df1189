// A worker that blocks: no callback, no promise, no event loop. The main thread goes on meanwhile.

import { isMainThread, Worker } from 'node:worker_threads'
import { Pull, Push } from '@ringpost/core'

if (isMainThread) {
  const ranges = new Push()
  await ranges.bind('inproc://ranges')
  const counts = new Pull()
  await counts.bind('inproc://counts')

  const workers = [1, 2].map(() => new Worker(new URL(import.meta.url)))
  for (let from = 0; from < 1_000_000; from += 100_000) await ranges.send([from, from + 100_000])

  let primes = 0
  for (let received = 0; received < 10; received++) primes += Number(await counts.receive())
  console.log(`${primes} primes below a million`)
  for (const worker of workers) await worker.terminate()
} else {
  const ranges = new Pull()
  ranges.connect('inproc://ranges')
  const counts = new Push()
  counts.connect('inproc://counts')
  while (true) {
    const [from, to] = ranges.receiveSync().map(Number) as [number, number]
    let primes = 0
    for (let number = from; number < to; number++) if (isPrime(number)) primes++
    counts.sendSync(primes)
  }
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor === 0) return false
  }
  return number > 1
}

// Prints:
//
//   78498 primes below a million
