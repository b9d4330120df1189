// A service in a thread of its own. Nothing is handed over: the endpoint's name is enough.

import { isMainThread, Worker } from 'node:worker_threads'
import { Reply, Request } from '@ringpost/core'

if (isMainThread) {
  const service = new Worker(new URL(import.meta.url))
  const squares = new Request()
  squares.connect('inproc://squares') // The service need not be there yet.

  for (const number of [3, 12, 111]) {
    await squares.send(number)
    console.log(`${number}² = ${await squares.receive()}`)
  }
  await service.terminate()
} else {
  const requests = new Reply()
  await requests.bind('inproc://squares')
  for await (const [number] of requests) await requests.send(Number(number) ** 2)
}

// Prints:
//
//   3² = 9
//   12² = 144
//   111² = 12321
