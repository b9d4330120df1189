import * as zmq from 'zeromq'

/** Takes work from a producer. */
async function run(): Promise<void> {
  const sock = new zmq.Pull()

  sock.connect(process.argv[2] ?? 'tcp://127.0.0.1:3000')

  for await (const [msg] of sock) {
    console.log('done: %s', msg!.toString())
  }
}

await run()
