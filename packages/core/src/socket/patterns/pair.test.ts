import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { Channel, Pair, type Socket } from '../sockets.ts'

/** Threads load what was built. */
const builtModule = new URL('../../../dist/index.js', import.meta.url).href
const again = { code: 'EAGAIN' }
/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://pair-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

function bound(options?: ConstructorParameters<typeof Pair>[0]): { pair: Pair; name: string } {
  const name = endpoint()
  const pair = open(new Pair(options))
  pair.bindSync(name)
  return { pair, name }
}

function connected(name: string, options?: ConstructorParameters<typeof Pair>[0]): Pair {
  const pair = open(new Pair(options))
  pair.connect(name)
  return pair
}

describe('PAIR', () => {
  it('talks both ways, in any order, in messages of any number of frames', () => {
    const { pair, name } = bound()
    const other = connected(name)
    other.sendSync(['1', '', '2'])
    pair.sendSync('3')
    pair.sendSync(['4', '5'])
    expect(texts(pair.receiveSync())).toEqual(['1', '', '2'])
    expect(other.receiveManySync().map(texts)).toEqual([['3'], ['4', '5']])
  })

  it('turns a second peer away, and keeps the first', () => {
    const { pair, name } = bound()
    const first = connected(name)
    expect(pair.writable).toBe(true)
    const second = connected(name)
    void pair.readable
    expect([first.writable, second.writable]).toEqual([true, false])
    expect(() => second.sendSync('x', atOnce)).toThrow(expect.objectContaining(again))
    pair.sendSync('still')
    expect(texts(first.receiveSync())).toEqual(['still'])
  })

  it('turns a second connection of its own away', () => {
    const names = [endpoint(), endpoint()]
    const peers = names.map((name) => {
      const peer = open(new Pair())
      peer.bindSync(name)
      return peer
    })
    const pair = connected(names[0]!)
    pair.connect(names[1]!)
    pair.sendSync('x')
    expect(texts(peers[0]!.receiveSync())).toEqual(['x'])
    void peers[1]!.readable
    expect(peers[1]!.writable).toBe(false)
  })

  it('takes a new peer once the last message of the first was read', () => {
    const { pair, name } = bound()
    const first = connected(name)
    first.sendSync('last words')
    first.close()
    const early = connected(name)
    void pair.writable
    expect(early.writable).toBe(false)
    expect(texts(pair.receiveSync())).toEqual(['last words'])
    expect(() => pair.receiveSync(atOnce)).toThrow(expect.objectContaining(again))
    const next = connected(name)
    pair.sendSync('welcome')
    expect(texts(next.receiveSync())).toEqual(['welcome'])
  })

  it('keeps what it sends before anybody has bound', () => {
    const name = endpoint()
    const early = connected(name)
    early.sendManySync(['1', '2'])
    const pair = open(new Pair())
    pair.bindSync(name)
    expect(pair.receiveManySync().map(texts)).toEqual([['1'], ['2']])
  })

  it('sends a batch as far as there is room, and the rest later', async () => {
    const { pair, name } = bound({ sendHighWaterMark: 2 })
    const other = connected(name, { receiveHighWaterMark: 2 })
    const sending = pair.sendMany(['1', ['2', 'b'], '3', '4', '5'])
    expect(other.receiveManySync().map(texts)).toEqual([['1'], ['2', 'b'], ['3'], ['4']])
    await sending
    expect(texts(await other.receive())).toEqual(['5'])
  })

  it('waits for its peer, for its messages and for room in them, blocking', async () => {
    const { pair, name } = bound({ sendHighWaterMark: 1 })
    const worker = new Worker(
      `import('${builtModule}').then(({ Pair }) => {
        const pair = new Pair({ receiveHighWaterMark: 1 })
        pair.connect('${name}')
        for (let i = 0; i < 200; i++) pair.sendSync(pair.receiveSync())
        pair.close()
      })`,
      { eval: true },
    )
    let received = 0
    for (let sent = 0; sent < 200; sent++) {
      pair.sendSync(String(sent))
      while (pair.readable) expect(texts(pair.receiveSync())).toEqual([String(received++)])
    }
    while (received < 200) expect(texts(pair.receiveSync())).toEqual([String(received++)])
    await once(worker, 'exit')
  })

  it('lends large frames', () => {
    const { pair, name } = bound()
    const other = connected(name)
    pair.sendSync([Buffer.alloc(100_000, 7), 'small'])
    const [large, small] = other.receiveSharedSync()
    expect(large!.data.equals(Buffer.alloc(100_000, 7))).toBe(true)
    expect(String(small!.data)).toBe('small')
    large!.release()
    small!.release()
  })
})

describe('CHANNEL', () => {
  it('is a PAIR of single frames', async () => {
    const name = endpoint()
    const channel = open(new Channel())
    channel.bindSync(name)
    const other = open(new Channel())
    other.connect(name)
    await channel.send('one')
    const several = ['a', 'b'] as never
    await expect(channel.send(several)).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(channel.sendMany(['two', several])).rejects.toMatchObject({ code: 'EINVAL' })
    expect(other.receiveManySync().map(texts)).toEqual([['one'], ['two']])
  })

  it('does not talk to a PAIR', () => {
    const { name } = bound()
    const channel = open(new Channel())
    expect(() => channel.connect(name)).toThrow(expect.objectContaining({ code: 'ENOCOMPATPROTO' }))
  })
})
