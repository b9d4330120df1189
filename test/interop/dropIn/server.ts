import { Reply } from 'zeromq'

/** Doubles numbers. */
async function run(): Promise<void> {
  const sock = new Reply()

  await sock.bind(process.argv[2] ?? 'tcp://127.0.0.1:3000')
  console.log(sock.lastEndpoint)

  for await (const [msg] of sock) {
    await sock.send((2 * parseInt(msg!.toString(), 10)).toString())
  }
}

await run()
