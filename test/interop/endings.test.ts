import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net, { type AddressInfo, type Socket as Stream } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Context, Dealer, Pull, Push, Router, XPublisher, XSubscriber } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { runWith } from '../support/program.ts'

const ended = { errors: '', code: 0, signal: null }

/** What a peer says that speaks ZMTP 3.0 without security, and what it is. */
const greeting = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]),
  Buffer.from('NULL'.padEnd(20, '\0')),
  Buffer.alloc(32),
])
const readyOf = (type: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  const body = Buffer.concat([Buffer.from('\x05READY\x0bSocket-Type'), length, Buffer.from(type)])
  return Buffer.concat([Buffer.from([4, body.length]), body])
}

let close: (() => void)[] = []
afterEach(() => {
  for (const act of close) act()
  close = []
})

function opened<T extends { close(): void }>(it: T): T {
  close.push(() => it.close())
  return it
}

const portOf = (endpoint: string): number => Number(endpoint.slice(endpoint.lastIndexOf(':') + 1))

/** A server that speaks as this type, and what comes to it. */
async function strangeServer(type: string): Promise<{ endpoint: string; peer: Promise<Stream> }> {
  const server = net.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(() => server.close())
  const peer = once(server, 'connection').then(([stream]: Stream[]) => {
    close.push(() => stream!.destroy())
    stream!.on('error', () => undefined)
    stream!.write(Buffer.concat([greeting, readyOf(type)]))
    return stream!
  })
  return { endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, peer }
}

async function eventOf(socket: Push | Pull | Dealer, type: string): Promise<void> {
  while ((await socket.events.receive()).type !== type);
}

describe('unbind', () => {
  it.each([1, 2])('has freed the port when it resolves, with %i I/O threads', async (ioThreads) => {
    const pull = opened(new Pull({ context: new Context({ ioThreads }) }))
    // Not any one: in between others might be given it.
    const endpoint = await freeTcpEndpoint()
    await pull.bind(endpoint)
    for (let round = 0; round < 10; round++) {
      await pull.unbind(endpoint)
      const server = net.createServer().listen(portOf(endpoint), '127.0.0.1')
      await once(server, 'listening')
      server.close()
      await once(server, 'close')
      await pull.bind(endpoint)
      pull.unbindSync(endpoint)
      pull.bindSync(endpoint)
      expect(pull.lastEndpoint).toBe(endpoint)
    }
  })
})

describe('a socket that is closed', () => {
  it('delivers to a peer that reads later than it closes', async () => {
    const { endpoint, peer } = await strangeServer('PULL')
    const push = new Push({ sendHighWaterMark: 0 })
    push.connect(endpoint)
    const stream = await peer
    const handshake = greeting.length + readyOf('PUSH').length
    const count = 6000
    for (let n = 0; n < count; n++) await push.send(Buffer.alloc(1000))
    push.close()
    // Longer than a peer gets to say farewell.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    let bytes = 0
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    await once(stream, 'end')
    expect(bytes).toBeGreaterThanOrEqual(count * 1009 + handshake)
    stream.end()
  })

  it('does not wait for a peer that never says who it is', async () => {
    const outcome = await runWith(
      '@ringpost/transport',
      `
      const net = await import('node:net')
      const { Pull } = await import(library)
      const pull = new Pull({ handshakeInterval: 0 })
      pull.bindSync('tcp://127.0.0.1:*')
      const silent = net.connect(Number(pull.lastEndpoint.split(':').pop()), '127.0.0.1')
      silent.on('error', () => undefined).resume()
      while ((await pull.events.receive()).type !== 'accept');
      pull.close()
      await once(silent, 'close')
      console.log('closed')
      `,
    )
    expect(outcome).toEqual({ ...ended, lines: ['closed'] })
  })
})

describe.each([0, 1])(
  'a peer over ipc that sends and leaves, with %i I/O threads,',
  (ioThreads) => {
    it('is heard to its end, whatever it is sent meanwhile', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ringpost-endings-'))
      close.push(() => rmSync(folder, { recursive: true, force: true }))
      const path = join(folder, 'socket')
      const context = new Context({ ioThreads })
      const router = opened(new Router({ context, receiveHighWaterMark: 1, linger: 0 }))
      await router.bind(`ipc://${path}`)
      const peer = net.connect(path).on('error', () => undefined)
      const count = 100
      const messages = Array.from({ length: count }, (_, n) =>
        Buffer.concat([Buffer.of(0, 101, n), Buffer.alloc(100)]),
      )
      peer.end(Buffer.concat([greeting, readyOf('DEALER'), ...messages]))
      const [id] = await router.receive()
      // It has read nothing of what it was sent, and is gone.
      peer.destroy()
      await once(peer, 'close')
      for (let n = 1; n < count; n++) {
        // The first of these finds that out.
        await router.send([id!, Buffer.alloc(1000)]).catch((error: Error) => {
          expect(error).toMatchObject({ code: 'EHOSTUNREACH' })
        })
        const [from, body] = await router.receive()
        expect([from, body![0]]).toEqual([id, n])
      }
    })
  },
)

describe('a peer that breaks the protocol and reads nothing', () => {
  it('loses its connection all the same', async () => {
    const { endpoint, peer } = await strangeServer('PULL')
    const push = opened(new Push({ sendHighWaterMark: 0, linger: 0, reconnectInterval: -1 }))
    const known = eventOf(push, 'handshake')
    push.connect(endpoint)
    const stream = await peer
    await known
    for (let n = 0; n < 5000; n++) await push.send(Buffer.alloc(2000))
    stream.write(Buffer.alloc(100, 0xff))
    await expect(eventOf(push, 'disconnect')).resolves.toBeUndefined()
  })
})

describe('a dialer that gives up', () => {
  it('gives back what was sent to nobody, and the socket has one peer less', async () => {
    const context = new Context({ ioThreads: 0 })
    const { endpoint } = await strangeServer('PUB')
    const before = context.memory.usedBytes
    const push = new Push({ context, linger: -1, sendTimeout: 0 })
    const refused = eventOf(push, 'disconnect')
    push.connect(endpoint)
    await push.send(Buffer.alloc(100_000))
    await refused
    await expect(push.send('more')).rejects.toMatchObject({ code: 'EAGAIN' })
    push.close()
    expect(context.memory.usedBytes).toBe(before)
  })

  describe('because reconnectStop says so,', () => {
    const context = new Context({ ioThreads: 0 })
    const dialing = (reconnectStop: number): Push =>
      opened(new Push({ context, reconnectStop, sendTimeout: 0, reconnectInterval: 1 }))

    it('when the connection is refused', async () => {
      const push = dialing(1)
      const refused = eventOf(push, 'close')
      push.connect(await freeTcpEndpoint())
      await push.send('to nobody')
      await refused
      await expect(push.send('more')).rejects.toMatchObject({ code: 'EAGAIN' })
    })

    it('when the peer leaves in the handshake, and not when it is refused', async () => {
      const endpoint = await freeTcpEndpoint()
      const push = dialing(2)
      const refused = eventOf(push, 'connect:retry')
      push.connect(endpoint)
      await refused
      const lost = eventOf(push, 'disconnect')
      const server = opened(net.createServer((stream) => stream.end()))
      server.listen(portOf(endpoint), '127.0.0.1')
      await lost
      await expect(push.send('more')).rejects.toMatchObject({ code: 'EAGAIN' })
    })

    it.each([
      [0, 'connect:retry'],
      [4, 'close'],
    ])('with %i, after disconnect: its last word is %s', async (reconnectStop, word) => {
      const push = dialing(reconnectStop)
      const refused = eventOf(push, 'connect:retry')
      const endpoint = await freeTcpEndpoint()
      const before = context.memory.usedBytes
      push.connect(endpoint)
      await push.send(Buffer.alloc(100_000))
      await refused
      push.disconnect(endpoint)
      const again = eventOf(push, word)
      await again
      expect(context.memory.usedBytes === before).toBe(reconnectStop === 4)
    })
  })
})

describe('XSUB with verboseUnsubscribe', () => {
  it('subscribes again after a reconnection as often as it takes', async () => {
    const publisher = new XPublisher()
    const endpoint = await freeTcpEndpoint()
    await publisher.bind(endpoint)
    const subscriber = opened(new XSubscriber({ verboseUnsubscribe: true, reconnectInterval: 10 }))
    subscriber.connect(endpoint)
    await subscriber.send('\u0001twice')
    await subscriber.send('\u0001twice')
    await subscriber.send('\u0000twice')
    await subscriber.send('\u0001once')
    while (String(await publisher.receive()) !== '\u0001once');
    publisher.close()
    const next = opened(new XPublisher())
    await next.bind(endpoint)
    const topics = [String(await next.receive()), String(await next.receive())]
    expect(topics.toSorted()).toEqual(['\u0001once', '\u0001twice'])
  })
})

describe('connections that come while the socket goes', () => {
  it('are not waited for', async () => {
    for (let round = 0; round < 10; round++) {
      const router = new Router()
      await router.bind('tcp://127.0.0.1:*')
      const dealers = Array.from({ length: 5 }, () => new Dealer({ linger: 0 }))
      const connected = eventOf(dealers[0]!, 'connect')
      for (const dealer of dealers) dealer.connect(router.lastEndpoint!)
      await connected
      router.close()
      expect(router.closed).toBe(true)
      for (const dealer of dealers) dealer.close()
    }
  })
})
