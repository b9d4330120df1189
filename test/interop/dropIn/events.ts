import { Pull, Push, type EventOfType } from 'zeromq'

/** What two sockets tell of binding, connecting and closing. */
async function run(): Promise<void> {
  const pull = new Pull({ linger: 0 })
  const push = new Push({ linger: 0 })
  const { events } = pull
  const connecting = push.events
  const told: string[] = []
  const bound = new Promise<string>((resolve) => {
    events.on('bind', ({ address }) => resolve(address))
  })
  const left = new Promise((resolve) => events.on('disconnect', resolve))
  const tell = (event: EventOfType<'accept' | 'handshake'>): void => {
    told.push(`${event.type} at ${event.address === pull.lastEndpoint}`)
  }
  events.on('accept', tell).on('handshake', tell)

  await pull.bind('tcp://127.0.0.1:*')
  console.log((await bound) === pull.lastEndpoint)
  push.connect(pull.lastEndpoint!)
  for await (const event of connecting) {
    console.log(event.type)
    if (event.type === 'handshake') break
  }
  connecting.close()
  await push.send('x')
  await pull.receive()
  push.close()
  await left
  console.log(told.join())
  pull.close()
}

await run()
// Whoever listens to events is kept alive until the end, and zeromq.js does not always tell of that.
process.exit()
