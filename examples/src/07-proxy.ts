// A proxy joins any number of clients to any number of services, which know its two endpoints
// only. Here three services share the requests of one client.

import { Dealer, Proxy, Reply, Request, Router } from '@ringpost/core'

const frontEnd = new Router()
await frontEnd.bind('inproc://clients')
const backEnd = new Dealer()
await backEnd.bind('inproc://services')
const proxy = new Proxy(frontEnd, backEnd)
const running = proxy.run()

const services = ['Ann', 'Bob', 'Cid'].map((name) => {
  const service = new Reply()
  service.connect('inproc://services')
  return { service, serving: serve(service, name) }
})

const client = new Request()
client.connect('inproc://clients')
for (const order of ['tea', 'coffee', 'milk', 'water']) {
  await client.send(order)
  console.log(String(await client.receive()))
}

for (const { service, serving } of services) {
  service.close() // Ends the loop of that service.
  await serving
}
proxy.terminate()
await running

async function serve(service: Reply, name: string): Promise<void> {
  for await (const [order] of service) await service.send(`${order}, served by ${name}`)
}

// Prints:
//
//   tea, served by Ann
//   coffee, served by Bob
//   milk, served by Cid
//   water, served by Ann
