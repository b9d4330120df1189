import { Context, context as ownThreads, Pull, Push, Stream } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { SocksProxy } from '../support/socksProxy.ts'
import { Opened } from './libraries.ts'

const places = [
  { place: 'a thread of its own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const opened = new Opened()
afterEach(() => opened.close())

/** Resolves when there was such an event, and none of the others before. */
async function next({ events }: Push, wanted: string, ...others: string[]): Promise<void> {
  for (;;) {
    const { type } = await events.receive()
    expect(others).not.toContain(type)
    if (type === wanted) return
  }
}

const hostOf = (endpoint: string): string => new URL(endpoint).host

describe.each(places)('through a SOCKS5 proxy, with I/O in $place,', ({ context }) => {
  async function bound(): Promise<Pull> {
    const pull = opened.add(new Pull({ context }))
    await pull.bind('tcp://127.0.0.1:*')
    return pull
  }

  const pushThrough = (proxy: SocksProxy, options: object = {}): Push =>
    opened.add(new Push({ context, reconnectInterval: 1, socksProxy: proxy.address, ...options }))

  it('messages reach an address, and a name that it looks up', async () => {
    const proxy = opened.add(await SocksProxy.start())
    const pull = await bound()
    const named = pull.lastEndpoint!.replace('127.0.0.1', 'localhost')
    for (const endpoint of [pull.lastEndpoint!, named]) {
      const push = pushThrough(proxy)
      push.connect(endpoint)
      await push.send(endpoint)
      expect(String(await pull.receive())).toBe(endpoint)
      expect(proxy.asked.at(-1)).toBe(hostOf(endpoint))
    }
    expect(proxy.asked).toHaveLength(2)
  })

  it('a user logs in', async () => {
    const proxy = opened.add(await SocksProxy.start('bob:secret'))
    const pull = await bound()
    const push = pushThrough(proxy, { socksUsername: 'bob', socksPassword: 'secret' })
    push.connect(pull.lastEndpoint!)
    await push.send('hello')
    expect(String(await pull.receive())).toBe('hello')
  })

  it('what it refuses is tried again', async () => {
    const proxy = opened.add(await SocksProxy.start('bob:another'))
    const pull = await bound()
    const push = pushThrough(proxy, { socksUsername: 'bob', socksPassword: 'secret' })
    const refused = next(push, 'connect:retry', 'connect')
    push.connect(pull.lastEndpoint!)
    await push.send('hello')
    await refused
    proxy.user = 'bob:secret'
    expect(String(await pull.receive())).toBe('hello')
    const unreachable = pushThrough(proxy, { socksUsername: 'bob', socksPassword: 'secret' })
    const tried = next(unreachable, 'connect:retry', 'connect')
    unreachable.connect(await freeTcpEndpoint())
    await tried
  })

  it('one that says nothing is given up in the time for connecting, or for a handshake', async () => {
    const proxy = opened.add(await SocksProxy.start())
    proxy.isSilent = true
    const pull = await bound()
    for (const limit of ['connectTimeout', 'handshakeInterval']) {
      const push = pushThrough(proxy, { [limit]: 50 })
      const givenUp = next(push, 'close', 'connect')
      push.connect(pull.lastEndpoint!)
      await givenUp
    }
    expect(proxy.asked).toEqual([])
  })

  it('bytes reach a peer that speaks no ZeroMQ', async () => {
    const proxy = opened.add(await SocksProxy.start())
    const server = opened.add(new Stream({ context, notify: false }))
    await server.bind('tcp://127.0.0.1:*')
    const client = opened.add(new Stream({ context, socksProxy: proxy.address }))
    client.connect(server.lastEndpoint!)
    const [name] = await client.receive()
    await client.send([name!, 'bytes'])
    expect(String((await server.receive())[1])).toBe('bytes')
    expect(proxy.asked).toEqual([hostOf(server.lastEndpoint!)])
  })

  it.each(['nowhere', 'localhost:x', ':1080'])('an address like %s is refused', (socksProxy) => {
    const push = opened.add(new Push({ context, socksProxy }))
    expect(() => push.connect('tcp://127.0.0.1:5555')).toThrow(
      expect.objectContaining({ code: 'EINVAL' }) as Error,
    )
  })
})
