import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket as Stream } from 'node:net'
import { Pull, Push, type EventOfType, type Socket } from 'zeromq'

type Failure = EventOfType<'bind:error' | 'handshake:error:other'>

/** Resolves with the next failure of one kind; the ports that there happen to be are left out. */
const failureOf = async (socket: Socket, type: Failure['type']): Promise<string> => {
  const { address, error } = await new Promise<Failure>((resolve) => {
    socket.events.on(type, (event) => resolve(event))
  })
  const place = address.replace(/:\d{4,5}/, ':port')
  return `${type} at ${place}: ${error.code} ${error.errno} ${error.message}`
}

const portOf = (endpoint: string): number => Number(endpoint.split(':').at(-1))

/** What sockets tell of binds that fail, and of peers that leave in the handshake. */
async function run(): Promise<void> {
  const strangers = createServer().listen(0, '127.0.0.1')
  await once(strangers, 'listening')
  const { port } = strangers.address() as AddressInfo

  for (const address of [
    `tcp://127.0.0.1:${port}`,
    'tcp://192.0.2.1:5555',
    'tcp://nosuch0:5555',
    'tcp://127.0.0.1',
    'ipc:///nowhere/at/all',
    `ws://127.0.0.1:${port}/path`,
  ]) {
    const pull = new Pull()
    const failure = failureOf(pull, 'bind:error')
    await pull.bind(address).catch(() => console.log('rejects'))
    console.log(await failure)
    pull.close()
  }

  for (const how of ['end', 'resetAndDestroy'] as const) {
    const pull = new Pull()
    const seen = failureOf(pull, 'handshake:error:other')
    await pull.bind('tcp://127.0.0.1:*')
    const client = connect(portOf(pull.lastEndpoint!), '127.0.0.1')
    await once(client, 'data')
    client[how]()
    console.log(await seen)
    pull.close()

    const push = new Push({ linger: 0 })
    const failure = failureOf(push, 'handshake:error:other')
    const accepted = once(strangers, 'connection') as Promise<[Stream]>
    push.connect(`tcp://127.0.0.1:${port}`)
    const [server] = await accepted
    await once(server, 'data')
    server[how]()
    console.log(await failure)
    push.close()
  }
}

await run()
// Whoever listens to events is kept alive until the end, and zeromq.js does not always tell of that.
process.exit()
