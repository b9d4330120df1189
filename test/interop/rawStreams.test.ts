import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo, type Socket as TcpStream } from 'node:net'
import * as ringpost from '@ringpost/transport/zeromq'
import { afterEach, describe, expect, it } from 'vitest'
import * as zeromq from 'zeromq'

const libraries = { Ringpost: ringpost as unknown as typeof zeromq, 'zeromq.js': zeromq }
const open: (() => void)[] = []

afterEach(() => {
  for (const close of open.splice(0)) close()
})

function stream(library: typeof zeromq, options?: zeromq.SocketOptions<zeromq.Stream>) {
  const socket = new library.Stream({ linger: 0, ...options })
  open.push(() => socket.close())
  return socket
}

async function bound(library: typeof zeromq, options?: zeromq.SocketOptions<zeromq.Stream>) {
  const server = stream(library, options)
  await server.bind('tcp://127.0.0.1:*')
  return { server, port: Number(server.lastEndpoint!.split(':').at(-1)) }
}

async function tcpClient(port: number): Promise<TcpStream> {
  const client = net.connect(port, '127.0.0.1')
  open.push(() => client.destroy())
  await once(client, 'connect')
  return client
}

/** Listens with `node:net`; what connects is in `accepted`. */
async function tcpServer(): Promise<{ port: number; accepted: Promise<TcpStream> }> {
  const server = net.createServer()
  const accepted = once(server, 'connection').then(([client]) => client as TcpStream)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, accepted }
}

/** Receives until so many bytes are there, of one peer. */
async function bytesFrom(socket: zeromq.Stream, count: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let length = 0; length < count; length += chunks.at(-1)!.length) {
    chunks.push((await socket.receive())[1])
  }
  return Buffer.concat(chunks)
}

describe.each(Object.entries(libraries))('STREAM of %s', (_, library) => {
  it('tells of a peer that comes, what it sends, and that it has gone', async () => {
    const { server, port } = await bound(library)
    const client = await tcpClient(port)
    const [name, nothing] = await server.receive()
    expect(name).toHaveLength(5)
    expect(name[0]).toBe(0)
    expect(nothing).toHaveLength(0)
    client.write('hello')
    expect(await server.receive()).toEqual([name, Buffer.from('hello')])
    client.end()
    expect(await server.receive()).toEqual([name, Buffer.alloc(0)])
  })

  it('tells of nothing but data without notify', async () => {
    const { server, port } = await bound(library, { notify: false })
    for (const text of ['first', 'second']) {
      const client = await tcpClient(port)
      client.end(text)
      expect(String((await server.receive())[1])).toBe(text)
    }
  })

  it('answers a browser', async () => {
    const { server, port } = await bound(library)
    const request = http.get({ port, host: '127.0.0.1', path: '/page' })
    request.end()
    const [name] = await server.receive()
    const [, head] = await server.receive()
    expect(String(head)).toMatch(/^GET \/page HTTP\/1\.1\r\n/)
    const page = 'Hello, World!'
    const answer = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${page.length}\r\n\r\n`
    const answered = once(request, 'response')
    await server.send([name, answer + page])
    const [response] = (await answered) as [http.IncomingMessage]
    expect(response.statusCode).toBe(200)
    expect(Buffer.concat(await response.toArray()).toString()).toBe(page)
  })

  it('knows the peer that it connects to by the name it was given', async () => {
    const { port, accepted } = await tcpServer()
    const client = stream(library)
    client.connect(`tcp://127.0.0.1:${port}`, { routingId: 'server' })
    await client.send(['server', 'early'])
    const peer = await accepted
    const [early] = (await once(peer, 'data')) as [Buffer]
    expect(String(early)).toBe('early')
    expect((await client.receive()).map(String)).toEqual(['server', ''])
    peer.write('hi')
    expect((await client.receive()).map(String)).toEqual(['server', 'hi'])
  })

  it('refuses what is for nobody', async () => {
    const { server } = await bound(library)
    expect(server.writable).toBe(true)
    const failure = { code: 'EHOSTUNREACH', errno: 113, message: 'Host unreachable' }
    await expect(server.send(['nobody', 'x'])).rejects.toMatchObject(failure)
  })

  it('tells of no handshake', async () => {
    const { server, port } = await bound(library)
    const types: string[] = []
    for (const type of ['accept', 'handshake'] as const) {
      server.events.on(type, (event) => types.push(event.type))
    }
    const left = new Promise((resolve) => server.events.on('disconnect', resolve))
    const client = await tcpClient(port)
    client.end('x')
    await left
    expect(types).toEqual(['accept'])
  })
})

const pairs = [
  ['Ringpost', 'Ringpost'],
  ['Ringpost', 'zeromq.js'],
  ['zeromq.js', 'Ringpost'],
] as const

describe.each(pairs)('a STREAM of %s and one of %s', (binding, connecting) => {
  it('moves megabytes, in order', async () => {
    const { server, port } = await bound(libraries[binding])
    const client = stream(libraries[connecting])
    client.connect(`tcp://127.0.0.1:${port}`, { routingId: 'server' })
    const sent = Buffer.alloc(4 * 2 ** 20, 'abcdefghijklmnopqrstuvwxyz')
    const receiving = bytesFrom(server, sent.length)
    for (let at = 0; at < sent.length; at += 100_000) {
      await client.send(['server', sent.subarray(at, at + 100_000)])
    }
    expect((await receiving).equals(sent)).toBe(true)
  })
})

describe('STREAM', () => {
  const here = libraries.Ringpost

  it('closes the connection of a peer that it sends nothing', async () => {
    const { server, port } = await bound(here)
    const client = await tcpClient(port)
    const [name] = await server.receive()
    client.resume()
    const closed = once(client, 'close')
    await server.send([name, ''])
    await closed
    await expect(server.send([name, 'x'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' })
  })

  it('sends what came before the nothing that closes', async () => {
    const { server, port } = await bound(here)
    const client = await tcpClient(port)
    const [name] = await server.receive()
    const sent = Buffer.alloc(2 ** 20, 'x')
    const all = client.toArray()
    await server.send([name, sent])
    await server.send([name, null])
    expect(Buffer.concat(await all).equals(sent)).toBe(true)
  })

  it('refuses a message that is more than a name and data', async () => {
    const { server, port } = await bound(here)
    const client = await tcpClient(port)
    const [name] = await server.receive()
    const message = [name, 'a', 'b'] as unknown as [Buffer, string]
    await expect(server.send(message)).rejects.toMatchObject({ code: 'EINVAL' })
    await server.send([name, 'c'])
    expect(String((await once(client, 'data'))[0])).toBe('c')
  })

  it('stops a peer that sends more than is received, and loses nothing of it', async () => {
    const { server, port } = await bound(here, { receiveHighWaterMark: 2 })
    const client = await tcpClient(port)
    await server.receive()
    const sent = Buffer.alloc(16 * 2 ** 20, '0123456789')
    client.end(sent)
    expect((await bytesFrom(server, sent.length)).equals(sent)).toBe(true)
    expect((await server.receive())[1]).toHaveLength(0)
  })

  it('waits for a peer that does not read', async () => {
    const { server, port } = await bound(here, { sendHighWaterMark: 2 })
    const client = await tcpClient(port)
    const [name] = await server.receive()
    const chunk = Buffer.alloc(2 ** 20, 'x')
    server.sendTimeout = 0
    let count = 0
    const refused = { code: 'EAGAIN' }
    const sendAll = async (): Promise<void> => {
      for (;;) {
        await server.send([name, chunk])
        count++
        await new Promise(setImmediate)
      }
    }
    await expect(sendAll()).rejects.toMatchObject(refused)
    server.sendTimeout = -1
    const sending = server.send([name, chunk])
    let length = 0
    client.on('data', (data: Buffer) => (length += data.length))
    await sending
    await server.send([name, ''])
    await once(client, 'close')
    expect(length).toBe((count + 1) * chunk.length)
  })

  it('connects again, and says so', async () => {
    const { port, accepted } = await tcpServer()
    const client = stream(here, { reconnectInterval: 1 })
    client.connect(`tcp://127.0.0.1:${port}`, { routingId: 'server' })
    ;(await accepted).end('bye')
    const texts = []
    for (let n = 0; n < 4; n++) texts.push(String((await client.receive())[1]))
    expect(texts).toEqual(['', 'bye', '', ''])
  })

  it('does not connect again where it closed itself', async () => {
    const { port, accepted } = await tcpServer()
    const client = stream(here, { reconnectInterval: 1 })
    const closed = new Promise((resolve) => client.events.on('disconnect', resolve))
    const retries: unknown[] = []
    client.events.on('connect:retry', (event) => retries.push(event))
    client.connect(`tcp://127.0.0.1:${port}`, { routingId: 'server' })
    ;(await accepted).resume()
    await client.receive()
    await client.send(['server', ''])
    await closed
    await new Promise(setImmediate)
    expect(retries).toEqual([])
    await expect(client.send(['server', 'x'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' })
  })

  it('gives a name to one peer only', () => {
    const client = stream(here)
    client.connect('tcp://127.0.0.1:1', { routingId: 'server' })
    const again = (): void => client.connect('tcp://127.0.0.1:2', { routingId: 'server' })
    expect(again).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })
})
