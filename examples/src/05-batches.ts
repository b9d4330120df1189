// Many messages with one call: the fastest way, because nothing is awaited for each of them.
// The receiver takes what has arrived, however it was sent.

import { isMainThread, Worker } from 'node:worker_threads'
import { Pull, Push } from '@ringpost/core'

const total = 1_000_000
const batch = 1000

if (isMainThread) {
  const numbers = new Pull()
  await numbers.bind('inproc://numbers')
  new Worker(new URL(import.meta.url))

  let received = 0
  let sum = 0
  while (received < total) {
    const messages = await numbers.receiveMany()
    for (const [number] of messages) sum += number!.readUInt32LE()
    received += messages.length
  }
  console.log(`${received} messages, sum ${sum}`)
} else {
  const numbers = new Push()
  numbers.connect('inproc://numbers')
  for (let first = 1; first <= total; first += batch) {
    const messages = Array.from({ length: batch }, (_, index) => new Uint32Array([first + index]))
    numbers.sendManySync(messages)
  }
}

// Prints:
//
//   1000000 messages, sum 500000500000
