import { once } from 'node:events'
import net, { type AddressInfo, type Socket as Stream } from 'node:net'
import {
  Context,
  context as ownThreads,
  Datagram,
  Pull,
  Push,
  type SocketEvent,
} from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { Opened } from './libraries.ts'

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const opened = new Opened()
afterEach(() => opened.close())

const portOf = (endpoint: string): number => Number(endpoint.split(':').at(-1))

/** What a socket tells, up to the first event of this type. */
async function eventsTo(
  { events }: Pull | Push | Datagram,
  last: SocketEvent['type'],
): Promise<SocketEvent[]> {
  const seen: SocketEvent[] = []
  do seen.push(await events.receive())
  while (seen.at(-1)!.type !== last)
  return seen
}

async function strangers(): Promise<{ server: net.Server; port: number }> {
  const server = opened.add(net.createServer())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

describe.each(places)('a socket, with I/O in $place,', ({ context }) => {
  const newPull = (): Pull => opened.add(new Pull({ context }))

  it('tells of each bind that fails, with an address without its scheme', async () => {
    const { port } = await strangers()
    const taken = `127.0.0.1:${port}`
    const pull = newPull()
    const told = eventsTo(pull, 'end')
    await expect(pull.bind(`tcp://${taken}`)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(() => pull.bindSync(`tcp://${taken}`)).toThrow('Address already in use')
    await expect(pull.bind('ipc:///nowhere/at/all')).rejects.toMatchObject({ code: 'ENOENT' })
    pull.close()
    const failure = (address: string, code: string): object => ({
      type: 'bind:error',
      address,
      error: expect.objectContaining({ code }) as Error,
    })
    expect(await told).toEqual([
      failure(taken, 'EADDRINUSE'),
      failure(taken, 'EADDRINUSE'),
      failure('/nowhere/at/all', 'ENOENT'),
      { type: 'end' },
    ])
  })

  it('tells of no bind where there are no connections, and of none that it does not try', async () => {
    const datagram = opened.add(new Datagram({ context }))
    const told = eventsTo(datagram, 'end')
    await expect(datagram.bind('udp://192.0.2.254:5555')).rejects.toThrow('Cannot assign')
    await expect(datagram.bind('tcp://127.0.0.1:*')).rejects.toThrow('not compatible')
    datagram.close()
    expect(await told).toEqual([{ type: 'end' }])
    const pull = newPull()
    const toldOfPull = eventsTo(pull, 'end')
    await expect(pull.bind('nowhere://here')).rejects.toThrow('not supported')
    pull.close()
    expect(await toldOfPull).toEqual([{ type: 'end' }])
  })

  it('tells that it is no longer bound: when it is unbound, and at its end', async () => {
    const pull = newPull()
    const told = eventsTo(pull, 'end')
    await pull.bind('tcp://127.0.0.1:*')
    const first = pull.lastEndpoint!
    await pull.unbind(first)
    await pull.bind('tcp://127.0.0.1:*')
    const second = pull.lastEndpoint!
    pull.close()
    expect(await told).toEqual([
      { type: 'bind', address: first },
      { type: 'close', address: first },
      { type: 'bind', address: second },
      { type: 'close', address: second },
      { type: 'end' },
    ])
  })

  describe.each([
    ['end', { code: 'EPIPE', errno: 32, message: 'Broken pipe' }],
    ['resetAndDestroy', { code: 'ECONNRESET', errno: 104, message: 'Connection reset by peer' }],
  ] as const)('tells of a peer that leaves in the handshake by %s', (how, reason) => {
    const failed = (address: string): object[] => [
      {
        type: 'handshake:error:other',
        address,
        error: expect.objectContaining(reason) as Error,
      },
      { type: 'disconnect', address },
    ]

    it('when it had connected', async () => {
      const pull = newPull()
      const told = eventsTo(pull, 'disconnect')
      await pull.bind('tcp://127.0.0.1:*')
      const stream = net.connect(portOf(pull.lastEndpoint!), '127.0.0.1')
      await once(stream, 'data')
      stream[how]()
      const address = pull.lastEndpoint!
      const before = ['bind', 'accept'].map((type) => ({ type, address }))
      expect(await told).toEqual([...before, ...failed(address)])
    })

    it('when it was connected to, which is tried again', async () => {
      const { server, port } = await strangers()
      const accepted = once(server, 'connection') as Promise<[Stream]>
      const push = opened.add(new Push({ context }))
      const told = eventsTo(push, 'connect:retry')
      const address = `tcp://127.0.0.1:${port}`
      push.connect(address)
      const [stream] = await accepted
      await once(stream, 'data')
      stream[how]()
      const before = ['connect:delay', 'connect'].map((type) => ({ type, address }))
      expect((await told).slice(0, -1)).toEqual([...before, ...failed(address)])
    })
  })
})
