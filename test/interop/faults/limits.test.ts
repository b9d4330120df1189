import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  Context,
  context as ownThreads,
  Dish,
  Publisher,
  Pull,
  Push,
  Radio,
  Subscriber,
  XPublisher,
  type Socket,
  type SocketEvent,
} from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import {
  command,
  greeting,
  headerOf,
  message,
  property,
  SpeakingPeer,
  ready,
} from '../../support/speakingPeer.ts'

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

let opened: { close(): void }[] = []
afterEach(() => {
  for (const each of opened) each.close()
  opened = []
})

function open<T extends { close(): void }>(one: T): T {
  if ('linger' in one) one.linger = 0
  // From now on it is told of.
  if ('events' in one) expect(one.events).toBeDefined()
  opened.push(one)
  return one
}

const peerOf = async (type: string, { lastEndpoint }: Socket): Promise<SpeakingPeer> =>
  open(await SpeakingPeer.of(type, lastEndpoint!))

/** Resolves at the next event of this type, read one after the other. */
async function next({ events }: Socket, wanted: string): Promise<SocketEvent> {
  for (;;) {
    const event = await events.receive()
    if (event.type === wanted) return event
  }
}

const endedFor = (code: string): object => ({ type: 'disconnect', error: { code } })

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Publishes it until the peer has it: that one is there, and has been heard. */
async function reaches(
  peer: SpeakingPeer,
  publish: (text: string) => Promise<void>,
): Promise<void> {
  let isThere = false
  const arrival = peer.until('all is well').finally(() => (isThere = true))
  while (!isThere) {
    await publish('all is well')
    await nextTurn()
  }
  await arrival
}

/**
 * Publishes something more until the socket has it: it is dropped while too much else waits for the socket, and
 * before it is known what that wants.
 */
async function expectHeard(
  socket: { receive(): Promise<readonly unknown[]> },
  publish: (text: string) => Promise<void>,
): Promise<void> {
  let isHeard = false
  const hearing = (async () => {
    while (!String((await socket.receive())[0]).endsWith('still here'));
    isHeard = true
  })()
  while (!isHeard) {
    await publish('still here')
    await nextTurn()
  }
  await hearing
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What this thread's objects take. */
function heapBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Resolves when the application has been told of a topic. */
async function isTold(publisher: XPublisher, topic: string): Promise<void> {
  while (!String((await publisher.receive())[0]).endsWith(topic));
}

describe.each(places)('a peer of a publisher, with I/O in $place,', ({ context }) => {
  const text = (n: number, length = 10): string => `topic ${n}`.padEnd(length, '.')

  const kinds = [
    {
      kind: 'commands to a PUB',
      make: (options: object) => new Publisher({ context, ...options }),
      subscribe: (topic: string) => command('SUBSCRIBE', topic),
      cancel: (topic: string) => command('CANCEL', topic),
    },
    {
      kind: 'messages to a PUB',
      make: (options: object) => new Publisher({ context, ...options }),
      subscribe: (topic: string) => message(`\u0001${topic}`),
      cancel: (topic: string) => message(`\0${topic}`),
    },
    {
      kind: 'commands to an XPUB',
      make: (options: object) => new XPublisher({ context, ...options }),
      subscribe: (topic: string) => command('SUBSCRIBE', topic),
      cancel: (topic: string) => command('CANCEL', topic),
    },
    {
      kind: 'commands to an XPUB in manual mode',
      make: (options: object) => new XPublisher({ context, manual: true, ...options }),
      subscribe: (topic: string) => command('SUBSCRIBE', topic),
      cancel: (topic: string) => command('CANCEL', topic),
    },
  ]

  describe.each(kinds)('with $kind,', ({ make, subscribe, cancel }) => {
    async function bound(options: object): Promise<Publisher | XPublisher> {
      const publisher = open(make(options))
      await publisher.bind('tcp://127.0.0.1:*')
      return publisher
    }

    it('may hold so many topics, and loses its connection with one more', async () => {
      const publisher = await bound({ maxSubscriptions: 100 })
      const { events } = publisher
      const peer = await peerOf('SUB', publisher)
      const topics = Array.from({ length: 100 }, (_, n) => text(n))
      // However often it says so, and whatever it takes back.
      for (let round = 0; round < 3; round++) await peer.write(...topics.map(subscribe))
      await peer.write(...topics.map(cancel), ...topics.map(subscribe))
      await peer.write(cancel('none of them'), cancel(text(0)), subscribe('all is well'))
      await peer.write(subscribe('all is well'))
      if (publisher instanceof XPublisher) await isTold(publisher, 'all is well')
      else await reaches(peer, (body) => publisher.send(body))
      await peer.write(subscribe('one more'))
      await peer.closed
      for (const type of ['bind', 'accept', 'handshake']) {
        expect(await events.receive()).toMatchObject({ type })
      }
      const { lastEndpoint: address } = publisher
      expect(await events.receive()).toMatchObject({
        ...endedFor('TOO_MANY_SUBSCRIPTIONS'),
        address,
      })
    })

    it('may hold topics of so many bytes, and loses its connection with one more', async () => {
      const publisher = await bound({ maxSubscriptionBytes: 1000 })
      const peer = await peerOf('SUB', publisher)
      for (let n = 0; n < 10; n++) await peer.write(subscribe(text(n, 100)))
      for (let n = 10; n < 100; n++) {
        await peer.write(cancel(text(n - 10, 100)), subscribe(text(n, 100)))
      }
      if (publisher instanceof XPublisher) await isTold(publisher, text(99, 100))
      else await reaches(peer, () => publisher.send(`${text(99, 100)} all is well`))
      await peer.write(subscribe('x'))
      await peer.closed
      expect(await next(publisher, 'disconnect')).toMatchObject(endedFor('TOO_MANY_SUBSCRIPTIONS'))
    })
  })

  it('that holds too many groups of a RADIO loses its connection', async () => {
    const radio = open(new Radio({ context, maxSubscriptions: 10 }))
    await radio.bind('tcp://127.0.0.1:*')
    const dish = open(new Dish({ context }))
    dish.join('group')
    dish.connect(radio.lastEndpoint!)
    const peer = await peerOf('DISH', radio)
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 10; n++) await peer.write(command('JOIN', text(n)))
    }
    await peer.write(command('LEAVE', text(0)), command('JOIN', 'group'))
    await reaches(peer, (body) => radio.send(body, { group: 'group' }))
    await peer.write(command('JOIN', 'one more'))
    await peer.closed
    expect(await next(radio, 'disconnect')).toMatchObject(endedFor('TOO_MANY_SUBSCRIPTIONS'))
    const heavy = open(new Radio({ context, maxSubscriptionBytes: 1000 }))
    await heavy.bind('tcp://127.0.0.1:*')
    const other = await peerOf('DISH', heavy)
    for (let n = 0; n < 5; n++) await other.write(command('JOIN', text(n, 201)))
    await other.closed
    await expectHeard(dish, (body) => radio.send(body, { group: 'group' }))
  })

  it('that is cut off leaves nothing behind, and the others are served', async () => {
    const publisher = open(new Publisher({ context, maxSubscriptions: 10 }))
    await publisher.bind('tcp://127.0.0.1:*')
    const subscriber = open(new Subscriber({ context }))
    subscriber.subscribe('news')
    subscriber.connect(publisher.lastEndpoint!)
    const isThere = subscriber.receive()
    let isFirst = false
    void isThere.then(() => (isFirst = true))
    while (!isFirst) {
      await publisher.send('news')
      await nextTurn()
    }
    for (let round = 0; round < 5; round++) {
      const peer = await peerOf('SUB', publisher)
      for (let n = 0; n <= 10; n++) await peer.write(command('SUBSCRIBE', `${round} ${n}`))
      await peer.closed
      expect(await next(publisher, 'disconnect')).toMatchObject(endedFor('TOO_MANY_SUBSCRIPTIONS'))
    }
    expect(publisher.topicsCount).toBe(1)
    await expectHeard(subscriber, (body) => publisher.send(`news: ${body}`))
  })

  it('that holds what it may takes no more memory than that, in the worst of ways', async () => {
    const publisher = open(new Publisher({ context, maxSubscriptions: 10_000 }))
    await publisher.bind('tcp://127.0.0.1:*')
    const before = heapBytes()
    const usedBefore = context.memory.usedBytes
    const peer = await peerOf('SUB', publisher)
    // Each parts from the others at a byte of its own, far apart: then the table at the parting is large.
    for (let n = 0; n < 10_000; n++) {
      const bits = Array.from({ length: 14 }, (_, bit) => ((n >> bit) & 1) * 255)
      await peer.write(command('SUBSCRIBE', Buffer.from(bits)))
    }
    await peer.write(command('SUBSCRIBE', 'all'), command('PING', '\0\0ping'))
    await peer.closed
    expect(await next(publisher, 'disconnect')).toMatchObject(endedFor('TOO_MANY_SUBSCRIPTIONS'))
    expect(context.memory.usedBytes - usedBefore).toBeLessThan(2 ** 20)
    expect(heapBytes() - before).toBeLessThan(2 ** 22)
    const held = await peerOf('SUB', publisher)
    for (let n = 0; n < 9_999; n++) {
      const bits = Array.from({ length: 14 }, (_, bit) => ((n >> bit) & 1) * 255)
      await held.write(command('SUBSCRIBE', Buffer.from(bits)))
    }
    await held.write(command('SUBSCRIBE', 'all'))
    await reaches(held, (body) => publisher.send(body))
    expect(publisher.topicsCount).toBe(10_000)
    expect(heapBytes() - before).toBeLessThan(10_000 * 5000)
  })

  it('that sends faster than its messages are read has to wait, and loses none of them', async () => {
    const publisher = open(new XPublisher({ context, maxSubscriptionBytes: 300_000 }))
    await publisher.bind('tcp://127.0.0.1:*')
    const peer = await peerOf('XSUB', publisher)
    const sizes = Array.from({ length: 300 }, (_, n) => (n % 7 === 0 ? 400_000 : 100_000 + n))
    const writing = (async () => {
      for (const [n, size] of sizes.entries()) await peer.write(message(Buffer.alloc(size, 2 + n)))
    })()
    for (const [n, size] of sizes.entries()) {
      const [frame] = await publisher.receive()
      expect([frame!.length, frame![0]]).toEqual([size, (2 + n) % 256])
    }
    await writing
  })

  it('to whom a PUB is to listen for no long frames sends none', async () => {
    const publisher = open(new Publisher({ context, maxSubscriptionBytes: 100_000 }))
    await publisher.bind('tcp://127.0.0.1:*')
    const long = await peerOf('SUB', publisher)
    await long.write(headerOf(0, 2 ** 30))
    await long.closed
    expect(await next(publisher, 'disconnect')).toMatchObject(endedFor('FRAME_TOO_LARGE'))
    const endless = await peerOf('SUB', publisher)
    for (let n = 0; n < 10; n++) {
      await endless.write(headerOf(1, 50_000), Buffer.alloc(50_000, 3))
    }
    await endless.closed
    expect(await next(publisher, 'disconnect')).toMatchObject(endedFor('MESSAGE_TOO_LARGE'))
  })
})

describe.each(places)('a peer, with I/O in $place,', ({ context }) => {
  async function bound(options: object = {}): Promise<Pull> {
    const pull = open(new Pull({ context, ...options }))
    await pull.bind('tcp://127.0.0.1:*')
    return pull
  }

  /** That a socket goes on as if nothing had happened. */
  async function expectService(pull: Pull): Promise<void> {
    const push = open(new Push({ context }))
    push.connect(pull.lastEndpoint!)
    await push.send('still here')
    for (;;) if (String((await pull.receive())[0]) === 'still here') break
  }

  it('may send 65,536 frames in a message, and no more', async () => {
    const pull = await bound()
    const peer = await peerOf('PUSH', pull)
    const part = headerOf(1, 0)
    await peer.write(...Array.from({ length: 65_535 }, () => part), message('last'))
    expect(await pull.receive()).toHaveLength(65_536)
    await peer.write(...Array.from({ length: 65_536 }, () => part), message('last'))
    await peer.closed
    expect(await next(pull, 'disconnect')).toMatchObject(endedFor('TOO_MANY_FRAMES'))
    await expectService(pull)
  })

  it('may say who it is in 64 KiB, and no more', async () => {
    const pull = await bound()
    const { events } = pull
    const rest = (bytes: number): Buffer => {
      const bare = ready('PUSH', property('X-long', '')).length - 2
      return ready('PUSH', property('X-long', Buffer.alloc(bytes - bare)))
    }
    const talkative = open(await SpeakingPeer.to(pull.lastEndpoint!))
    await talkative.write(greeting, rest(65_536))
    await next(pull, 'handshake')
    const longWinded = open(await SpeakingPeer.to(pull.lastEndpoint!))
    await longWinded.write(greeting, rest(65_537))
    await longWinded.closed
    expect(await events.receive()).toMatchObject({ type: 'accept' })
    expect(await events.receive()).toMatchObject({
      type: 'handshake:error:protocol',
      error: { cause: { code: 'FRAME_TOO_LARGE' } },
    })
    await expectService(pull)
  })

  const malformed: [string, Buffer][] = [
    ['a property without a name', property('', 'x')],
    ['a property that is cut off', property('X-a', 'value').subarray(0, -1)],
    ['a property that is longer than all', Buffer.from('\u0003X-a\u007f\u0000\u0000\u0000')],
    ['a property twice', Buffer.concat([property('X-a', '1'), property('X-a', '2')])],
  ]
  it.each(malformed)('that tells %s of itself is not let in', async (_, properties) => {
    const pull = await bound()
    const peer = open(await SpeakingPeer.to(pull.lastEndpoint!))
    await peer.write(greeting, ready('PUSH', properties))
    await peer.closed
    expect(await next(pull, 'handshake:error:protocol')).toMatchObject({
      error: { code: 'ERR_ZMTP_INVALID_METADATA' },
    })
    await expectService(pull)
  })

  it('may send commands of a mebibyte, and groups of 255 bytes, and no more', async () => {
    const publisher = open(new XPublisher({ context }))
    await publisher.bind('tcp://127.0.0.1:*')
    const peer = await peerOf('SUB', publisher)
    const name = '\u0009SUBSCRIBE'.length
    await peer.write(command('SUBSCRIBE', Buffer.alloc(2 ** 20 - name)))
    expect((await publisher.receive())[0]).toHaveLength(2 ** 20 - name + 1)
    await peer.write(command('SUBSCRIBE', Buffer.alloc(2 ** 20 - name + 1)))
    await peer.closed
    expect(await next(publisher, 'disconnect')).toMatchObject(endedFor('FRAME_TOO_LARGE'))
    const radio = open(new Radio({ context }))
    await radio.bind('tcp://127.0.0.1:*')
    const dish = await peerOf('DISH', radio)
    await dish.write(command('JOIN', 'g'.repeat(255)))
    await reaches(dish, (body) => radio.send(body, { group: 'g'.repeat(255) }))
    await dish.write(command('JOIN', 'g'.repeat(256)))
    await dish.closed
    expect(await next(radio, 'disconnect')).toMatchObject(endedFor('MALFORMED_COMMAND'))
  })

  it('that announces large frames and does not send them takes no memory', async () => {
    const pull = await bound()
    const before = process.memoryUsage.rss()
    for (let n = 0; n < 50; n++) {
      const peer = await peerOf('PUSH', pull)
      await peer.write(headerOf(0, 2 ** 31), Buffer.alloc(1000))
      await next(pull, 'handshake')
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 2 ** 20)
    await expectService(pull)
  })

  it('that sends more of one message than it may have altogether loses its connection', async () => {
    const pull = await bound({ maxMessageSize: 100_000, maxMultipartBytes: 1_000_000 })
    const peer = await peerOf('PUSH', pull)
    const part = [headerOf(1, 100_000), Buffer.alloc(100_000)]
    const last = [headerOf(0, 100_000), Buffer.alloc(100_000)]
    const tenth = Array.from({ length: 9 }, () => part).flat()
    await peer.write(...tenth, ...last)
    expect(await pull.receive()).toHaveLength(10)
    await peer.write(...tenth, ...part, headerOf(0, 1))
    await peer.closed
    expect(await next(pull, 'disconnect')).toMatchObject(endedFor('MESSAGE_TOO_LARGE'))
    await expectService(pull)
  })

  it('that asks for signs of life and does not read gets what it can be sent, and the last', async () => {
    const pull = await bound()
    const peer = await peerOf('PUSH', pull)
    const ping = command('PING', '\0\0sixteen bytes ..')
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => ping))
    for (let n = 0; n < 100; n++) await peer.write(many)
    await peer.write(command('PING', '\0\0the last one'), message('end'))
    expect(String(await pull.receive())).toBe('end')
    let answered = 0
    let tail = ''
    await new Promise<void>((resolve) => {
      peer.stream.on('data', (chunk: Buffer) => {
        answered += chunk.length
        tail = (tail + chunk.toString('latin1')).slice(-20)
        // Behind all that waited.
        if (tail.endsWith('the last one')) resolve()
      })
    })
    // What the systems on both sides hold on the way, and what waits for them here.
    expect(answered).toBeLessThan(16 * 2 ** 20)
    expect(100 * many.length).toBeGreaterThan(20 * 2 ** 20)
    await expectService(pull)
    // A million signs of life take half a minute where eight threads want each core.
  }, 180_000)
})
