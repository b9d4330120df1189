// Tasks spread over the workers that are connected: each goes to exactly one of them, in turn.

import { Pull, Push } from '@ringpost/core'

const tasks = new Push()
await tasks.bind('inproc://tasks')

const ann = new Pull()
ann.connect('inproc://tasks')
const bob = new Pull()
bob.connect('inproc://tasks')

for (const task of ['wash', 'dry', 'fold', 'iron']) await tasks.send(task)

const next = async (worker: Pull) => String(await worker.receive())
console.log(`Ann: ${await next(ann)}, ${await next(ann)}`)
console.log(`Bob: ${await next(bob)}, ${await next(bob)}`)

// Prints:
//
//   Ann: wash, fold
//   Bob: dry, iron
