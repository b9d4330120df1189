// Weather update client
// Connects a SUB socket to the endpoint given, collects updates for one zip code and prints the
// average temperature there

import { Subscriber } from '@ringpost/transport'

const [zipCode = '10001', updates = '100', endpoint = 'inproc://weather'] = process.argv.slice(2)

if (!/^\d{5}$/.test(zipCode)) throw new Error(`${zipCode} is no zip code: five digits are`)

// Socket to talk to the server
console.log('Collecting updates from the weather server…')
const subscriber = new Subscriber()
subscriber.connect(endpoint)

// Subscribe to one zip code, by default that of New York City
subscriber.subscribe(`${zipCode} `)

let totalTemperature = 0
for (let update = 0; update < Number(updates); update++) {
  if (update > 0 && update % 10 === 0) console.log(`update ${update}`)
  const [message] = subscriber.receiveSync()
  const [, temperature] = String(message).split(' ')
  totalTemperature += Number(temperature)
}
const average = Math.round(totalTemperature / Number(updates))
console.log(`Average temperature for zip code ${zipCode} was ${average}F`)

subscriber.close()
