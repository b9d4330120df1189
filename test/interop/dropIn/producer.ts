import { setTimeout as delay } from 'node:timers/promises'
import * as zmq from 'zeromq'

/** Hands out work, piece by piece, for as long as it runs. */
async function run(): Promise<void> {
  const sock = new zmq.Push()

  await sock.bind(process.argv[2] ?? 'tcp://127.0.0.1:3000')
  console.log(sock.lastEndpoint)

  while (true) {
    await sock.send('a piece of work')
    await delay(5)
  }
}

await run()
