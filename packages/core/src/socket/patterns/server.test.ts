import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { engage } from '../socket.ts'
import { Client, Gather, Peer, Scatter, Server, type Socket } from '../sockets.ts'

/** Threads load what was built. */
const builtModule = new URL('../../../dist/index.js', import.meta.url).href
const again = { code: 'EAGAIN' }
const unreachable = { code: 'EHOSTUNREACH' }
const invalid = { code: 'EINVAL' }
/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }
const several = ['a', 'b'] as never

let lastEndpoint = 0
const endpoint = (): string => `inproc://server-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

function bound(options?: ConstructorParameters<typeof Server>[0]): {
  server: Server
  name: string
} {
  const name = endpoint()
  const server = open(new Server(options))
  server.bindSync(name)
  return { server, name }
}

function connected(name: string, options?: ConstructorParameters<typeof Client>[0]): Client {
  const client = open(new Client(options))
  client.connect(name)
  return client
}

describe('SERVER', () => {
  it('answers whom it likes, by number', () => {
    const { server, name } = bound()
    const clients = [connected(name), connected(name)]
    for (const [index, client] of clients.entries()) client.sendSync(String(index))
    const questions = server.receiveManySync()
    expect(new Set(questions.map(([, { routingId }]) => routingId)).size).toBe(2)
    for (const [question, target] of questions) server.sendSync(`re: ${String(question)}`, target)
    expect(clients.map((client) => texts(client.receiveSync()))).toEqual([['re: 0'], ['re: 1']])
  })

  it('answers in batches', async () => {
    const { server, name } = bound()
    const client = connected(name)
    client.sendManySync(['1', '2', '3'])
    await server.sendMany(server.receiveManySync())
    expect(client.receiveManySync().map(texts)).toEqual([['1'], ['2'], ['3']])
  })

  it('can be iterated', async () => {
    const { server, name } = bound()
    const client = connected(name)
    client.sendManySync(['1', '2'])
    const seen: string[] = []
    for await (const [question, target] of server) {
      seen.push(String(question))
      await server.send(question, target)
      if (seen.length === 2) server.close()
    }
    expect(seen).toEqual(['1', '2'])
  })

  it('says who sent a frame that it borrows', async () => {
    const { server, name } = bound()
    const client = connected(name)
    client.sendSync(Buffer.alloc(50_000, 1))
    const [frame, target] = await server.receiveShared()
    expect(frame.length).toBe(50_000)
    server.sendSync(frame, target)
    expect(client.receiveSync()[0]!.length).toBe(50_000)
  })

  it('says who sent what in a batch that it borrows', async () => {
    const { server, name } = bound()
    const client = connected(name)
    client.sendManySync(['1', '2'])
    const batch = await server.receiveManyShared()
    for (const [frame, target] of batch) server.sendSync(frame, target)
    batch.release()
    expect(client.receiveManySync().map(texts)).toEqual([['1'], ['2']])
  })

  it('refuses to send without a target', () => {
    const { server } = bound()
    const untyped = server as unknown as { send(...given: unknown[]): Promise<void> }
    expect(() => untyped.send('x')).toThrow(new TypeError('Options must be an object'))
    expect(() => untyped.send('x', {})).toThrow(new TypeError('Routing id must be a number'))
  })

  it('refuses numbers that are none of a peer', async () => {
    const { server } = bound({ sendTimeout: 0 })
    for (const routingId of [0, -1, 0.5, 2 ** 32, NaN]) {
      await expect(server.send('x', { routingId })).rejects.toMatchObject(invalid)
    }
    for (const routingId of [1, 2 ** 32 - 1]) {
      await expect(server.send('x', { routingId })).rejects.toMatchObject(unreachable)
    }
  })

  it('refuses messages of several frames', async () => {
    const { server, name } = bound()
    const client = connected(name)
    client.sendSync('x')
    const [, target] = server.receiveSync()
    await expect(server.send(several, target)).rejects.toMatchObject(invalid)
    await expect(client.send(several)).rejects.toMatchObject(invalid)
    expect(client.readable).toBe(false)
  })

  it('cannot reach a client that has left, though its messages are not all read', async () => {
    const { server, name } = bound()
    const client = connected(name)
    client.sendManySync(['1', '2'])
    const [, target] = server.receiveSync()
    client.close()
    await expect(server.send('x', target)).rejects.toMatchObject(unreachable)
    expect(String(server.receiveSync()[0])).toBe('2')
  })

  it('is writable whoever has no room; who is full is waited for', async () => {
    const { server, name } = bound({ sendHighWaterMark: 1 })
    const clients = [1, 2].map(() => connected(name, { receiveHighWaterMark: 1 }))
    for (const client of clients) client.sendSync('x')
    const [full, free] = server.receiveManySync().map(([, target]) => target)
    server.sendSync('1', full!)
    server.sendSync('2', full!)
    expect(() => server.sendSync('3', { ...full!, ...atOnce })).toThrow(
      expect.objectContaining(again),
    )
    expect(server.writable).toBe(true)
    server.sendSync('1', free!)
    const sending = server.send('3', full!)
    expect(clients[0]!.receiveManySync().map(texts)).toEqual([['1'], ['2']])
    await sending
    expect(texts(await clients[0]!.receive())).toEqual(['3'])
  })

  it('stops waiting for a client that leaves', async () => {
    const { server, name } = bound({ sendHighWaterMark: 1 })
    const client = connected(name, { receiveHighWaterMark: 1 })
    client.sendSync('x')
    const [, target] = server.receiveSync()
    server.sendSync('1', target)
    server.sendSync('2', target)
    const sending = server.send('3', target)
    client.close()
    await expect(sending).rejects.toMatchObject(unreachable)
  })

  it('blocks the thread while a client of another thread is full', async () => {
    const { server, name } = bound({ sendHighWaterMark: 1 })
    const worker = new Worker(
      `import('${builtModule}').then(({ Client }) => {
        const client = new Client({ receiveHighWaterMark: 1 })
        client.connect('${name}')
        client.sendSync('ready')
        for (let i = 0; i < 300; i++) {
          if (String(client.receiveSync()[0]) !== String(i)) throw new Error('out of order')
        }
        client.close()
      })`,
      { eval: true },
    )
    const [, target] = server.receiveSync()
    for (let number = 0; number < 300; number++) server.sendSync(String(number), target)
    expect(await once(worker, 'exit')).toEqual([0])
  })

  it('greets each client, before anything else', () => {
    const { server, name } = bound({ helloMessage: 'hello' })
    const clients = [connected(name), connected(name)]
    void server.readable
    clients[0]!.sendSync('x')
    const [, target] = server.receiveSync()
    server.sendSync('answer', target)
    expect(clients[0]!.receiveManySync().map(texts)).toEqual([['hello'], ['answer']])
    expect(texts(clients[1]!.receiveSync())).toEqual(['hello'])
  })

  it('hears in the name of a client that it has left, after its last message', () => {
    const { server, name } = bound({ disconnectMessage: 'gone' })
    const client = connected(name)
    client.sendManySync(['1', '2'])
    client.close()
    const heard = server.receiveManySync()
    expect(server.readable).toBe(true)
    heard.push(...server.receiveManySync())
    expect(heard.map(([frame]) => String(frame))).toEqual(['1', '2', 'gone'])
    expect(new Set(heard.map(([, { routingId }]) => routingId)).size).toBe(1)
    expect(server.readable).toBe(false)
  })

  it('hears of a client that leaves while it waits', async () => {
    const { server, name } = bound({ disconnectMessage: 'gone' })
    const client = connected(name)
    client.sendSync('x')
    server.receiveSync()
    const receiving = server.receive()
    client.close()
    expect(String((await receiving)[0])).toBe('gone')
  })

  it('is not parked when it finds only then that a client has left', () => {
    const { server, name } = bound({ disconnectMessage: 'gone' })
    const client = connected(name)
    client.sendSync('x')
    client.close()
    expect(server.readable).toBe(true)
    const { pattern } = server[engage](() => undefined)
    expect(String(pattern.receive()[0])).toBe('x')
    expect(pattern.parkReceiving()).toBe(false)
    expect(String(pattern.receive()[0])).toBe('gone')
  })

  it('keeps 64 MiB of clients that leave while nobody receives, and drops what is more', () => {
    const { server, name } = bound({ disconnectMessage: Buffer.alloc(2 ** 23) })
    for (let count = 0; count < 20; count++) {
      connected(name).close()
      expect(server.readable).toBe(true)
    }
    let heard = 0
    for (; server.readable; heard++) server.receiveSync(atOnce)
    expect(heard).toBe(7)
  })
})

describe('CLIENT', () => {
  it('asks each server in turn, and hears each in turn', () => {
    const servers = [bound(), bound()]
    const client = open(new Client())
    for (const { name } of servers) client.connect(name)
    client.sendManySync(['0', '1', '2', '3'])
    const shares = servers.map(({ server }) => server.receiveManySync())
    expect(shares.map((share) => share.map(([frame]) => String(frame)))).toEqual([
      ['0', '2'],
      ['1', '3'],
    ])
    for (const [index, share] of shares.entries()) servers[index]!.server.sendManySync(share)
    const answers = [1, 2, 3, 4].map(() => texts(client.receiveSync())[0]!)
    expect([...answers].sort()).toEqual(['0', '1', '2', '3'])
    expect(Number(answers[0]) % 2).not.toBe(Number(answers[1]) % 2)
  })

  it('greets a server, also one that binds later', () => {
    const name = endpoint()
    const client = connected(name, { helloMessage: 'hello' })
    client.sendSync('question')
    const server = open(new Server())
    server.bindSync(name)
    expect(server.receiveManySync().map(([frame]) => String(frame))).toEqual(['hello', 'question'])
  })

  it('greets nobody with nothing', () => {
    const { server, name } = bound()
    connected(name, { helloMessage: '' })
    expect(server.readable).toBe(false)
  })
})

describe('PEER', () => {
  it('knows the number of a connection at once', () => {
    const name = endpoint()
    const peer = open(new Peer())
    const routingId = peer.connectPeer(name)
    peer.sendSync('early', { routingId })
    const other = open(new Peer())
    other.bindSync(name)
    const [message, target] = other.receiveSync()
    other.sendSync(`re: ${String(message)}`, target)
    const [answer, from] = peer.receiveSync()
    expect([String(answer), from]).toEqual(['re: early', { routingId }])
  })

  it('gives every connection a number of its own', () => {
    const name = endpoint()
    const others = open(new Peer())
    others.bindSync(name)
    const peer = open(new Peer())
    const numbers = [1, 2, 3].map(() => peer.connect(name))
    expect(new Set(numbers).size).toBe(3)
    for (const routingId of numbers) peer.sendSync(String(routingId), { routingId })
    expect(others.receiveManySync().length).toBe(3)
  })

  it('has no number to give when it is not to be used before the other is there', () => {
    const peer = open(new Peer({ immediate: true }))
    expect(() => peer.connectPeer(endpoint())).toThrow(
      expect.objectContaining({ code: 'EFAULT', errno: 14 }),
    )
    expect(peer.connect(endpoint())).toBe(0)
  })
})

describe('SCATTER and GATHER', () => {
  it('are a pipeline of single frames', async () => {
    const name = endpoint()
    const gathers = [1, 2].map(() => {
      const gather = open(new Gather())
      gather.connect(name)
      return gather
    })
    const scatter = open(new Scatter())
    scatter.bindSync(name)
    await expect(scatter.send(several)).rejects.toMatchObject(invalid)
    scatter.sendManySync(['0', '1', '2', '3'])
    const shares = gathers.map((gather) => gather.receiveManySync().map(texts).flat())
    expect(new Set(shares.map(String))).toEqual(new Set(['0,2', '1,3']))
  })
})
