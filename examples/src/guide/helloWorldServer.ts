// Hello World server
// Binds a REP socket to the endpoint given, expects "Hello" from a client and answers "World"

import { Reply } from '@ringpost/transport'

const [endpoint = 'inproc://hello'] = process.argv.slice(2)

// Socket to talk to clients
const responder = new Reply()
await responder.bind(endpoint)

while (true) {
  // Wait for the next request from a client
  const [request] = await responder.receive()
  console.log(`Received ${request}`)

  // Send the reply back to that client
  await responder.send('World')
}
