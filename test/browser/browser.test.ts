import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import * as zeromq from 'zeromq'
import {
  Pair,
  Pull,
  Push,
  Reply,
  Router,
  Subscriber,
  XPublisher,
  type SocketEvent,
} from '@ringpost/transport'
import type * as ForBrowsers from '@ringpost/transport/browser'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { selfSigned } from '../support/certificate.ts'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { Chromium } from './chromium.ts'

/** In the page: a function that is given to it knows nothing of this file. */
declare const ringpost: typeof ForBrowsers

let browser: Chromium
let page: Page
beforeAll(async () => {
  browser = await Chromium.start()
})
afterAll(async () => browser.close())
beforeEach(async () => {
  page = await browser.open()
})

let sockets: { closed: boolean; linger: number; close(): void }[] = []
afterEach(async () => {
  await page.close()
  for (const socket of sockets) {
    if (socket.closed) continue
    socket.linger = 0
    socket.close()
  }
  sockets = []
})

/** Binds a socket of this process, for the page to connect to. */
async function bound<T extends Pull | Push | Reply | Router | XPublisher | Subscriber | Pair>(
  socket: T,
  endpoint = 'ws://127.0.0.1:*/path',
): Promise<[T, string]> {
  sockets.push(socket)
  socket.webSocketOrigins ??= browser.origin
  await socket.bind(endpoint)
  return [socket, socket.lastEndpoint!]
}

/** Resolves at the next event of this type, read one after the other. */
async function next(
  { events }: { readonly events: { receive(): Promise<SocketEvent> } },
  wanted: string,
): Promise<SocketEvent> {
  for (;;) {
    const event = await events.receive()
    if (event.type === wanted) return event
  }
}

it('asks and is answered, one question at a time', async () => {
  const [reply, endpoint] = await bound(new Reply())
  const asking = page.evaluate(async (to) => {
    const request = new ringpost.Request()
    request.connect(to)
    const text = new TextDecoder()
    const early = await request.receive().catch(({ code }: ForBrowsers.SocketError) => code)
    const answers: string[] = []
    for (const question of ['a', 'b']) {
      await request.send([question, 'question'])
      const twice = await request.send('').catch(({ code }: ForBrowsers.SocketError) => code)
      const answer = await request.receive()
      answers.push(String(twice), ...answer.map((frame) => text.decode(frame)))
    }
    request.close()
    return [early, ...answers]
  }, endpoint)
  for (const question of ['a', 'b']) {
    expect((await reply.receive()).map(String)).toEqual([question, 'question'])
    await reply.send(['the', `answer to ${question}`])
  }
  const answers = ['EFSM', 'the', 'answer to a', 'EFSM', 'the', 'answer to b']
  expect(await asking).toEqual(['EFSM', ...answers])
})

it('is not let in where its site is not named', async () => {
  const other = 'https://other.example'
  const [pull, endpoint] = await bound(new Pull({ webSocketOrigins: other }))
  const trying = page.evaluate(async (to) => {
    const push = new ringpost.Push({ reconnectInterval: 1 })
    const isTryingAgain = new Promise<void>((resolve) => {
      push.events.on('connect:retry', () => resolve())
    })
    push.connect(to)
    void push.send('not for them')
    await isTryingAgain
    push.disconnect(to)
  }, endpoint)
  expect(await next(pull, 'handshake:error:auth')).toMatchObject({
    error: { cause: { message: `webSocketOrigins has no "${browser.origin}"` } },
  })
  await trying
  expect(pull.readable).toBe(false)
})

it('is known to a router by its name', async () => {
  const [router, endpoint] = await bound(new Router())
  const talking = page.evaluate(async (to) => {
    const dealer = new ringpost.Dealer({ routingId: 'browser' })
    dealer.connect(to)
    await dealer.send('hello')
    return new TextDecoder().decode((await dealer.receive())[0])
  }, endpoint)
  expect((await router.receive()).map(String)).toEqual(['browser', 'hello'])
  await router.send(['browser', 'back'])
  expect(await talking).toBe('back')
})

it('receives what it has subscribed to, until it takes that back', async () => {
  const [publisher, endpoint] = await bound(new XPublisher())
  await page.evaluate((to) => {
    const subscriber = new ringpost.Subscriber()
    subscriber.subscribe('early')
    subscriber.connect(to)
    Object.assign(globalThis, { subscriber })
  }, endpoint)
  expect(String(await publisher.receive())).toBe('\u0001early')
  await page.evaluate(() => {
    const { subscriber } = globalThis as unknown as { subscriber: ForBrowsers.Subscriber }
    subscriber.subscribe('late')
  })
  expect(String(await publisher.receive())).toBe('\u0001late')
  const received = page.evaluate(async () => {
    const { subscriber } = globalThis as unknown as { subscriber: ForBrowsers.Subscriber }
    const texts: string[] = []
    for await (const [topic, body] of subscriber) {
      texts.push(new TextDecoder().decode(topic), new TextDecoder().decode(body))
      if (texts.length === 4) break
    }
    subscriber.unsubscribe('early')
    return texts
  })
  for (const topic of ['early', 'other', 'late']) await publisher.send([topic, 'news'])
  expect(await received).toEqual(['early', 'news', 'late', 'news'])
  expect(String(await publisher.receive())).toBe('\u0000early')
})

it('sends and receives frames of all sizes, and thousands of messages in order', async () => {
  const [pull, into] = await bound(new Pull())
  const [push, from] = await bound(new Push())
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 4 * 2 ** 20]
  const count = 3000
  const done = page.evaluate(
    async ([to, of, lengths, messages]) => {
      const sender = new ringpost.Push()
      const receiver = new ringpost.Pull({ receiveHighWaterMark: 0 })
      sender.connect(to)
      receiver.connect(of)
      await sender.send(lengths.map((length) => new Uint8Array(length).fill(120)))
      for (let n = 0; n < messages; n++) await sender.send(String(n))
      const first = await receiver.receive()
      let isInOrder = first.every((frame, i) => frame.length === lengths[i])
      for (let n = 0; n < messages; n++) {
        const [frame] = await receiver.receive()
        isInOrder &&= new TextDecoder().decode(frame) === String(n)
      }
      return isInOrder
    },
    [into, from, sizes, count] as const,
  )
  await push.send(sizes.map((size) => Buffer.alloc(size, 'x')))
  const first = await pull.receive()
  expect(first.map(({ length }) => length)).toEqual(sizes)
  expect(first.every((frame) => frame.every((byte) => byte === 120))).toBe(true)
  const sending = (async () => {
    for (let n = 0; n < count; n++) await push.send(String(n))
  })()
  for (let n = 0; n < count; n++) expect(String(await pull.receive())).toBe(String(n))
  await sending
  expect(await done).toBe(true)
})

it('goes on sending when the other has read, without looking at the clock', async () => {
  const [pair, endpoint] = await bound(new Pair())
  const [count, size] = [500, 65_536]
  const sending = page.evaluate(
    async ([to, messages, bytes]) => {
      const own = new ringpost.Pair({ sendHighWaterMark: 10 })
      own.connect(to)
      // What comes behind the answer to enough of it.
      for (let n = 0; n < 2; n++) {
        await own.send(new Uint8Array(300_000))
        await own.receive()
      }
      let timers = 0
      const { setTimeout } = globalThis
      globalThis.setTimeout = ((...parameters: Parameters<typeof setTimeout>) => {
        timers++
        return setTimeout(...parameters)
      }) as typeof setTimeout
      for (let n = 0; n < messages; n++) await own.send(new Uint8Array(bytes).fill(n))
      globalThis.setTimeout = setTimeout
      own.close()
      return timers
    },
    [endpoint, count, size] as const,
  )
  for (let n = 0; n < 2; n++) {
    await pair.receive()
    await pair.send('read')
  }
  for (let n = 0; n < count; n++) {
    const [frame] = await pair.receive()
    expect([frame!.length, frame![0], frame![size - 1]]).toEqual([size, n % 256, n % 256])
  }
  expect(await sending).toBe(0)
})

it('sends and receives at once, more than either side holds', async () => {
  const [pair, endpoint] = await bound(new Pair())
  const [count, size, sizeBack] = [300, 65_536, 524_288]
  const done = page.evaluate(
    async ([to, messages, bytes]) => {
      const own = new ringpost.Pair({ sendHighWaterMark: 10 })
      own.connect(to)
      const sending = (async () => {
        for (let n = 0; n < messages; n++) await own.send(new Uint8Array(bytes).fill(n))
      })()
      let received = 0
      for (let n = 0; n < messages / 3; n++) received += (await own.receive())[0]!.length
      await sending
      return received
    },
    [endpoint, count, size] as const,
  )
  const sending = (async () => {
    for (let n = 0; n < count / 3; n++) await pair.send(Buffer.alloc(sizeBack, n))
  })()
  for (let n = 0; n < count; n++) {
    const [frame] = await pair.receive()
    expect([frame!.length, frame![0]]).toEqual([size, n % 256])
  }
  await sending
  expect(await done).toBe((count / 3) * sizeBack)
})

it('sends more than the platform holds to libzmq, which does not say what it has read', async () => {
  const pull = new zeromq.Pull()
  sockets.push(pull)
  await pull.bind('ws://127.0.0.1:*')
  // It takes no message in fragments, as Chromium sends what is longer than 64 KiB.
  const [count, size] = [1000, 30_000]
  const sending = page.evaluate(
    async ([to, messages, bytes]) => {
      const push = new ringpost.Push({ sendHighWaterMark: 10 })
      push.connect(to)
      for (let n = 0; n < messages; n++) await push.send(new Uint8Array(bytes).fill(n))
      push.close()
    },
    [pull.lastEndpoint!, count, size] as const,
  )
  for (let n = 0; n < count; n++) {
    const [frame] = await pull.receive()
    expect([frame!.length, frame![0]]).toEqual([size, n % 256])
  }
  await sending
})

it('publishes to those that have subscribed, and pairs with one', async () => {
  const [subscriber, feed] = await bound(new Subscriber())
  const [pair, other] = await bound(new Pair())
  subscriber.subscribe('wanted')
  await page.evaluate(
    ([to, peer]) => {
      const publisher = new ringpost.Publisher()
      const own = new ringpost.Pair()
      publisher.connect(to)
      own.connect(peer)
      const publish = async (): Promise<void> => {
        for await (const message of own) {
          await publisher.send(['unwanted', 'no'])
          await publisher.send(['wanted', 'yes'])
          await own.send(message)
        }
      }
      void publish()
    },
    [feed, other] as const,
  )
  let hasCome = false
  const coming = subscriber.receive().finally(() => {
    hasCome = true
  })
  // What is published before the subscription has come is for nobody.
  while (!hasCome) {
    await pair.send('publish')
    expect(String(await pair.receive())).toBe('publish')
  }
  expect((await coming).map(String)).toEqual(['wanted', 'yes'])
})

it('connects again when the other comes back, and what was sent meanwhile has waited', async () => {
  const [first, endpoint] = await bound(new Pull(), await freeTcpEndpoint('ws'))
  await page.evaluate(async (to) => {
    const push = new ringpost.Push({ reconnectInterval: 10 })
    const isGone = new Promise((resolve) => push.events.on('disconnect', resolve))
    push.connect(to)
    await push.send('first')
    Object.assign(globalThis, { push, isGone })
  }, endpoint)
  expect(String(await first.receive())).toBe('first')
  first.close()
  await page.evaluate(async () => {
    const { push, isGone } = globalThis as unknown as {
      push: ForBrowsers.Push
      isGone: Promise<void>
    }
    await isGone
    await push.send('second')
    // What waits is still sent.
    push.close()
  })
  const [second] = await bound(new Pull(), endpoint)
  expect(String(await second.receive())).toBe('second')
})

it('gives up a peer that breaks the protocol', async () => {
  const server = createServer()
  server.on('upgrade', ({ headers }, stream) => {
    // It may be reset.
    stream.on('error', () => undefined)
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    stream.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ZWS2.0\r\n\r\n`,
    )
    // A text.
    stream.write(Buffer.of(0x81, 1, 0x78))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const code = await page.evaluate(async (to) => {
    const pull = new ringpost.Pull()
    const isTold = new Promise<ForBrowsers.SocketEvent>((resolve) => {
      pull.events.on('error', resolve)
    })
    pull.connect(to)
    const event = await isTold
    return event.type === 'error' ? event.error.code : event.type
  }, `ws://127.0.0.1:${port}`)
  server.close()
  expect(code).toBe('EPROTO')
})

it('tries again where nobody listens yet', async () => {
  const [first, endpoint] = await bound(new Pull(), await freeTcpEndpoint('ws'))
  await first.unbind(endpoint)
  const trying = page.evaluate(async (to) => {
    const push = new ringpost.Push({ reconnectInterval: 1, reconnectMaxInterval: 50 })
    const intervals: number[] = []
    const isTrying = new Promise<void>((resolve) => {
      push.events.on('connect:retry', (event) => {
        if (event.type === 'connect:retry') intervals.push(event.interval)
        if (intervals.length === 3) resolve()
      })
    })
    push.connect(to)
    void push.send('early')
    await isTrying
    return intervals
  }, endpoint)
  expect(await trying).toEqual([1, 2, 4])
  await first.bind(endpoint)
  expect(String(await first.receive())).toBe('early')
})

it('gives up a connection that brings more than is read, and takes it up again', async () => {
  const [push, endpoint] = await bound(new Push({ sendHighWaterMark: 0 }))
  const done = page.evaluate(async (to) => {
    const pull = new ringpost.Pull({ receiveHighWaterMark: 10, reconnectInterval: 10 })
    const isFull = new Promise((resolve) => pull.events.on('error', resolve))
    pull.connect(to)
    await isFull
    const texts: string[] = []
    for await (const [frame] of pull) {
      texts.push(new TextDecoder().decode(frame))
      if (texts.at(-1) === 'last') break
    }
    return texts
  }, endpoint)
  const isTaken = next(push, 'disconnect')
  for (let n = 0; n < 10; n++) await push.send(String(n))
  await isTaken
  await next(push, 'handshake')
  await push.send('last')
  expect(await done).toEqual([...Array.from({ length: 10 }, (_, n) => String(n)), 'last'])
})

it('drops what comes for a subscriber that does not read', async () => {
  const [publisher, endpoint] = await bound(new XPublisher())
  const done = page.evaluate(async (to) => {
    const subscriber = new ringpost.Subscriber({ receiveHighWaterMark: 2, reconnectInterval: -1 })
    // By then all has come.
    const isOver = new Promise((resolve) => subscriber.events.on('disconnect', resolve))
    subscriber.subscribe()
    subscriber.connect(to)
    await isOver
    subscriber.receiveTimeout = 0
    const texts: string[] = []
    for (;;) {
      const [frame] = await subscriber.receive().catch(() => [undefined])
      if (frame === undefined) return texts
      texts.push(new TextDecoder().decode(frame))
    }
  }, endpoint)
  await publisher.receive()
  for (const text of ['1', '2', '3', '4']) await publisher.send(text)
  publisher.close()
  expect(await done).toEqual(['1', '2'])
})

it('waits no longer than it is told to, and ends its calls when it is closed', async () => {
  const codes = await page.evaluate(async () => {
    const codeOf = ({ code }: ForBrowsers.SocketError): string => code
    const push = new ringpost.Push({ sendHighWaterMark: 1, sendTimeout: 1 })
    await push.send('waits')
    const full = await push.send('no room').catch(codeOf)
    push.sendTimeout = 0
    const now = await push.send('no room').catch(codeOf)
    const pull = new ringpost.Pull({ receiveTimeout: 1 })
    const empty = await pull.receive().catch(codeOf)
    pull.receiveTimeout = -1
    const pending = pull.receive().catch(codeOf)
    const second = await pull.receive().catch(codeOf)
    pull.close()
    push.close()
    for await (const message of pull) throw new Error(String(message))
    const later = await push.send('').catch(codeOf)
    let wrong = ''
    try {
      new ringpost.Push().connect('tcp://127.0.0.1:1')
    } catch (error) {
      wrong = codeOf(error as ForBrowsers.SocketError)
    }
    return [full, now, empty, second, await pending, later, wrong]
  })
  expect(codes).toEqual(['EAGAIN', 'EAGAIN', 'EAGAIN', 'EBUSY', 'EBADF', 'EBADF', 'EINVAL'])
})

it('connects over TLS', async () => {
  const { keyPem, certPem } = selfSigned(['localhost'], ['127.0.0.1'])
  const options = { wssKeyPem: keyPem, wssCertPem: certPem }
  const [reply, endpoint] = await bound(new Reply(options), 'wss://127.0.0.1:*')
  const asking = page.evaluate(async (to) => {
    const request = new ringpost.Request()
    request.connect(to)
    await request.send('question')
    return new TextDecoder().decode((await request.receive())[0])
  }, endpoint)
  expect(String(await reply.receive())).toBe('question')
  await reply.send('answer')
  expect(await asking).toBe('answer')
})
