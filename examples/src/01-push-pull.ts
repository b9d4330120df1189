// Tasks spread over the workers that are connected: each goes to exactly one of them, in turn.

import { Pull, Push } from '@ringpost/core'

const tasks = new Push()
await tasks.bind('inproc://tasks')

const ann = new Pull()
ann.connect('inproc://tasks')
const bob = new Pull()
bob.connect('inproc://tasks')

for (const task of ['wash', 'dry', 'fold', 'iron']) await tasks.send(task)

console.log(`Ann: ${await ann.receive()}, ${await ann.receive()}`)
console.log(`Bob: ${await bob.receive()}, ${await bob.receive()}`)

// Prints:
//
//   Ann: wash, fold
//   Bob: dry, iron
