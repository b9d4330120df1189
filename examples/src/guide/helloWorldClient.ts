// Hello World client
// Connects a REQ socket to the endpoint given, sends "Hello" ten times and expects "World" back

import { Request } from '@ringpost/transport'

const [endpoint = 'inproc://hello'] = process.argv.slice(2)

console.log('Connecting to the hello world server…')
const requester = new Request()
requester.connect(endpoint)

for (let number = 0; number < 10; number++) {
  console.log(`Sending Hello ${number}…`)
  await requester.send('Hello')

  const [reply] = await requester.receive()
  console.log(`Received ${reply} ${number}`)
}

requester.close()
