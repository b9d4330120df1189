import { Request } from 'zeromq'

/** Has a number doubled, and ends: an idle socket does not keep it. */
async function run(): Promise<void> {
  const sock = new Request()

  sock.connect(process.argv[2] ?? 'tcp://127.0.0.1:3000')

  await sock.send('4')
  const [result] = await sock.receive()

  console.log(String(result))
}

await run()
