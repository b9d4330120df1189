import { describe, expect, it } from 'vitest'
import { heads, numbers, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Stage } from '../support/suiteStage.ts'
import type { FarSocket, Subject } from '../support/suiteSubject.ts'
import type { Publisher } from '../support/suiteApi.ts'

/** RFC 29/PUBSUB: everybody gets what they asked for, and nobody waits for anybody. */
export function describePublishSubscribe(subject: Subject): void {
  describe('PUB and SUB', () => {
    const stage = useStage(subject)

    it('delivers what begins with a subscribed prefix', async () => {
      const [publisher, subscriber] = await subscribed(stage, ['10001'])
      await publisher.send('10002 cold')
      await publisher.send('10001 warm')
      await publisher.send('100010 hot')
      await publisher.send('1000')
      await publisher.send('10001')
      expect(heads(await subscriber.take(3))).toEqual(['10001 warm', '100010 hot', '10001'])
    })

    it('delivers nothing without a subscription', async () => {
      const [publisher, subscriber] = await subscribed(stage, [])
      await publisher.send('before')
      await subscriber.subscribe('after')
      await stage.hears(publisher, subscriber)
      await publisher.send('after')
      expect(texts(await subscriber.receive())).toEqual(['after'])
    })

    it('delivers everything to a subscription to the empty prefix', async () => {
      const [publisher, subscriber] = await subscribed(stage, [''])
      await publisher.send('A')
      await publisher.send('')
      await publisher.send(['B', 'C'])
      expect((await subscriber.take(3)).map(texts)).toEqual([['A'], [''], ['B', 'C']])
    })

    it('adds subscriptions together, and delivers once what several of them match', async () => {
      const [publisher, subscriber] = await subscribed(stage, ['A', 'AB', 'B'])
      for (const text of ['A', 'AB', 'C', 'B', 'ABC']) await publisher.send(text)
      await publisher.send('B end')
      expect(heads(await subscriber.take(5))).toEqual(['A', 'AB', 'B', 'ABC', 'B end'])
    })

    it('looks at the first frame only', async () => {
      const [publisher, subscriber] = await subscribed(stage, ['B'])
      await publisher.send(['A', 'B'])
      await publisher.send(['B', 'A'])
      expect(texts(await subscriber.receive())).toEqual(['B', 'A'])
    })

    it('stops what is cancelled', async () => {
      const [publisher, subscriber] = await subscribed(stage, ['A', 'B'])
      await subscriber.unsubscribe('A')
      await stage.hears(publisher, subscriber)
      await publisher.send('A')
      await publisher.send('B')
      expect(texts(await subscriber.receive())).toEqual(['B'])
    })

    it('stops a doubled subscription only when it is cancelled twice', async () => {
      const [publisher, subscriber] = await subscribed(stage, ['A', 'A', 'B'])
      await subscriber.unsubscribe('A')
      await stage.hears(publisher, subscriber)
      await publisher.send('A once')
      expect(texts(await subscriber.receive())).toEqual(['A once'])
      await subscriber.unsubscribe('A')
      await stage.hears(publisher, subscriber)
      await publisher.send('A twice')
      await publisher.send('B')
      expect(texts(await subscriber.receive())).toEqual(['B'])
    })

    it('lets nobody suffer from the cancelling of an unknown prefix', async () => {
      const [publisher, subscriber] = await subscribed(stage, ['A'])
      await subscriber.unsubscribe('B')
      await subscriber.unsubscribe('')
      await subscriber.unsubscribe('AA')
      await stage.hears(publisher, subscriber)
      await publisher.send('A')
      expect(texts(await subscriber.receive())).toEqual(['A'])
    })

    it('takes prefixes of any bytes', async () => {
      const endpoint = stage.endpoint()
      const subscriber = stage.open('Subscriber')
      const publisher = await stage.far('Publisher')
      await publisher.bind(endpoint)
      subscriber.connect(endpoint)
      subscriber.subscribe(Buffer.from([0, 255]), Buffer.from([1]))
      await stage.hears(publisher, subscriber)
      await publisher.send(Buffer.from([0, 254]))
      await publisher.send(Buffer.from([0, 255, 7]))
      await publisher.send(Buffer.from([1]))
      expect(await take(subscriber, 2)).toEqual([[Buffer.from([0, 255, 7])], [Buffer.from([1])]])
    })

    it('gives each subscriber its own selection', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher')
      await publisher.bind(endpoint)
      const subscribers = await stage.farPeers('Subscriber', 3, endpoint)
      for (const [index, subscriber] of subscribers.entries()) {
        await subscriber.subscribe(String(index), 'all')
      }
      await stage.hears(publisher, ...subscribers)
      for (const text of ['2', '1', '0', 'all']) await publisher.send(text)
      for (const [index, subscriber] of subscribers.entries()) {
        expect(heads(await subscriber.take(2))).toEqual([String(index), 'all'])
      }
    })

    it('lets a subscriber listen to several publishers, each in turn', async () => {
      const subscriber = stage.open('Subscriber')
      subscriber.subscribe()
      const publishers = []
      for (let index = 0; index < 3; index++) {
        const endpoint = stage.endpoint()
        const publisher = await stage.far('Publisher')
        await publisher.bind(endpoint)
        subscriber.connect(endpoint)
        await stage.hears(publisher, subscriber)
        publishers.push(publisher)
      }
      for (const [index, publisher] of publishers.entries()) {
        await publisher.send(String(index))
        await publisher.send(String(index))
      }
      const order = heads(await take(subscriber, 6))
      expect([...order].sort()).toEqual(['0', '0', '1', '1', '2', '2'])
      if (subject.features.inproc) expect(new Set(order.slice(0, 3)).size).toBe(3)
    })

    it('lets the publisher connect and the subscriber bind', async () => {
      const endpoint = stage.endpoint()
      const subscriber = await stage.far('Subscriber')
      await subscriber.subscribe('A')
      await subscriber.bind(endpoint)
      const publisher = stage.open('Publisher')
      publisher.connect(endpoint)
      await subscriber.get('readable')
      await stage.hears(publisher, subscriber)
      await publisher.send('B')
      await publisher.send('A')
      expect(texts(await subscriber.receive())).toEqual(['A'])
    })

    it('drops what nobody is there to hear, and never waits', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher')
      for (const number of numbers(0, 2000)) await publisher.send(number)
      await publisher.bind(endpoint)
      for (const number of numbers(0, 2000)) await publisher.send(number)
      expect(publisher.writable).toBe(true)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      await subscriber!.subscribe('')
      await stage.hears(publisher, subscriber!)
      await publisher.send('heard')
      expect(texts(await subscriber!.receive())).toEqual(['heard'])
    })

    it('does not deliver what was published before the subscription', async () => {
      const endpoint = stage.endpoint()
      const subscriber = await stage.far('Subscriber')
      await subscriber.subscribe('')
      await subscriber.connect(endpoint)
      const publisher = stage.open('Publisher')
      await publisher.send('too early')
      await publisher.bind(endpoint)
      await stage.hears(publisher, subscriber)
      await publisher.send('in time')
      expect(texts(await subscriber.receive())).toEqual(['in time'])
    })

    it('subscribes again by itself at every publisher it connects to later', async () => {
      const subscriber = await stage.far('Subscriber')
      await subscriber.subscribe('A')
      for (const text of ['A1', 'A2']) {
        const endpoint = stage.endpoint()
        const publisher = stage.open('Publisher')
        await publisher.bind(endpoint)
        await subscriber.connect(endpoint)
        await stage.hears(publisher, subscriber)
        await publisher.send('B')
        await publisher.send(text)
        expect(texts(await subscriber.receive())).toEqual([text])
      }
    })

    it('forgets the subscriptions of a subscriber that left', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher')
      await publisher.bind(endpoint)
      const [leaving] = await stage.farPeers('Subscriber', 1, endpoint)
      await leaving!.subscribe('A')
      await stage.hears(publisher, leaving!)
      await publisher.send('A1')
      expect(texts(await leaving!.receive())).toEqual(['A1'])
      await leaving!.close()
      await stage.loses(publisher, 1, endpoint)
      await publisher.send('A2')
      const [staying] = await stage.farPeers('Subscriber', 1, endpoint)
      await staying!.subscribe('A')
      await stage.hears(publisher, staying!)
      await publisher.send('A3')
      expect(texts(await staying!.receive())).toEqual(['A3'])
    })
  })

  // What a PUB knows shows there in what does not arrive; an XPUB can be asked, over a wire as well.
  if (subject.features.immediate) describeInverted(subject)
  if (subject.features.exactHighWaterMark) describeSlowSubscriber(subject)
}

function describeInverted(subject: Subject): void {
  describe('PUB with `invertMatching`', () => {
    const stage = useStage(subject)

    it('delivers what matches no subscription', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher', { invertMatching: true })
      await publisher.bind(endpoint)
      const options = { invertMatching: true }
      const [subscriber, other] = await stage.farPeers('Subscriber', 2, endpoint, options)
      await subscriber!.subscribe('prefix1', 'p2')
      await other!.subscribe('p3')
      takeNote(publisher)
      for (const text of ['prefix1', 'p2x', 'p3', 'something else']) await publisher.send(text)
      expect(heads(await subscriber!.take(2))).toEqual(['p3', 'something else'])
      expect(heads(await other!.take(3))).toEqual(['prefix1', 'p2x', 'something else'])
    })
  })
}

/** What happens to a subscriber that does not keep up. */
function describeSlowSubscriber(subject: Subject): void {
  describe('PUB with a slow subscriber', () => {
    const stage = useStage(subject)

    it('drops what does not fit into the queue of that subscriber', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher', { sendHighWaterMark: 4 })
      await publisher.bind(endpoint)
      const slow = await stage.far('Subscriber', { receiveHighWaterMark: 6 })
      const quick = await stage.far('Subscriber', { receiveHighWaterMark: 1000 })
      for (const subscriber of [slow, quick]) {
        await subscriber.subscribe('')
        await subscriber.connect(endpoint)
      }
      takeNote(publisher)
      for (const number of numbers(0, 100)) await publisher.send(number)
      expect(heads(await quick.take(100))).toEqual(numbers(0, 100))
      expect(heads(await slow.take(10))).toEqual(numbers(0, 10))
      takeNote(publisher)
      await publisher.send('caught up')
      expect(texts(await slow.receive())).toEqual(['caught up'])
    })

    it('drops messages of several frames whole', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher', { sendHighWaterMark: 2 })
      await publisher.bind(endpoint)
      const subscriber = await stage.far('Subscriber', { receiveHighWaterMark: 2 })
      await subscriber.subscribe('')
      await subscriber.connect(endpoint)
      takeNote(publisher)
      for (const number of numbers(0, 20)) await publisher.send([number, number, number])
      const received = (await subscriber.take(4)).map(texts)
      expect(received).toEqual(numbers(0, 4).map((number) => [number, number, number]))
    })

    it('says EAGAIN instead of dropping with `noDrop`', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher', {
        noDrop: true,
        sendHighWaterMark: 4,
        sendTimeout: 0,
      })
      await publisher.bind(endpoint)
      const subscriber = await stage.far('Subscriber', { receiveHighWaterMark: 6 })
      await subscriber.subscribe('')
      await subscriber.connect(endpoint)
      takeNote(publisher)
      for (const number of numbers(0, 10)) await publisher.send(number)
      await expect(publisher.send('11th')).rejects.toMatchObject({ code: 'EAGAIN' })
      expect(heads(await subscriber.take(10))).toEqual(numbers(0, 10))
      takeNote(publisher)
      await publisher.send('11th')
      expect(texts(await subscriber.receive())).toEqual(['11th'])
    })

    // As zmq_send does; zeromq.js says EAGAIN here, because it never blocks on an XPUB.
    it('waits for the slowest with `noDrop` and no timeout', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher', { noDrop: true, sendHighWaterMark: 1 })
      await publisher.bind(endpoint)
      const subscriber = await stage.far('Subscriber', { receiveHighWaterMark: 1 })
      await subscriber.subscribe('')
      await subscriber.connect(endpoint)
      takeNote(publisher)
      const receiving = subscriber.take(200)
      for (const number of numbers(0, 200)) await publisher.send(number)
      expect(heads(await receiving)).toEqual(numbers(0, 200))
    })
  })
}

/** A publisher here and a far subscriber of these prefixes, known to each other. */
async function subscribed(stage: Stage, prefixes: string[]): Promise<[Publisher, FarSocket]> {
  const endpoint = stage.endpoint()
  const publisher = stage.open('Publisher')
  await publisher.bind(endpoint)
  const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
  for (const prefix of prefixes) await subscriber!.subscribe(prefix)
  await stage.hears(publisher, subscriber!)
  return [publisher, subscriber!]
}
