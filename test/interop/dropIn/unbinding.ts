import { Pull } from 'zeromq'

/** What `unbind` takes for an endpoint that was bound. */
async function run(port: string): Promise<void> {
  for (const [bound, unbound] of [
    [`tcp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port}`],
    [`tcp://localhost:${port}`, `tcp://localhost:${port}`],
    [`tcp://localhost:${port}`, `tcp://127.0.0.1:${port}`],
    [`tcp://lo:${port}`, `tcp://127.0.0.1:${port}`],
    [`tcp://*:${port}`, `tcp://0.0.0.0:${port}`],
    [`tcp://*:${port}`, `tcp://*:${port}`],
    ['tcp://127.0.0.1:*', 'tcp://127.0.0.1:*'],
    ['tcp://lo:0', 'tcp://lo:0'],
    ['ws://127.0.0.1:*/a', 'ws://127.0.0.1:*/a'],
    ['ipc://*', 'ipc://*'],
  ] as const) {
    const pull = new Pull()
    await pull.bind(bound)
    const said = await pull.unbind(unbound).then(
      () => 'taken',
      (error: Error & { code: string }) => `${error.code} ${error.message}`,
    )
    console.log(`${bound} by ${unbound}: ${said}`.replaceAll(port, 'port'))
    pull.close()
  }
}

await run(process.argv[2]!)
