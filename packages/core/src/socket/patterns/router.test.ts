import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { Context } from '../../context/context.ts'
import { context } from '../../context/default.ts'
import { Dealer, Router, type Socket } from '../sockets.ts'

/** Threads load what was built. */
const builtModule = new URL('../../../dist/index.js', import.meta.url).href
const again = { code: 'EAGAIN' }
const unreachable = { code: 'EHOSTUNREACH' }
const invalid = { code: 'EINVAL' }

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://router-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

type RouterSettings = ConstructorParameters<typeof Router>[0]
type DealerSettings = ConstructorParameters<typeof Dealer>[0]

function bound(options?: RouterSettings): { router: Router; name: string } {
  const name = endpoint()
  const router = open(new Router(options))
  router.bindSync(name)
  return { router, name }
}

function connected(name: string, options?: DealerSettings): Dealer {
  const dealer = open(new Dealer(options))
  dealer.connect(name)
  return dealer
}

describe('ROUTER', () => {
  it('gives out copies of routing ids, which may be written to', () => {
    const { router, name } = bound()
    const dealer = connected(name, { routingId: 'anna' })
    dealer.sendManySync(['1', '2'])
    router.receiveSync(atOnce)[0]!.fill(0)
    const [id] = router.receiveSync(atOnce)
    expect(String(id)).toBe('anna')
    router.sendSync([id!, 'hello'])
    expect(texts(dealer.receiveSync(atOnce))).toEqual(['hello'])
  })

  it('receives a batch with each message behind the id of its sender', () => {
    const { router, name } = bound()
    for (const routingId of ['anna', 'bert']) {
      connected(name, { routingId }).sendManySync(['1', ['2', 'b']])
    }
    const messages = router.receiveManySync(atOnce).map(texts)
    expect(messages).toHaveLength(4)
    for (const routingId of ['anna', 'bert']) {
      expect(messages.filter(([id]) => id === routingId)).toEqual([
        [routingId, '1'],
        [routingId, '2', 'b'],
      ])
    }
    expect(() => router.receiveManySync(atOnce)).toThrow(expect.objectContaining(again))
  })

  it('lends large frames and passes them on', () => {
    const { router, name } = bound()
    const dealer = connected(name, { routingId: 'anna' })
    dealer.sendSync(Buffer.alloc(100_000, 7))
    const frames = router.receiveSharedSync(atOnce)
    expect(frames.map((frame) => frame.length)).toEqual([4, 100_000])
    router.sendSync(frames)
    expect(dealer.receiveSync(atOnce)[0]![99_999]).toBe(7)
  })

  it('takes shared memory that it drops, as if it were sent', () => {
    const { router } = bound()
    for (const message of [
      (body: ReturnType<Context['allocate']>) => ['nobody', body],
      (body: ReturnType<Context['allocate']>) => [body],
    ]) {
      const body = context.allocate(100_000)
      router.sendSync(message(body))
      expect(() => body.data).toThrow(expect.objectContaining(invalid))
    }
  })

  it('leaves shared memory that it refuses to its owner', () => {
    const { router } = bound({ mandatory: true })
    const body = context.allocate(100_000)
    expect(() => router.sendSync(['nobody', body])).toThrow(expect.objectContaining(unreachable))
    expect(body.data).toHaveLength(100_000)
    body.release()
  })

  it('knows a peer that binds later by the id of that peer', () => {
    const name = endpoint()
    const router = open(new Router({ mandatory: true }))
    router.connect(name)
    expect(() => router.sendSync(['anna', 'x'])).toThrow(expect.objectContaining(unreachable))
    const dealer = open(new Dealer({ routingId: 'anna' }))
    dealer.bindSync(name)
    router.sendSync(['anna', 'hello'])
    expect(texts(dealer.receiveSync(atOnce))).toEqual(['hello'])
  })
})

describe('ROUTER with `mandatory`', () => {
  it('is writable while one of its peers has room', () => {
    const { router, name } = bound({ mandatory: true, sendHighWaterMark: 1 })
    expect(router.writable).toBe(false)
    connected(name, { routingId: 'anna', receiveHighWaterMark: 1 })
    connected(name, { routingId: 'bert', receiveHighWaterMark: 1 })
    for (let count = 0; count < 2; count++) router.sendSync(['anna', 'x'])
    expect(() => router.sendSync(['anna', 'x'], { timeout: 0 })).toThrow(
      expect.objectContaining(again),
    )
    expect(router.writable).toBe(true)
    for (let count = 0; count < 2; count++) router.sendSync(['bert', 'x'])
    expect(router.writable).toBe(false)
  })

  it('refuses a waiting message when its peer goes', async () => {
    const { router, name } = bound({ mandatory: true, sendHighWaterMark: 1 })
    const anna = connected(name, { routingId: 'anna', receiveHighWaterMark: 1 })
    await router.send(['anna', '1'])
    await router.send(['anna', '2'])
    const sending = router.send(['anna', '3'])
    anna.close()
    await expect(sending).rejects.toMatchObject(unreachable)
  })

  it('refuses a message to a peer that has gone, though its messages are not all read', () => {
    const { router, name } = bound({ mandatory: true })
    const anna = connected(name, { routingId: 'anna' })
    anna.sendSync('last words')
    anna.close()
    expect(() => router.sendSync(['anna', 'x'])).toThrow(expect.objectContaining(unreachable))
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', 'last words'])
  })

  it('gives up waiting for one peer without being kept from the others', async () => {
    const { router, name } = bound({ mandatory: true, sendHighWaterMark: 1, sendTimeout: 1 })
    connected(name, { routingId: 'anna', receiveHighWaterMark: 1 })
    const bert = connected(name, { routingId: 'bert' })
    await router.send(['anna', '1'])
    await router.send(['anna', '2'])
    await expect(router.send(['anna', '3'])).rejects.toMatchObject(again)
    expect(() => router.sendSync(['anna', '3'], { timeout: 1 })).toThrow(
      expect.objectContaining(again),
    )
    await router.send(['bert', 'hello'])
    expect(texts(await bert.receive())).toEqual(['hello'])
  })
})

describe('a routing id given to `connect`', () => {
  it('is refused while another peer has it', () => {
    const { name } = bound()
    const router = open(new Router())
    router.connect(name, { routingId: 'conn1' })
    expect(() => router.connect(name, { routingId: 'conn1' })).toThrow(
      expect.objectContaining({ ...invalid, message: "Another peer has the routing id 'conn1'" }),
    )
    router.connect(name)
    router.disconnect(name)
    router.connect(name, { routingId: 'conn1' })
  })

  it('may be bytes, must not be none, and must be text or bytes', () => {
    const { router: far, name } = bound({ routingId: 'X' })
    const router = open(new Router({ routingId: 'Y', mandatory: true }))
    const routingId = Buffer.from([0, 1, 0xff])
    router.connect(name, { routingId })
    router.sendSync([routingId, 'hello'])
    expect(texts(far.receiveSync(atOnce))).toEqual(['Y', 'hello'])
    far.sendSync(['Y', 'ok'])
    expect(router.receiveSync(atOnce)[0]).toEqual(routingId)
    const nothing = Buffer.alloc(0)
    expect(() => router.connect(name, { routingId: nothing })).toThrow(
      expect.objectContaining(invalid),
    )
    const number = 7 as unknown as string
    expect(() => router.connect(name, { routingId: number })).toThrow(TypeError)
  })

  it('is forgotten when connecting fails', () => {
    const name = endpoint()
    const dealer = open(new Dealer({ routingId: 'own name' }))
    dealer.bindSync(name)
    const router = open(new Router({ mandatory: true }))
    expect(() => router.connect('nowhere', { routingId: 'given name' })).toThrow(
      expect.objectContaining(invalid),
    )
    router.connect(name)
    router.sendSync(['own name', 'hello'])
    expect(texts(dealer.receiveSync(atOnce))).toEqual(['hello'])
  })

  it('holds against a newcomer of that name', () => {
    const { router, name } = bound()
    const elsewhere = endpoint()
    router.connect(elsewhere, { routingId: 'anna' })
    connected(name, { routingId: 'anna' }).sendSync('no, I am')
    expect(router.readable).toBe(false)
    const dealer = open(new Dealer())
    dealer.bindSync(elsewhere)
    dealer.sendSync('I am')
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', 'I am'])
  })
})

describe('a routing id claimed twice', () => {
  it('leaves nothing behind of a peer that was not listened to', () => {
    const own = new Context()
    const name = endpoint()
    const router = open(new Router({ context: own }))
    router.bindSync(name)
    connected(name, { context: own, routingId: 'anna' })
    expect(router.readable).toBe(false)
    const before = own.memory.usedBytes
    const second = connected(name, { context: own, routingId: 'anna' })
    expect(router.readable).toBe(false)
    for (let count = 0; count < 10; count++) second.sendSync(Buffer.alloc(10_000))
    second.close()
    expect(router.readable).toBe(false)
    expect(own.memory.usedBytes).toBe(before)
  })

  it('is free for the next when its holder goes, not for those that were turned away', () => {
    const { router, name } = bound()
    const first = connected(name, { routingId: 'anna' })
    const second = connected(name, { routingId: 'anna' })
    second.sendSync('second')
    expect(router.readable).toBe(false)
    first.close()
    expect(router.readable).toBe(false)
    connected(name, { routingId: 'anna' }).sendSync('third')
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', 'third'])
  })

  it('goes to the newcomer with `handover`, with what waits to be sent', async () => {
    const { router, name } = bound({ handover: true, mandatory: true, sendHighWaterMark: 1 })
    const first = connected(name, { routingId: 'anna', receiveHighWaterMark: 1 })
    await router.send(['anna', '1'])
    await router.send(['anna', '2'])
    first.sendSync('never read')
    const sending = router.send(['anna', '3'])
    const second = connected(name, { routingId: 'anna' })
    await sending
    expect(texts(await second.receive())).toEqual(['3'])
    expect(first.receiveManySync(atOnce).map(texts)).toEqual([['1'], ['2']])
    expect(first.writable).toBe(false)
    second.sendSync('hello')
    expect(texts(await router.receive())).toEqual(['anna', 'hello'])
  })
})

describe('ROUTER with `notifyPeers`', () => {
  it('keeps arrivals before and departures behind the messages, in a batch too', async () => {
    const { router, name } = bound({ notifyPeers: 'both' })
    const receiving = router.receiveMany()
    const dealer = connected(name, { routingId: 'anna' })
    dealer.sendManySync(['1', '2'])
    dealer.close()
    const messages = (await receiving).map(texts)
    while (router.readable) messages.push(...router.receiveManySync(atOnce).map(texts))
    expect(messages).toEqual([
      ['anna', ''],
      ['anna', '1'],
      ['anna', '2'],
      ['anna', ''],
    ])
  })

  it('loses nothing when a waiting call takes the last messages of a peer that has gone', async () => {
    const { router, name } = bound({ notifyPeers: 'disconnect' })
    const step = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(
      `const { workerData: { module, name, step } } = require('node:worker_threads')
      import(module).then(({ Dealer }) => {
        const dealer = new Dealer({ routingId: 'anna' })
        dealer.connect(name)
        dealer.sendSync('here')
        Atomics.wait(step, 0, 0)
        dealer.sendManySync(['1', '2'])
        dealer.close()
        Atomics.store(step, 0, 2)
        Atomics.notify(step, 0)
      })`,
      { eval: true, workerData: { module: builtModule, name, step } },
    )
    const ended = once(worker, 'exit')
    expect(texts(await router.receive())).toEqual(['anna', 'here'])
    const receiving = router.receiveMany()
    // All of it has happened when this thread looks at the first of it.
    Atomics.store(step, 0, 1)
    Atomics.notify(step, 0)
    expect(Atomics.wait(step, 0, 1, 10_000)).not.toBe('timed-out')
    const messages = (await receiving).map(texts)
    while (router.readable) messages.push(...router.receiveManySync(atOnce).map(texts))
    expect(messages).toEqual([
      ['anna', '1'],
      ['anna', '2'],
      ['anna', ''],
    ])
    await ended
  })

  it('tells of a peer that was named before it was there when it comes', () => {
    const name = endpoint()
    const router = open(new Router({ notifyPeers: 'connect' }))
    router.connect(name, { routingId: 'later' })
    expect(router.readable).toBe(false)
    open(new Dealer()).bindSync(name)
    expect(texts(router.receiveSync(atOnce))).toEqual(['later', ''])
  })

  it('tells nothing of peers that are not listened to, or were never there', () => {
    const { router, name } = bound({ notifyPeers: 'both' })
    connected(name, { routingId: 'anna' })
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', ''])
    connected(name, { routingId: 'anna' }).close()
    const nowhere = endpoint()
    router.connect(nowhere, { routingId: 'nobody' })
    router.disconnect(nowhere)
    expect(router.readable).toBe(false)
  })
})

describe('ROUTER with `disconnectMessage`', () => {
  it('receives it behind the last message and the notification', () => {
    const { router, name } = bound({ disconnectMessage: 'bye', notifyPeers: 'disconnect' })
    const dealer = connected(name, { routingId: 'anna' })
    dealer.sendSync('last')
    dealer.disconnect(name)
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', 'last'])
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', ''])
    expect(texts(router.receiveSync(atOnce))).toEqual(['anna', 'bye'])
  })

  it('receives it only for peers that had connected to it', () => {
    const name = endpoint()
    const dealer = open(new Dealer())
    dealer.bindSync(name)
    const router = open(new Router({ disconnectMessage: 'bye' }))
    router.connect(name)
    dealer.close()
    expect(router.readable).toBe(false)
  })

  it('is bounded in what it keeps of peers that come and go while nobody receives', () => {
    const { router, name } = bound({ disconnectMessage: Buffer.alloc(2 ** 23) })
    const peerLeaves = (): void => {
      connected(name, { routingId: 'anna' }).close()
      expect(router.readable).toBe(true)
    }
    for (let count = 0; count < 20; count++) peerLeaves()
    // 64 MiB, in which each counts a little more than its bytes.
    expect(router.receiveSync(atOnce)[1]!.length).toBe(2 ** 23)
    peerLeaves()
    let left = 0
    while (router.readable) left += router.receiveManySync(atOnce).length
    expect(left).toBe(7)
    expect(router.readable).toBe(false)
  })
})
