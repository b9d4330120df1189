import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { Context } from '../context/context.ts'
import {
  Client,
  Dealer,
  Gather,
  Pair,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Scatter,
  Server,
  type Socket,
} from '../socket/sockets.ts'
import { Publisher, Subscriber, XPublisher, XSubscriber } from '../socket/publishingSockets.ts'
import { Proxy } from './proxy.ts'

/** Threads load what was built. */
const builtModule = new URL('../../dist/index.js', import.meta.url).href
const closed = { code: 'EBADF', message: 'Socket is closed' }

let lastEndpoint = 0
const endpoint = (): string => `inproc://proxy-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

/** A socket bound to an endpoint of its own. */
function bound<S extends Socket>(socket: S): { socket: S; name: string } {
  const name = endpoint()
  open(socket).bindSync(name)
  return { socket, name }
}

function connected<S extends Socket>(socket: S, name: string): S {
  open(socket).connect(name)
  return socket
}

/** Lets the event loop turn: what a proxy could do by now, it has done. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A streamer between sockets of these high-water marks, and its ends. */
function streamer({ mark = 1000, capture }: { mark?: number; capture?: Socket } = {}) {
  const options = { sendHighWaterMark: mark, receiveHighWaterMark: mark }
  const front = bound(new Pull({ receiveHighWaterMark: mark }))
  const back = bound(new Push({ sendHighWaterMark: mark }))
  const push = connected(new Push({ sendHighWaterMark: options.sendHighWaterMark }), front.name)
  const pull = connected(new Pull({ receiveHighWaterMark: mark }), back.name)
  const proxy = new Proxy(front.socket, back.socket, capture)
  return { proxy, push, pull, front: front.socket, back: back.socket }
}

describe('a proxy', () => {
  it('hands on requests and replies, large frames without copying them to itself', async () => {
    const front = bound(new Router())
    const back = bound(new Dealer())
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    const reply = connected(new Reply(), back.name)
    const request = connected(new Request(), front.name)
    const large = Buffer.alloc(200_000, 5)
    await request.send(['question', large])
    const question = await reply.receive()
    expect(String(question[0])).toBe('question')
    expect(question[1]!.equals(large)).toBe(true)
    await reply.send([large, 'answer'])
    const answer = await request.receive()
    expect(answer[0]!.equals(large)).toBe(true)
    expect(String(answer[1])).toBe('answer')
    proxy.terminate()
    await ended
  })

  it('forwards subscriptions, and what is published to them', async () => {
    const front = bound(new XSubscriber())
    const back = bound(new XPublisher())
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    const publisher = connected(new XPublisher(), front.name)
    const subscriber = connected(new Subscriber(), back.name)
    subscriber.subscribe('a')
    expect(String((await publisher.receive())[0])).toBe('\u0001a')
    publisher.sendManySync([['b'], ['a', 'body']])
    expect(texts(await subscriber.receive())).toEqual(['a', 'body'])
    proxy.terminate()
    await ended
  })

  it('takes no more than the other side has room for, message by message', async () => {
    const { proxy, push, pull } = streamer({ mark: 2 })
    const ended = proxy.run()
    // Two queues of 2 + 2: nothing waits within the proxy.
    for (let number = 0; number < 8; number++) {
      while (!push.writable) await turns()
      push.sendSync(String(number))
    }
    await turns()
    expect(push.writable).toBe(false)
    expect(proxy.statistics.backEnd.sent.messages).toBe(4)
    const numbers: string[] = []
    while (numbers.length < 8) numbers.push(...texts(await pull.receive()))
    expect(numbers).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    proxy.terminate()
    await ended
  })

  it('goes on in one direction while the other is held up', async () => {
    const front = bound(new Dealer({ sendHighWaterMark: 1 }))
    const back = bound(new Dealer({ sendHighWaterMark: 1 }))
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    const left = connected(new Dealer({ receiveHighWaterMark: 1 }), front.name)
    const right = connected(new Dealer({ receiveHighWaterMark: 1 }), back.name)
    const flood = left.sendMany(Array.from({ length: 50 }, (_, number) => String(number)))
    await turns()
    await right.send('against the stream')
    expect(texts(await left.receive())).toEqual(['against the stream'])
    for (let number = 0; number < 50; number++) {
      expect(texts(await right.receive())).toEqual([String(number)])
    }
    await flood
    proxy.terminate()
    await ended
  })

  it('holds a message whose only receiver is full, and what comes the other way goes on', async () => {
    const front = bound(new Router({ mandatory: true, sendHighWaterMark: 1 }))
    const back = bound(new Dealer())
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    const service = connected(new Dealer(), back.name)
    const anna = connected(new Dealer({ routingId: 'anna', receiveHighWaterMark: 1 }), front.name)
    await anna.send('hello')
    expect(texts(await service.receive())).toEqual(['anna', 'hello'])
    service.sendManySync(['1', '2', '3', '4'].map((number) => ['anna', number]))
    await turns()
    expect(proxy.statistics.frontEnd.sent.messages).toBe(2)
    await anna.send('still here')
    expect(texts(await service.receive())).toEqual(['anna', 'still here'])
    for (const number of ['1', '2', '3', '4']) {
      expect(texts(await anna.receive())).toEqual([number])
    }
    proxy.terminate()
    await ended
  })

  it('ends with the error of a socket that refuses a message', async () => {
    const front = bound(new Router({ mandatory: true }))
    const back = bound(new Dealer())
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    connected(new Dealer(), front.name)
    connected(new Dealer(), back.name).sendSync(['nobody', 'x'])
    await expect(ended).rejects.toMatchObject({ code: 'EHOSTUNREACH' })
    expect([front.socket.closed, back.socket.closed]).toEqual([true, true])
    expect(() => proxy.terminate()).toThrow(expect.objectContaining(closed))
  })

  it('ends with EINVAL at several frames for a socket of single ones', async () => {
    const front = bound(new Dealer())
    const back = bound(new Client())
    const ended = new Proxy(front.socket, back.socket).run()
    // It may end before a send has settled.
    const failure = ended.catch((error: unknown) => error)
    const server = connected(new Server(), back.name)
    const dealer = connected(new Dealer(), front.name)
    await dealer.send('one')
    expect(String((await server.receive())[0])).toBe('one')
    await dealer.send(['a', 'b'])
    expect(await failure).toMatchObject({ code: 'EINVAL' })
  })

  it('counts what it hands on', async () => {
    const front = bound(new Router())
    const back = bound(new Dealer())
    const proxy = new Proxy(front.socket, back.socket)
    const none = { messages: 0, bytes: 0 }
    const nothing = { received: none, sent: none }
    expect(proxy.statistics).toEqual({ frontEnd: nothing, backEnd: nothing })
    const ended = proxy.run()
    const reply = connected(new Reply(), back.name)
    const request = connected(new Request({ routingId: 'anna' }), front.name)
    await request.send(['12', '345'])
    await reply.receive()
    await reply.send('6')
    await request.receive()
    const question = { messages: 1, bytes: 9 }
    const answer = { messages: 1, bytes: 5 }
    expect(proxy.statistics).toEqual({
      frontEnd: { received: question, sent: answer },
      backEnd: { received: answer, sent: question },
    })
    proxy.terminate()
    await ended
    expect(proxy.statistics.frontEnd.received).toEqual(question)
  })

  it('lets the event loop turn under any load', async () => {
    const { proxy, push, pull } = streamer()
    const ended = proxy.run()
    let isOver = false
    let turned = 0
    const turn = (): void => {
      turned++
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    const message = Buffer.alloc(10)
    const batch = Array.from({ length: 1000 }, () => message)
    const sending = (async () => {
      for (let sent = 0; sent < 100_000; sent += batch.length) await push.sendMany(batch)
    })()
    let received = 0
    while (received < 100_000) received += (await pull.receiveMany()).length
    isOver = true
    await sending
    expect(turned).toBeGreaterThan(3)
    proxy.terminate()
    await ended
  })

  it('may be one of several in a row', async () => {
    const first = streamer()
    const second = bound(new Push())
    const third = bound(new Pull())
    const middle = connected(new Pull(), second.name)
    const onwards = connected(new Push(), third.name)
    const proxies = [new Proxy(first.front, second.socket), new Proxy(middle, onwards)]
    const ended = proxies.map((proxy) => proxy.run())
    first.push.sendManySync(['1', '2', '3'])
    const numbers: string[] = []
    while (numbers.length < 3) numbers.push(...texts(await third.socket.receive()))
    expect(numbers).toEqual(['1', '2', '3'])
    for (const proxy of proxies) proxy.terminate()
    await Promise.all(ended)
  })
})

describe('a proxy with one socket as both ends', () => {
  it('answers every request with itself', async () => {
    const { socket, name } = bound(new Reply())
    const proxy = new Proxy(socket, socket)
    const ended = proxy.run()
    const request = connected(new Request(), name)
    for (const round of ['1', '2', '3']) {
      await request.send(['round', round])
      expect(texts(await request.receive())).toEqual(['round', round])
    }
    expect(proxy.statistics.frontEnd).toEqual({
      received: { messages: 3, bytes: 18 },
      sent: { messages: 0, bytes: 0 },
    })
    proxy.terminate()
    await ended
  })

  it('waits for room to send back', async () => {
    const { socket, name } = bound(new Pair({ sendHighWaterMark: 1 }))
    const proxy = new Proxy(socket, socket)
    const ended = proxy.run()
    const other = connected(new Pair({ receiveHighWaterMark: 1 }), name)
    other.sendManySync(['1', '2', '3', '4', '5'])
    await turns()
    for (const number of ['1', '2', '3', '4', '5']) {
      expect(texts(await other.receive())).toEqual([number])
    }
    proxy.terminate()
    await ended
  })
})

describe('a captured proxy', () => {
  it('waits for a capture socket that has no room', async () => {
    const capture = bound(new Push({ sendHighWaterMark: 1 }))
    const { proxy, push, pull } = streamer({ capture: capture.socket })
    const ended = proxy.run()
    push.sendManySync(['1', '2', '3'])
    await turns()
    expect(pull.readable).toBe(false)
    const witness = connected(new Pull({ receiveHighWaterMark: 1 }), capture.name)
    const numbers = [texts(await pull.receive()), texts(await pull.receive())]
    await turns()
    expect(pull.readable).toBe(false)
    expect(texts(await witness.receive())).toEqual(['1'])
    numbers.push(texts(await pull.receive()))
    expect(numbers.flat()).toEqual(['1', '2', '3'])
    expect([texts(await witness.receive()), texts(await witness.receive())].flat()).toEqual([
      '2',
      '3',
    ])
    proxy.terminate()
    await ended
    expect(capture.socket.closed).toBe(true)
  })

  it('is not held up by a publisher', async () => {
    const capture = bound(new Publisher())
    const { proxy, push, pull } = streamer({ capture: capture.socket })
    const ended = proxy.run()
    push.sendSync([Buffer.alloc(50_000), 'x'])
    expect((await pull.receive()).length).toBe(2)
    const witness = connected(new Subscriber(), capture.name)
    witness.subscribe('')
    push.sendSync([Buffer.alloc(50_000, 3), 'y'])
    const [seen] = await witness.receive()
    const [got] = await pull.receive()
    expect([seen!.equals(got!), got![0], got!.length]).toEqual([true, 3, 50_000])
    proxy.terminate()
    await ended
  })
})

describe('steering a proxy', () => {
  it('pauses it and lets it go on', async () => {
    const { proxy, push, pull } = streamer()
    const ended = proxy.run()
    proxy.pause()
    push.sendSync('1')
    await turns()
    expect(pull.readable).toBe(false)
    proxy.resume()
    expect(texts(await pull.receive())).toEqual(['1'])
    proxy.pause()
    proxy.terminate()
    await ended
  })

  it('is not possible before and after it runs', async () => {
    const { proxy } = streamer()
    const calls = [() => proxy.pause(), () => proxy.resume(), () => proxy.terminate()]
    for (const call of calls) expect(call).toThrow(expect.objectContaining(closed))
    const ended = proxy.run()
    proxy.terminate()
    await ended
    for (const call of calls) expect(call).toThrow(expect.objectContaining(closed))
    expect(() => proxy.run()).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })

  it('works by messages, which a REP answers', async () => {
    const { front, back, push, pull } = streamer()
    const control = bound(new Reply())
    const proxy = new Proxy(front, back, undefined, control.socket)
    const ended = proxy.run()
    const steering = connected(new Request(), control.name)
    const ask = async (command: string): Promise<Buffer[]> => {
      await steering.send(command)
      return steering.receive()
    }
    push.sendSync('12345')
    await pull.receive()
    expect(texts(await ask('PAUSE'))).toEqual([''])
    push.sendSync('6')
    expect((await ask('STATISTICS')).map((count) => count.readBigUInt64LE(0))).toEqual([
      1n,
      5n,
      0n,
      0n,
      0n,
      0n,
      1n,
      5n,
    ])
    expect(pull.readable).toBe(false)
    expect(texts(await ask('RESUME'))).toEqual([''])
    expect(texts(await pull.receive())).toEqual(['6'])
    expect(texts(await ask('NONSENSE'))).toEqual([''])
    expect(texts(await ask('TERMINATE'))).toEqual([''])
    await ended
    expect([front.closed, back.closed, control.socket.closed]).toEqual([true, true, true])
  })

  it('works by messages that are not answered', async () => {
    const { front, back } = streamer()
    const control = bound(new Pair())
    const ended = new Proxy(front, back, undefined, control.socket).run()
    const steering = connected(new Pair(), control.name)
    await steering.send('PAUSE')
    await steering.send('TERMINATE')
    await ended
    expect(steering.readable).toBe(false)
  })
})

describe('the sockets of a proxy', () => {
  it('are its own while it runs', async () => {
    const capture = bound(new Push()).socket
    const { proxy, front, back } = streamer({ capture })
    const ended = proxy.run()
    const busy = expect.objectContaining({
      code: 'EBUSY',
      message: 'Socket is blocked by a bind or unbind operation',
    })
    expect(() => front.receive()).toThrow(busy)
    expect(() => back.send('x')).toThrow(busy)
    expect(() => capture.send('x')).toThrow(busy)
    expect(() => front.bindSync(endpoint())).toThrow(busy)
    expect(() => proxy.run()).toThrow(busy)
    proxy.terminate()
    await ended
    expect([front.closed, back.closed, capture.closed]).toEqual([true, true, true])
  })

  it('can be used again when another one of them cannot', async () => {
    const { proxy, front, back, push } = streamer()
    back.close()
    const taken = streamer()
    const ended = taken.proxy.run()
    expect(() => new Proxy(front, taken.back).run()).toThrow(
      expect.objectContaining({ code: 'EBUSY' }),
    )
    push.sendSync('x')
    expect(texts(front.receiveSync())).toEqual(['x'])
    expect(() => proxy.run()).toThrow('Back-end socket must be bound or connected')
    taken.proxy.terminate()
    await ended
  })

  it('end it when one of them is closed', async () => {
    const { proxy, front, back } = streamer()
    const ended = proxy.run()
    back.close()
    await ended
    expect([front.closed, back.closed]).toEqual([true, true])
  })

  it('may leave messages for it that it has not handed on: the senders learn nothing', async () => {
    const { proxy, push, pull } = streamer()
    const ended = proxy.run()
    proxy.pause()
    push.sendSync([Buffer.alloc(20_000), 'x'])
    proxy.terminate()
    await ended
    expect(() => pull.receiveSync({ timeout: 0 })).toThrow(
      expect.objectContaining({ code: 'EAGAIN' }),
    )
  })

  it('have to be sockets', () => {
    const { front, back } = streamer()
    const Untyped = Proxy as unknown as new (...sockets: unknown[]) => Proxy
    for (const [sockets, message] of [
      [[], 'Front-end must be a socket object'],
      [[front, {}], 'Back-end must be a socket object'],
      [[front, back, {}], 'Capture must be a socket object'],
      [[front, back, undefined, 1], 'Control must be a socket object'],
    ] as const) {
      expect(() => new Untyped(...sockets)).toThrow(new TypeError(message))
    }
  })

  it('give all memory back', async () => {
    const context = new Context()
    const options = { context }
    const front = bound(new Pull(options))
    const back = bound(new Push(options))
    const push = connected(new Push(options), front.name)
    const pull = connected(new Pull(options), back.name)
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    for (let round = 0; round < 10; round++) {
      push.sendSync([Buffer.alloc(30_000), 'x'])
      await pull.receive()
    }
    proxy.terminate()
    await ended
    push.close()
    pull.close()
    await turns()
    expect(context.memory.usedBytes).toBe(0)
  })
})

describe('a proxy and its context', () => {
  it('ends with ETERM when that is shut down', async () => {
    const context = new Context()
    const options = { context }
    const front = bound(new Pull(options))
    const back = bound(new Push(options))
    const ended = new Proxy(front.socket, back.socket).run()
    context.shutdown()
    await expect(ended).rejects.toMatchObject({ code: 'ETERM' })
    expect([front.socket.closed, back.socket.closed]).toEqual([true, true])
  })

  it('may join two of them', async () => {
    const front = bound(new Pull({ context: new Context() }))
    const back = bound(new Push({ context: new Context() }))
    const proxy = new Proxy(front.socket, back.socket)
    const ended = proxy.run()
    const push = connected(new Push({ context: front.socket.context }), front.name)
    const pull = connected(new Pull({ context: back.socket.context }), back.name)
    push.sendSync([Buffer.alloc(20_000, 1), 'x'])
    const [large, small] = await pull.receive()
    expect([large!.equals(Buffer.alloc(20_000, 1)), String(small)]).toEqual([true, 'x'])
    proxy.terminate()
    await ended
  })

  it('cannot block for two of them at once', () => {
    const front = bound(new Pull({ context: new Context() }))
    const back = bound(new Push({ context: new Context() }))
    expect(() => new Proxy(front.socket, back.socket).runSync()).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
  })
})

describe('a proxy in a thread of its own', () => {
  for (const how of ['run', 'runSync'] as const) {
    it(`hands on between threads: ${how}`, async () => {
      const [front, back, control] = [endpoint(), endpoint(), endpoint()]
      const worker = new Worker(
        `import('${builtModule}').then(async ({ Router, Dealer, Reply, Proxy }) => {
          const [router, dealer, control] = [new Router(), new Dealer(), new Reply()]
          router.bindSync('${front}')
          dealer.bindSync('${back}')
          control.bindSync('${control}')
          await new Proxy(router, dealer, undefined, control).${how}()
        })`,
        { eval: true },
      )
      const ended = once(worker, 'exit')
      const requests = [1, 2].map(() => connected(new Request(), front))
      const reply = connected(new Reply(), back)
      for (let round = 0; round < 100; round++) {
        const large = Buffer.alloc(round % 10 === 0 ? 10_000 : 10, round)
        for (const request of requests) await request.send([large, 'x'])
        for (const _ of requests) await reply.send(await reply.receive())
        for (const request of requests) {
          const [answer] = await request.receive()
          expect(answer!.equals(large)).toBe(true)
        }
      }
      const steering = connected(new Request(), control)
      await steering.send('TERMINATE')
      await steering.receive()
      expect(await ended).toEqual([0])
    })
  }

  it('blocks until the context is shut down', async () => {
    const context = new Context()
    const [front, back] = [endpoint(), endpoint()]
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads')
      import('${builtModule}').then(({ Context, Gather, Scatter, Proxy }) => {
        const context = Context.from(workerData)
        const [gather, scatter] = [new Gather({ context }), new Scatter({ context })]
        gather.bindSync('${front}')
        scatter.bindSync('${back}')
        try {
          new Proxy(gather, scatter).runSync()
        } catch (error) {
          parentPort.postMessage([error.code, gather.closed, scatter.closed])
        }
      })`,
      { eval: true, workerData: context.handle },
    )
    const scatter = connected(new Scatter({ context }), front)
    const gather = connected(new Gather({ context }), back)
    await scatter.send('x')
    expect(texts(await gather.receive())).toEqual(['x'])
    const told = once(worker, 'message')
    context.shutdown()
    expect(await told).toEqual([['ETERM', true, true]])
  })
})
