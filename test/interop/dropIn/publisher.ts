import { setTimeout as delay } from 'node:timers/promises'
import * as zmq from 'zeromq'

/** Publishes about two topics, for as long as it runs. */
async function run(): Promise<void> {
  const sock = new zmq.Publisher()

  await sock.bind(process.argv[2] ?? 'tcp://127.0.0.1:3000')
  console.log(sock.lastEndpoint)

  while (true) {
    await sock.send(['dogs', 'woof'])
    await sock.send(['cats, large', Buffer.from('roar')])
    await delay(5)
  }
}

await run()
