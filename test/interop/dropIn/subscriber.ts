import * as zmq from 'zeromq'

/** Prints what is published about cats. */
async function run(): Promise<void> {
  const sock = new zmq.Subscriber()

  sock.connect(process.argv[2] ?? 'tcp://127.0.0.1:3000')
  sock.subscribe('cats')

  for await (const [topic, msg] of sock) {
    console.log(`${topic!.toString()}: ${msg!.toString()}`)
  }
}

await run()
