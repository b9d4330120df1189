import { afterEach, describe, expect, it } from 'vitest'
import { context } from '../../context/default.ts'
import { Publisher, Subscriber, XPublisher } from '../publishingSockets.ts'
import { engage } from '../socket.ts'
import type { Socket } from '../sockets.ts'

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://publisher-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)
const numbers = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at))

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

/** All that is there, as the first frames. */
function heads(subscriber: Subscriber): string[] {
  const received: string[] = []
  while (subscriber.readable) received.push(String(subscriber.receiveSync(atOnce)[0]))
  return received
}

function subscribed(
  prefixes: readonly string[],
  options: ConstructorParameters<typeof Publisher>[0] = {},
): { publisher: Publisher; subscriber: Subscriber } {
  const name = endpoint()
  const publisher = open(new Publisher(options))
  publisher.bindSync(name)
  const subscriber = open(new Subscriber())
  if (prefixes.length > 0) subscriber.subscribe(...prefixes)
  subscriber.connect(name)
  return { publisher, subscriber }
}

describe('PUB and SUB', () => {
  it('deliver what begins with a prefix, however it is sent', () => {
    const { publisher, subscriber } = subscribed(['a', 'é'])
    publisher.sendSync('a1')
    publisher.sendSync('b')
    publisher.sendSync('é2')
    publisher.sendSync(Buffer.from('a3'))
    publisher.sendSync(['a4', 'b'])
    publisher.sendSync(['b', 'a'])
    publisher.sendSync([])
    publisher.sendManySync(['b', 'a5', Buffer.from('b'), Buffer.from('a6'), ['a7', ''], 'è', 'é8'])
    expect(heads(subscriber)).toEqual(['a1', 'é2', 'a3', 'a4', 'a5', 'a6', 'a7', 'é8'])
  })

  it('take all messages for an argument that is missing', () => {
    const { publisher, subscriber } = subscribed([])
    publisher.sendSync('1')
    subscriber.subscribe()
    publisher.sendSync('2')
    expect(heads(subscriber)).toEqual(['2'])
    subscriber.unsubscribe()
    publisher.sendSync('3')
    expect(heads(subscriber)).toEqual([])
  })

  it('receive one by one, in batches, and borrowed, only what they want', () => {
    const { publisher, subscriber } = subscribed(['a', 'b'])
    const large = Buffer.alloc(20_000, 'a')
    const unwanted = Buffer.alloc(20_000, 'b')
    for (const message of ['b', 'a1', 'b', 'a2', 'a3', unwanted, large]) publisher.sendSync(message)
    subscriber.unsubscribe('b')
    expect(texts(subscriber.receiveSync(atOnce))).toEqual(['a1'])
    expect(subscriber.readable).toBe(true)
    expect(subscriber.receiveManySync({ timeout: 0, max: 2 }).map(texts)).toEqual([['a2'], ['a3']])
    const { usedBytes } = context.memory
    const [frame] = subscriber.receiveSharedSync(atOnce)
    expect(frame!.data.equals(large)).toBe(true)
    frame!.release()
    expect(context.memory.usedBytes).toBeLessThan(usedBytes - 40_000)
    expect(subscriber.readable).toBe(false)
    expect(() => subscriber.receiveSharedSync(atOnce)).toThrow('timed out')
    expect(() => subscriber.receiveManySync(atOnce)).toThrow('timed out')
  })

  it('borrow the message that was found by a look at `readable`', () => {
    const { publisher, subscriber } = subscribed([''])
    publisher.sendSync('1')
    publisher.sendSync('2')
    expect(subscriber.readable).toBe(true)
    expect(subscriber.receiveSharedSync(atOnce).map((frame) => String(frame.data))).toEqual(['1'])
    expect(texts(subscriber.receiveSync(atOnce))).toEqual(['2'])
  })

  it('wake a waiting receive only with what it wants', async () => {
    const { publisher, subscriber } = subscribed(['a', 'b'])
    const receiving = subscriber.receive()
    publisher.sendSync('b')
    subscriber.unsubscribe('b')
    publisher.sendSync('a')
    expect(texts(await receiving)).toEqual(['a'])
  })

  it('know how many topics there are', () => {
    const { publisher, subscriber } = subscribed(['a', 'b'])
    const other = open(new Subscriber())
    other.subscribe('b', 'b', 'c')
    other.connect(publisher.lastEndpoint!)
    expect([publisher, subscriber, other].map((socket) => socket.topicsCount)).toEqual([3, 2, 2])
    other.unsubscribe('b', 'x')
    expect([publisher.topicsCount, other.topicsCount]).toEqual([3, 2])
    other.close()
    expect(publisher.topicsCount).toBe(2)
  })

  it('never lose a subscription to a high-water mark', () => {
    const name = endpoint()
    const subscriber = open(new Subscriber({ receiveHighWaterMark: 1 }))
    subscriber.connect(name)
    subscriber.subscribe(...numbers(5000).map((number) => `${number}.`))
    const publisher = open(new Publisher({ sendHighWaterMark: 1 }))
    publisher.bindSync(name)
    expect(publisher.topicsCount).toBe(5000)
    subscriber.unsubscribe(...numbers(4999).map((number) => `${number}.`))
    publisher.sendSync('17.')
    publisher.sendSync('4999.')
    expect(heads(subscriber)).toEqual(['4999.'])
  })

  it('meet again later: subscriptions made, doubled and cancelled before the bind count', () => {
    const name = endpoint()
    const subscriber = open(new Subscriber())
    subscriber.connect(name)
    subscriber.subscribe('a', 'b', 'b', 'c')
    subscriber.unsubscribe('b', 'c')
    const publisher = open(new Publisher())
    publisher.bindSync(name)
    for (const text of ['a', 'b', 'c']) publisher.sendSync(text)
    expect(heads(subscriber)).toEqual(['a', 'b'])
  })

  it('subscribe once the peer is there with `immediate`', () => {
    const name = endpoint()
    const publisher = open(new Publisher({ immediate: true }))
    publisher.connect(name)
    const subscriber = open(new Subscriber())
    subscriber.subscribe('a')
    subscriber.bindSync(name)
    publisher.sendSync('a')
    publisher.sendSync('b')
    expect(heads(subscriber)).toEqual(['a'])
  })

  it('refuse what is no prefix, and everything once closed', () => {
    const { subscriber } = subscribed([])
    expect(() => subscriber.subscribe(1 as never)).toThrow(TypeError)
    subscriber.close()
    expect(() => subscriber.subscribe('a')).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }))
    expect(() => subscriber.unsubscribe('a')).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }))
  })

  it('do not go the other way', async () => {
    const { publisher, subscriber } = subscribed([''])
    const notSupported = { code: 'ENOTSUP' }
    expect([publisher.readable, publisher.writable]).toEqual([false, true])
    expect([subscriber.readable, subscriber.writable]).toEqual([false, false])
    const reversed = publisher as unknown as Subscriber
    await expect(reversed.receive()).rejects.toMatchObject(notSupported)
    await expect((subscriber as unknown as Publisher).send('x')).rejects.toMatchObject(notSupported)
  })

  it('send what matches nothing to nobody but those who turned it around', () => {
    const name = endpoint()
    const publisher = open(new Publisher({ invertMatching: true }))
    publisher.sendSync('nobody is there')
    publisher.bindSync(name)
    const inverted = open(new Subscriber({ invertMatching: true }))
    const straight = open(new Subscriber())
    for (const subscriber of [inverted, straight]) {
      subscriber.subscribe('a')
      subscriber.connect(name)
    }
    publisher.sendManySync(['a', 'b', Buffer.from('c')])
    expect(heads(inverted)).toEqual(['b', 'c'])
    expect(heads(straight)).toEqual([])
  })

  it('let timers run while nobody wants anything', async () => {
    const { publisher } = subscribed(['b'])
    let fired = false
    setTimeout(() => (fired = true), 1)
    while (!fired) await publisher.send('a')
    expect(publisher.writable).toBe(true)
  })
})

describe('PUB at the high-water mark', () => {
  function full(options: ConstructorParameters<typeof Publisher>[0] = {}) {
    const name = endpoint()
    const publisher = open(new Publisher({ sendHighWaterMark: 2, ...options }))
    publisher.bindSync(name)
    const [slow, quick] = [4, 1000].map((receiveHighWaterMark) => {
      const subscriber = open(new Subscriber({ receiveHighWaterMark }))
      subscriber.subscribe('')
      subscriber.connect(name)
      return subscriber
    }) as [Subscriber, Subscriber]
    return { publisher, slow, quick }
  }

  it('drops for the full peer alone, until that one has read half', () => {
    const { publisher, slow, quick } = full()
    for (const number of numbers(8)) publisher.sendSync(number)
    for (const number of numbers(2)) expect(texts(slow.receiveSync(atOnce))).toEqual([number])
    publisher.sendSync('too early')
    slow.receiveSync(atOnce)
    publisher.sendSync('in time')
    expect(heads(slow)).toEqual(['3', '4', '5', 'in time'])
    expect(heads(quick)).toEqual([...numbers(8), 'too early', 'in time'])
  })

  it('says EAGAIN with `noDrop`, and sends to nobody', async () => {
    const { publisher, slow, quick } = full({ noDrop: true, sendTimeout: 0 })
    for (const number of numbers(6)) publisher.sendSync(number)
    const again = { code: 'EAGAIN' }
    await expect(publisher.send('7th')).rejects.toMatchObject(again)
    expect(() => publisher.sendSync('7th', { timeout: 5 })).toThrow(expect.objectContaining(again))
    expect(() => publisher.sendManySync(['7th', '8th'])).toThrow(expect.objectContaining(again))
    expect(heads(quick)).toEqual(numbers(6))
    expect(heads(slow)).toEqual(numbers(6))
    publisher.sendSync('7th')
    expect([heads(quick), heads(slow)]).toEqual([['7th'], ['7th']])
  })

  it('sends with `noDrop` as soon as there is room', async () => {
    const { publisher, slow, quick } = full({ noDrop: true })
    const sending = publisher.sendMany(numbers(20))
    const received: string[] = []
    while (received.length < 20) received.push(...texts(await slow.receive()))
    await sending
    expect(received).toEqual(numbers(20))
    expect(heads(quick)).toEqual(numbers(20))
  })

  it('does not wait with `noDrop` for a peer that leaves', async () => {
    const { publisher, slow, quick } = full({ noDrop: true })
    const sending = publisher.sendMany(numbers(20))
    slow.close()
    await sending
    expect(heads(quick)).toEqual(numbers(20))
  })

  it('counts peers that were full as well when `noDrop` is switched on', () => {
    const { publisher, slow } = full()
    for (const number of numbers(7)) publisher.sendSync(number)
    for (let count = 0; count < 2; count++) slow.receiveSync(atOnce)
    publisher.noDrop = true
    expect(() => publisher.sendSync('still full', atOnce)).toThrow('timed out')
    slow.receiveSync(atOnce)
    for (const text of ['a', 'b', 'c']) publisher.sendSync(text, atOnce)
    expect(() => publisher.sendSync('full again', atOnce)).toThrow('timed out')
    expect(heads(slow)).toEqual(['3', '4', '5', 'a', 'b', 'c'])
  })
})

describe('PUB with batches for those that want everything', () => {
  const frames = (count: number): Buffer[] => numbers(count).map((number) => Buffer.from(number))

  function toAll(
    highWaterMarks: readonly number[],
    options: ConstructorParameters<typeof Publisher>[0] = {},
  ): { publisher: Publisher; subscribers: Subscriber[] } {
    const name = endpoint()
    const publisher = open(new Publisher({ sendHighWaterMark: 1, ...options }))
    publisher.bindSync(name)
    const subscribers = highWaterMarks.map((mark) => {
      const subscriber = open(new Subscriber({ receiveHighWaterMark: mark - 1 }))
      subscriber.subscribe('')
      subscriber.connect(name)
      return subscriber
    })
    return { publisher, subscribers }
  }

  it('gives all of them each message in its place, whatever lies between', () => {
    const { publisher, subscribers } = toAll([100, 100, 100])
    const large = Buffer.alloc(20_000, 'l')
    publisher.sendManySync([...frames(3), 'text', large, ['of', 'two'], ...frames(2)])
    for (const subscriber of subscribers) {
      const all = ['0', '1', '2', 'text', String(large), 'of', '0', '1']
      expect(heads(subscriber)).toEqual(all)
    }
  })

  it('gives it to nobody while nobody is there, and to none but those who asked', () => {
    const { publisher, subscribers } = toAll([100, 100])
    subscribers[0]!.unsubscribe('')
    publisher.sendManySync(frames(3))
    expect(subscribers.map(heads)).toEqual([[], numbers(3)])
    subscribers[0]!.subscribe('2')
    publisher.sendManySync(frames(4))
    expect(subscribers.map(heads)).toEqual([['2'], numbers(4)])
    for (const subscriber of subscribers) subscriber.close()
    publisher.sendManySync(frames(3))
  })

  it('drops for each what goes beyond its own high-water mark', () => {
    const { publisher, subscribers } = toAll([6, 100, 10])
    publisher.sendManySync(frames(20))
    expect(subscribers.map(heads)).toEqual([numbers(6), numbers(20), numbers(10)])
    publisher.sendManySync(frames(3))
    expect(subscribers.map(heads)).toEqual([numbers(3), numbers(3), numbers(3)])
  })

  it('keeps the last for those that conflate', () => {
    const { publisher, subscribers } = toAll([100])
    const latest = open(new Subscriber({ conflate: true }))
    latest.subscribe('')
    latest.connect(publisher.lastEndpoint!)
    publisher.sendManySync(frames(20))
    expect([heads(latest), heads(subscribers[0]!)]).toEqual([['19'], numbers(20)])
  })

  it('waits with `noDrop` for the slowest, and says how far it came', async () => {
    const { publisher, subscribers } = toAll([6, 100, 40], { noDrop: true })
    const batch = frames(20)
    expect(() => publisher.sendManySync(batch, atOnce)).toThrow(
      expect.objectContaining({ code: 'EAGAIN', sent: 6 }),
    )
    expect(subscribers.map(heads)).toEqual([numbers(6), numbers(6), numbers(6)])
    const sending = publisher.sendMany(batch)
    const received: string[] = []
    while (received.length < 20) received.push(...texts(await subscribers[0]!.receive()))
    await sending
    const all = [received, ...subscribers.slice(1).map(heads)]
    expect(all).toEqual([numbers(20), numbers(20), numbers(20)])
  })

  it('looks with `noDrop` at no more messages than there is room for', () => {
    const { publisher } = toAll([6, 100], { noDrop: true })
    let looks = 0
    const watched = new Proxy(frames(1000), {
      get: (target, key) => {
        looks++
        return Reflect.get(target, key) as unknown
      },
    })
    const { pattern } = publisher[engage](() => undefined)
    expect(pattern.sendMany!(watched, 0)).toBe(6)
    expect(looks).toBeLessThan(100)
  })

  it('does not wait with `noDrop` for one that leaves', async () => {
    const { publisher, subscribers } = toAll([6, 100], { noDrop: true })
    const sending = publisher.sendMany(frames(20))
    subscribers[0]!.close()
    await sending
    expect(heads(subscribers[1]!)).toEqual(numbers(20))
  })

  it('sends the others what does not begin so when matching is turned around', () => {
    const { publisher, subscribers } = toAll([100], { invertMatching: true })
    publisher.sendManySync(frames(3))
    expect(heads(subscribers[0]!)).toEqual([])
  })
})

describe('PUB with shared frames', () => {
  const size = 100_000

  function sharedFrame(text: string) {
    const frame = context.allocate(size)
    frame.data.fill(text)
    return frame
  }

  it('hands one over to a single subscriber, and copies it for several', () => {
    const before = context.memory.usedBytes
    const { publisher, subscriber } = subscribed(['a'])
    publisher.sendSync(sharedFrame('a1'))
    const other = open(new Subscriber())
    other.subscribe('a')
    other.connect(publisher.lastEndpoint!)
    const frame = sharedFrame('a2')
    publisher.sendSync(['a', frame])
    expect(() => frame.data).toThrow('released or sent')
    expect(subscriber.receiveSync(atOnce)[0]!.subarray(0, 4).toString()).toBe('a1a1')
    for (const each of [subscriber, other]) {
      const [head, body] = each.receiveSync(atOnce)
      expect([String(head), body!.length, String(body!.subarray(0, 2))]).toEqual(['a', size, 'a2'])
    }
    for (const socket of [publisher, subscriber, other]) socket.close()
    expect(context.memory.usedBytes).toBe(before)
  })

  it('gives back what nobody wants, and what a full subscriber does not get', () => {
    const { publisher, subscriber } = subscribed(['a'], { sendHighWaterMark: 1 })
    for (const number of numbers(1001)) publisher.sendSync(`a${number}`)
    const before = context.memory.usedBytes
    publisher.sendSync(sharedFrame('b'))
    publisher.sendSync(['b', sharedFrame('a')])
    publisher.sendSync(sharedFrame('a'))
    expect(context.memory.usedBytes).toBe(before)
    expect(heads(subscriber)).toHaveLength(1001)
  })

  it('keeps what it could not send', () => {
    const { publisher, subscriber } = subscribed([''], { noDrop: true, sendHighWaterMark: 1 })
    subscriber.receiveHighWaterMark = 1
    publisher.sendManySync(['1', '2'])
    const frame = sharedFrame('c')
    expect(() => publisher.sendSync(frame, atOnce)).toThrow('timed out')
    expect(frame.data).toHaveLength(size)
    frame.release()
  })
})

describe('SUB with `conflate`', () => {
  it('loses no subscription, and no publisher fails for its sake', () => {
    const name = endpoint()
    const publisher = open(new XPublisher())
    publisher.bindSync(name)
    const latest = open(new Subscriber({ conflate: true }))
    const every = open(new Subscriber())
    for (const subscriber of [latest, every]) {
      subscriber.connect(name)
      subscriber.subscribe('a', 'b', 'c')
      subscriber.unsubscribe('b')
    }
    publisher.sendManySync(['a1', 'b1', 'c1', ['c', 'of two'], 'c2', ['a', 'of two']])
    expect(heads(latest)).toEqual(['c2'])
    expect(heads(every)).toEqual(['a1', 'c1', 'c', 'c2', 'a'])
  })

  it('also where it connects first or the publisher conflates', () => {
    const name = endpoint()
    const subscriber = open(new Subscriber({ conflate: true }))
    subscriber.subscribe('a', 'b')
    subscriber.connect(name)
    const publisher = open(new Publisher({ conflate: true }))
    publisher.bindSync(name)
    const bound = open(new Subscriber())
    bound.subscribe('a', 'b')
    bound.bindSync(`${name}-2`)
    publisher.connect(`${name}-2`)
    // First the one that is bound sees the other, then the other its subscriptions.
    expect([bound.readable, publisher.writable]).toEqual([false, true])
    publisher.sendManySync(['a', 'b', 'c'])
    expect([heads(subscriber), heads(bound)]).toEqual([['b'], ['b']])
    expect(() => publisher.sendSync(['a', 'of two'])).toThrow('Invalid argument')
  })
})
