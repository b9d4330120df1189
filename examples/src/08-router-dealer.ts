// A router knows its peers by name: it sees who sent a message and chooses who gets one. Here a
// worker gets its next task when it asks for it, so that the faster one does more.

import { Dealer, Router } from '@ringpost/core'

const dispatcher = new Router()
await dispatcher.bind('inproc://dispatcher')

const hare = new Dealer({ routingId: 'hare' })
hare.connect('inproc://dispatcher')
const tortoise = new Dealer({ routingId: 'tortoise' })
tortoise.connect('inproc://dispatcher')

const done: Record<string, string[]> = { hare: [], tortoise: [] }
for (const asking of [hare, tortoise, hare, hare, hare]) {
  await asking.send('next, please')
  const [worker] = await dispatcher.receive()
  await dispatcher.send([worker!, `mile ${done[String(worker)]!.length + 1}`])
  done[String(worker)]!.push(String(await asking.receive()))
}
console.log(done)

// Prints:
//
//   {
//     hare: [ 'mile 1', 'mile 2', 'mile 3', 'mile 4' ],
//     tortoise: [ 'mile 1' ]
//   }
