import { afterEach, describe, expect, it } from 'vitest'
import { context } from '../../context/default.ts'
import { Publisher, Subscriber, XPublisher, XSubscriber } from '../publishingSockets.ts'
import type { Socket } from '../sockets.ts'

/** ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE. */
const SUBSCRIBE = 6
const UNSUBSCRIBE = 7
/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://xpublisher-${++lastEndpoint}`
const wanted = (topic: string): string => `\u0001${topic}`
const unwanted = (topic: string): string => `\u0000${topic}`

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

type Receiving = Pick<XPublisher, 'readable' | 'receiveSync'>

/** All that is there, one text for each message, its frames joined. */
function received(socket: Receiving): string[] {
  const all: string[] = []
  while (socket.readable) all.push(socket.receiveSync(atOnce).map(String).join(' | '))
  return all
}

function bound(options: ConstructorParameters<typeof XPublisher>[0] = {}): XPublisher {
  const publisher = open(new XPublisher(options))
  publisher.bindSync(endpoint())
  return publisher
}

function connected(publisher: XPublisher, ...topics: string[]): Subscriber {
  const subscriber = open(new Subscriber())
  subscriber.connect(publisher.lastEndpoint!)
  if (topics.length > 0) subscriber.subscribe(...topics)
  return subscriber
}

function connectedX(
  publisher: XPublisher,
  options: ConstructorParameters<typeof XSubscriber>[0] = {},
): XSubscriber {
  const subscriber = open(new XSubscriber(options))
  subscriber.connect(publisher.lastEndpoint!)
  return subscriber
}

/** What the reader says of a subscription: the accessors are there for subclasses. */
function confirm(publisher: XPublisher, option: number, topic: string): void {
  const accessors = publisher as unknown as { setStringOption(id: number, value: string): void }
  accessors.setStringOption(option, topic)
}

describe('XPUB', () => {
  it('hears of topics that are new or gone, each once', () => {
    const publisher = bound()
    const [first, second] = [connected(publisher, 'a', 'a', 'b'), connected(publisher, 'a', 'c')]
    expect(received(publisher)).toEqual([wanted('a'), wanted('b'), wanted('c')])
    first.unsubscribe('a', 'a', 'b')
    expect(received(publisher)).toEqual([unwanted('b')])
    second.close()
    expect(received(publisher)).toEqual([unwanted('a'), unwanted('c')])
    expect(publisher.topicsCount).toBe(0)
  })

  it('hears what its `verbosity` says', () => {
    const publisher = bound({ verbosity: 'allSubs' })
    const [first, second] = [connected(publisher, 'a', 'a'), connected(publisher, 'a')]
    expect(received(publisher)).toEqual([wanted('a'), wanted('a'), wanted('a')])
    first.unsubscribe('a', 'a')
    expect(received(publisher)).toEqual([])
    publisher.verbosity = 'allSubsUnsubs'
    first.subscribe('a')
    first.unsubscribe('a')
    expect(received(publisher)).toEqual([wanted('a'), unwanted('a')])
    first.subscribe('a')
    first.close()
    expect(received(publisher)).toEqual([wanted('a'), unwanted('a')])
    publisher.verbosity = null
    second.subscribe('a')
    second.close()
    expect(received(publisher)).toEqual([unwanted('a')])
  })

  it('wakes a receive that waits', async () => {
    const publisher = bound()
    const receiving = publisher.receive()
    const subscriber = connected(publisher, 'a')
    expect(String(await receiving)).toBe(wanted('a'))
    const batch = publisher.receiveMany()
    subscriber.subscribe('b')
    expect((await batch).map(String)).toEqual([wanted('b')])
    expect(() => publisher.receiveSync(atOnce)).toThrow('timed out')
  })

  it('receives what is neither a subscription nor a cancellation as it is', () => {
    const publisher = bound()
    const subscriber = connectedX(publisher)
    for (const message of ['words', '', [wanted('a')], ['two', 'frames'], '\u0002x']) {
      subscriber.sendSync(message)
    }
    expect(received(publisher)).toEqual(['words', '', wanted('a'), 'two | frames', '\u0002x'])
  })

  it('reads subscriptions wherever they are in a message, but leaves PUB the rest', () => {
    const publisher = bound()
    const subscriber = connectedX(publisher)
    subscriber.sendSync([wanted('a'), 'x', wanted('b'), 'y', wanted('a'), 'z'])
    expect(received(publisher)).toEqual([wanted('a'), `x | ${wanted('b')}`, 'y | z'])
    expect(publisher.topicsCount).toBe(2)
    const plain = open(new Publisher())
    plain.bindSync(endpoint())
    subscriber.connect(plain.lastEndpoint!)
    subscriber.sendSync(['x', wanted('c'), unwanted('a')])
    expect(plain.topicsCount).toBe(3)
  })

  it('with `onlyFirstSubscribe` takes what follows another frame for words', () => {
    const publisher = bound({ onlyFirstSubscribe: true })
    const subscriber = connectedX(publisher, { onlyFirstSubscribe: true })
    subscriber.sendSync(['x', wanted('a')])
    subscriber.sendSync([wanted('b'), wanted('c')])
    expect(received(publisher)).toEqual([`x | ${wanted('a')}`, wanted('b'), wanted('c')])
    expect([publisher.topicsCount, subscriber.topicsCount]).toEqual([2, 2])
  })

  it('greets new subscribers, also those it has connected to itself', () => {
    const publisher = bound({ welcomeMessage: 'hello' })
    const subscribers = [connected(publisher, 'h'), connected(publisher), open(new Subscriber())]
    subscribers[2]!.subscribe()
    const name = endpoint()
    publisher.connect(name)
    subscribers[2]!.bindSync(name)
    void publisher.writable
    expect(subscribers.map(received)).toEqual([['hello'], [], ['hello']])
  })

  it('waits with `noDrop` for a subscriber at its high-water mark', async () => {
    const publisher = bound({ noDrop: true, sendHighWaterMark: 1 })
    const subscriber = open(new Subscriber({ receiveHighWaterMark: 1 }))
    subscriber.connect(publisher.lastEndpoint!)
    subscriber.subscribe()
    const sending = publisher.sendMany(['1', '2', '3', '4', '5'])
    const all: string[] = []
    while (all.length < 5) all.push(String(await subscriber.receive()))
    await sending
    expect(all).toEqual(['1', '2', '3', '4', '5'])
  })
})

describe('XPUB with `manual`', () => {
  it('subscribes its peers to what it says, whatever they asked for', () => {
    const publisher = bound({ manual: true })
    const [first, second] = [connectedX(publisher), connectedX(publisher)]
    first.sendSync(wanted('a'))
    second.sendSync(wanted('a'))
    publisher.receiveSync(atOnce)
    confirm(publisher, SUBSCRIBE, 'x')
    publisher.receiveSync(atOnce)
    confirm(publisher, SUBSCRIBE, 'y')
    confirm(publisher, SUBSCRIBE, '')
    confirm(publisher, UNSUBSCRIBE, '')
    publisher.sendManySync(['a', 'x', 'y'])
    expect([received(first), received(second)]).toEqual([['x'], ['y']])
    expect(publisher.topicsCount).toBe(2)
  })

  it('lets a SUB receive only what it has asked for itself', () => {
    const publisher = bound({ manual: true })
    const subscriber = connected(publisher, 'a')
    publisher.receiveSync(atOnce)
    confirm(publisher, SUBSCRIBE, '')
    publisher.sendManySync(['a', 'b', Buffer.from('aa')])
    expect(received(subscriber)).toEqual(['a', 'aa'])
  })

  it('is told everything, also that a subscriber left, and forgets that one', () => {
    const publisher = bound({ manual: true })
    const [first, second] = [connectedX(publisher), connectedX(publisher)]
    for (const subscriber of [first, second]) subscriber.sendSync(wanted('a'))
    first.sendSync('words')
    expect(received(publisher)).toEqual([wanted('a'), wanted('a'), 'words'])
    confirm(publisher, SUBSCRIBE, 'b')
    second.close()
    expect(received(publisher)).toEqual([unwanted('a')])
    confirm(publisher, SUBSCRIBE, 'c')
    expect(publisher.topicsCount).toBe(0)
  })

  it('knows nobody when the subscriber has left before its message was read', () => {
    const publisher = bound({ manual: true })
    const subscriber = connectedX(publisher)
    subscriber.sendSync(wanted('a'))
    void publisher.readable
    subscriber.close()
    void publisher.readable
    expect(String(publisher.receiveSync(atOnce))).toBe(wanted('a'))
    confirm(publisher, SUBSCRIBE, 'a')
    expect(publisher.topicsCount).toBe(0)
  })

  it('is the only one to take topics by option', () => {
    const invalid = expect.objectContaining({ code: 'EINVAL' })
    expect(() => confirm(bound(), SUBSCRIBE, 'a')).toThrow(invalid)
    expect(() => confirm(bound(), UNSUBSCRIBE, 'a')).toThrow(invalid)
    expect(() => confirm(bound({ manual: true }), SUBSCRIBE, 'a')).not.toThrow()
  })

  it('sends the last value to the newcomer alone, whether it is text or bytes', () => {
    const publisher = bound({ manualLastValue: true })
    const first = connected(publisher, 'a')
    publisher.receiveSync(atOnce)
    confirm(publisher, SUBSCRIBE, 'a')
    publisher.sendManySync(['a1', Buffer.from('a2')])
    const second = connected(publisher, 'a')
    publisher.receiveSync(atOnce)
    confirm(publisher, SUBSCRIBE, 'a')
    publisher.sendSync('b is for nobody, and the chance is gone')
    publisher.sendSync('a3')
    expect([received(first), received(second)]).toEqual([['a1', 'a2', 'a3'], ['a3']])
    second.subscribe('a')
    publisher.receiveSync(atOnce)
    publisher.sendSync(Buffer.from('a4'))
    expect([received(first), received(second)]).toEqual([[], ['a4']])
  })

  it('sends the last value so from a batch, too, where all want everything', () => {
    const publisher = bound({ manualLastValue: true })
    const [first, second] = ['', ''].map((topic) => {
      const subscriber = connected(publisher, topic)
      publisher.receiveSync(atOnce)
      confirm(publisher, SUBSCRIBE, topic)
      return subscriber
    })
    publisher.sendManySync([Buffer.from('1'), Buffer.from('2'), Buffer.from('3')])
    expect([received(first!), received(second!)]).toEqual([
      ['2', '3'],
      ['1', '2', '3'],
    ])
  })
})

describe('XSUB', () => {
  it('counts its topics, passes repetitions on, and cancels at the last', () => {
    const publisher = bound({ verbosity: 'allSubsUnsubs' })
    const subscriber = connectedX(publisher)
    const both = [wanted('a'), wanted('a'), unwanted('a'), unwanted('a'), unwanted('a')]
    for (const message of both) subscriber.sendSync(message)
    expect(received(publisher)).toEqual([wanted('a'), wanted('a'), unwanted('a')])
    subscriber.verboseUnsubscribe = true
    subscriber.sendSync(unwanted('a'))
    expect(received(publisher)).toEqual([unwanted('a')])
  })

  it('leaves a cancellation out of a longer message that publishers need not hear', () => {
    const publisher = bound()
    const subscriber = connectedX(publisher)
    subscriber.sendSync(['x', unwanted('a'), 'y'])
    subscriber.sendSync([unwanted('a'), unwanted('b')])
    expect(received(publisher)).toEqual(['x | y'])
  })

  it('subscribes at every publisher, and again at those that come later', () => {
    const [first, second] = [bound(), bound()]
    const subscriber = connectedX(first)
    subscriber.sendManySync([wanted('a'), wanted('b'), unwanted('b'), wanted('')])
    subscriber.connect(second.lastEndpoint!)
    expect(received(second)).toEqual([wanted(''), wanted('a')])
    subscriber.sendSync(wanted('c'))
    expect(received(first).at(-1)).toBe(wanted('c'))
    expect(received(second)).toEqual([wanted('c')])
    expect(subscriber.topicsCount).toBe(3)
  })

  it('drops words, not subscriptions, for a publisher at its high-water mark', () => {
    const publisher = bound({ receiveHighWaterMark: 1 })
    const subscriber = connectedX(publisher, { sendHighWaterMark: 1 })
    const messages = ['1', '2', '3', wanted('a'), '4', wanted('b')]
    subscriber.sendManySync(messages)
    expect(subscriber.writable).toBe(true)
    expect(received(publisher)).toEqual(['1', '2', wanted('a'), wanted('b')])
    subscriber.sendSync('5')
    expect(received(publisher)).toEqual(['5'])
  })

  it('does not filter what it receives, and takes turns between publishers', async () => {
    const publishers = [bound({ manual: true }), bound({ manual: true })]
    const subscriber = connectedX(publishers[0]!)
    subscriber.connect(publishers[1]!.lastEndpoint!)
    subscriber.sendSync(wanted('a'))
    for (const publisher of publishers) {
      publisher.receiveSync(atOnce)
      confirm(publisher, SUBSCRIBE, '')
      publisher.sendManySync(['1', '2'])
    }
    expect(received(subscriber)).toEqual(['1', '1', '2', '2'])
    publishers[0]!.sendSync(Buffer.alloc(10_000, '3'))
    const [frame] = subscriber.receiveSharedSync(atOnce)
    expect(frame!.length).toBe(10_000)
    frame!.release()
    publishers[0]!.sendManySync(['4', '5'])
    const batch = subscriber.receiveManySharedSync(atOnce)
    expect([...batch].map(String)).toEqual(['4', '5'])
    batch.release()
    const receiving = subscriber.receive()
    publishers[1]!.sendSync('6')
    expect(String(await receiving)).toBe('6')
  })

  it('gives shared memory back that it has sent, whoever got it', () => {
    const before = context.memory.usedBytes
    const publisher = bound()
    const subscriber = connectedX(publisher)
    const frame = (text: string) => {
      const shared = context.allocate(20_000)
      shared.data.fill(0)
      shared.data.write(text, 'latin1')
      return shared
    }
    subscriber.sendSync(frame(wanted('a')))
    subscriber.sendSync(frame('words'))
    subscriber.sendSync(['words', frame(unwanted('b'))])
    subscriber.sendSync(frame(unwanted('b')))
    expect(received(publisher).map((text) => text.length)).toEqual([20_000, 20_000, 5])
    subscriber.close()
    publisher.close()
    expect(context.memory.usedBytes).toBe(before)
  })
})

describe('what waits to be received by an XPUB', () => {
  /** So that some thousands of them are 64 MiB. */
  const TOPIC_BYTES = 10_000
  const COUNT = 8000
  const topic = (n: number, prefix = ''): string => `${prefix}${n}`.padEnd(TOPIC_BYTES, '.')

  function subscribed(publisher: XPublisher, count: number, prefix: string): Subscriber {
    const subscriber = open(new Subscriber())
    subscriber.connect(publisher.lastEndpoint!)
    for (let n = 0; n < count; n++) subscriber.subscribe(topic(n, prefix))
    return subscriber
  }

  it('is bounded: more is not read until it is received, and then all of it', () => {
    const publisher = bound()
    const subscriber = subscribed(publisher, COUNT, '')
    const taken = publisher.topicsCount
    // Each counts a little more than its bytes.
    expect(taken).toBeGreaterThan(COUNT * 0.75)
    expect(taken).toBeLessThan(2 ** 26 / TOPIC_BYTES)
    publisher.sendSync(topic(taken - 1))
    expect(String(subscriber.receiveSync(atOnce)[0])).toBe(topic(taken - 1))
    const all = received(publisher)
    expect(all).toEqual(Array.from({ length: COUNT }, (_, n) => wanted(topic(n))))
    expect(publisher.topicsCount).toBe(COUNT)
  })

  it('is not read of a subscriber that is gone', () => {
    const publisher = bound()
    const first = subscribed(publisher, COUNT, '')
    const taken = publisher.topicsCount
    const used = context.memory.usedBytes
    for (let round = 0; round < 3; round++) {
      const second = subscribed(publisher, 100, 'second ')
      expect(publisher.topicsCount).toBe(taken)
      second.close()
      expect(publisher.topicsCount).toBe(taken)
    }
    expect(context.memory.usedBytes).toBe(used)
    first.close()
    expect(publisher.topicsCount).toBe(0)
    const expected = [wanted, unwanted].flatMap((told) =>
      Array.from({ length: taken }, (_, n) => told(topic(n))),
    )
    expect(received(publisher)).toEqual(expected)
  })
})
