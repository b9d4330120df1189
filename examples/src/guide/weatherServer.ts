// Weather update server
// Binds a PUB socket to the endpoint given and publishes random weather updates for ever

import { Publisher } from '@ringpost/transport'

const [endpoint = 'inproc://weather'] = process.argv.slice(2)

const publisher = new Publisher()
publisher.bindSync(endpoint)

while (true) {
  // Values that will fool the boss
  const zipCode = String(randomBelow(100_000)).padStart(5, '0')
  const temperature = randomBelow(215) - 80
  const humidity = randomBelow(50) + 10

  // Send the update to all who subscribed to this zip code; without any, it is dropped
  publisher.sendSync(`${zipCode} ${temperature} ${humidity}`)
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit)
}
