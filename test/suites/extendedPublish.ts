import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { heads, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE: how the reader confirms a subscription in manual mode. */
const SUBSCRIBE = 6
const UNSUBSCRIBE = 7

const subscription = (topic: string): string => `\u0001${topic}`
const cancellation = (topic: string): string => `\u0000${topic}`

/** XPUB and XSUB: publishing and subscribing with the subscriptions in plain sight. */
export function describeExtendedPublish(subject: Subject): void {
  describe('XPUB', () => {
    const stage = useStage(subject)

    it('receives the subscriptions and cancellations of its subscribers', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      await subscriber!.subscribe('A', 'BB', '')
      await subscriber!.unsubscribe('BB')
      expect((await take(publisher, 4)).map(texts)).toEqual([
        [subscription('A')],
        [subscription('BB')],
        [subscription('')],
        [cancellation('BB')],
      ])
    })

    it('delivers to those who subscribed', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      await subscriber!.subscribe('A')
      await publisher.receive()
      await publisher.send('B')
      await publisher.send(['A', 'body'])
      expect(texts(await subscriber!.receive())).toEqual(['A', 'body'])
    })

    it('hears of a topic once, however many subscribe to it', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [first, second] = await stage.farPeers('Subscriber', 2, endpoint)
      await first!.subscribe('A')
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      await second!.subscribe('A', 'B')
      expect(heads([await publisher.receive()])).toEqual([subscription('B')])
      await first!.unsubscribe('A')
      await second!.unsubscribe('A')
      expect(heads([await publisher.receive()])).toEqual([cancellation('A')])
    })

    it('hears the cancellations of a subscriber that leaves', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      await subscriber!.subscribe('A')
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      const receiving = publisher.receive()
      await subscriber!.close()
      expect(heads([await receiving])).toEqual([cancellation('A')])
    })

    for (const size of [1, 244, 245, 246, 247, 255, 256, 1000, 70_000]) {
      it(`takes a topic of ${size} bytes`, async () => {
        const endpoint = stage.endpoint()
        const publisher = stage.open('XPublisher')
        await publisher.bind(endpoint)
        const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
        const topic = 'T'.repeat(size)
        await subscriber!.subscribe(topic)
        expect(heads([await publisher.receive()])).toEqual([subscription(topic)])
        await publisher.send(topic.slice(1))
        await publisher.send(`${topic}!`)
        expect(heads([await subscriber!.receive()])).toEqual([`${topic}!`])
        await subscriber!.unsubscribe(topic)
        expect(heads([await publisher.receive()])).toEqual([cancellation(topic)])
      })
    }

    it('receives what an XSUB sends besides subscriptions', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
      await subscriber!.send('plain words')
      await subscriber!.send(['two', 'frames'])
      await subscriber!.send(subscription('A'))
      await subscriber!.send('')
      const received = (await take(publisher, 4)).map(texts)
      expect(received).toEqual([['plain words'], ['two', 'frames'], [subscription('A')], ['']])
    })

    it('greets every new subscriber with the welcome message', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { welcomeMessage: 'W' })
      await publisher.bind(endpoint)
      for (let count = 0; count < 2; count++) {
        const subscriber = await stage.far('Subscriber')
        await subscriber.subscribe('W')
        await subscriber.connect(endpoint)
        takeNote(publisher)
        expect(texts(await subscriber.receive())).toEqual(['W'])
      }
    })

    it('delivers what matches no subscription with `invertMatching`', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { invertMatching: true })
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint, {
        invertMatching: true,
      })
      await subscriber!.subscribe('A')
      await publisher.receive()
      await publisher.send('A')
      await publisher.send('B')
      expect(texts(await subscriber!.receive())).toEqual(['B'])
    })
  })

  describeVerbosity(subject)
  describeManual(subject)
  describeExtendedSubscribe(subject)
  describeSubscriptionMessages(subject)
}

function describeVerbosity(subject: Subject): void {
  describe('XPUB with `verbosity`', () => {
    const stage = useStage(subject)

    it('hears every subscription with `allSubs`, but only the last cancellation', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { verbosity: 'allSubs' })
      await publisher.bind(endpoint)
      const [first, second] = await stage.farPeers('Subscriber', 2, endpoint)
      await first!.subscribe('A')
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      await second!.subscribe('A')
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      await first!.unsubscribe('A')
      await first!.subscribe('B')
      expect(heads([await publisher.receive()])).toEqual([subscription('B')])
      await second!.unsubscribe('A')
      expect(heads([await publisher.receive()])).toEqual([cancellation('A')])
    })

    it('hears everything with `allSubsUnsubs`', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { verbosity: 'allSubsUnsubs' })
      await publisher.bind(endpoint)
      const [first, second] = await stage.farPeers('Subscriber', 2, endpoint)
      for (const subscriber of [first!, second!]) {
        await subscriber.subscribe('A')
        expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      }
      for (const subscriber of [first!, second!]) {
        await subscriber.unsubscribe('A')
        expect(heads([await publisher.receive()])).toEqual([cancellation('A')])
      }
    })

    it('hears less again when it is set back', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { verbosity: 'allSubs' })
      await publisher.bind(endpoint)
      const [first, second] = await stage.farPeers('Subscriber', 2, endpoint)
      await first!.subscribe('A')
      await publisher.receive()
      publisher.verbosity = null
      await second!.subscribe('A', 'B')
      expect(heads([await publisher.receive()])).toEqual([subscription('B')])
    })
  })
}

function describeManual(subject: Subject): void {
  describe('XPUB with `manual`', () => {
    const stage = useStage(subject)

    it('lets its reader decide what a subscription means', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { manual: true })
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
      await subscriber!.send(subscription('A'))
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      publisher.setStringOption(SUBSCRIBE, 'B')
      await publisher.send('A')
      await publisher.send('B1')
      expect(texts(await subscriber!.receive())).toEqual(['B1'])
      await subscriber!.send(cancellation('A'))
      expect(heads([await publisher.receive()])).toEqual([cancellation('A')])
      publisher.setStringOption(UNSUBSCRIBE, 'B')
      await subscriber!.send(subscription('C'))
      expect(heads([await publisher.receive()])).toEqual([subscription('C')])
      publisher.setStringOption(SUBSCRIBE, 'C')
      await publisher.send('B2')
      await publisher.send('C')
      expect(texts(await subscriber!.receive())).toEqual(['C'])
    })

    it('does nothing by itself', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { manual: true })
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
      await subscriber!.send(subscription(''))
      await publisher.receive()
      await publisher.send('before')
      publisher.setStringOption(SUBSCRIBE, '')
      await publisher.send('after')
      expect(texts(await subscriber!.receive())).toEqual(['after'])
    })

    it('subscribes the one whose message was read last', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { manual: true })
      await publisher.bind(endpoint)
      const [first, second] = await stage.farPeers('XSubscriber', 2, endpoint)
      await first!.send(subscription('A'))
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      publisher.setStringOption(SUBSCRIBE, 'XA')
      await second!.send(subscription('B'))
      expect(heads([await publisher.receive()])).toEqual([subscription('B')])
      publisher.setStringOption(SUBSCRIBE, 'XB')
      await publisher.send('XB')
      await publisher.send('XA')
      expect(texts(await first!.receive())).toEqual(['XA'])
      expect(texts(await second!.receive())).toEqual(['XB'])
    })

    it('hears the cancellations of a subscriber that leaves', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { manual: true })
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
      await subscriber!.send(subscription('A'))
      await publisher.receive()
      publisher.setStringOption(SUBSCRIBE, 'A')
      const receiving = publisher.receive()
      await subscriber!.close()
      expect(heads([await receiving])).toEqual([cancellation('A')])
    })
  })

  describe('XPUB with `manualLastValue`', () => {
    const stage = useStage(subject)

    it('sends the next message after a subscription to that subscriber alone', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      publisher.manualLastValue = true
      await publisher.bind(endpoint)
      const [first, second] = await stage.farPeers('Subscriber', 2, endpoint)
      await first!.subscribe('A')
      await publisher.receive()
      publisher.setStringOption(SUBSCRIBE, 'A')
      await publisher.send('A last value for the first')
      await second!.subscribe('A')
      await publisher.receive()
      publisher.setStringOption(SUBSCRIBE, 'A')
      await publisher.send('A last value for the second')
      await publisher.send('A news')
      expect(heads(await first!.take(2))).toEqual(['A last value for the first', 'A news'])
      expect(heads(await second!.take(2))).toEqual(['A last value for the second', 'A news'])
    })
  })
}

function describeExtendedSubscribe(subject: Subject): void {
  describe('XSUB', () => {
    const stage = useStage(subject)

    it('subscribes and cancels by sending', async () => {
      const endpoint = stage.endpoint()
      const publisher = await stage.far('Publisher')
      await publisher.bind(endpoint)
      const subscriber = stage.open('XSubscriber')
      subscriber.connect(endpoint)
      await subscriber.send(subscription('A'))
      await stage.hears(publisher, subscriber)
      await publisher.send('B')
      await publisher.send('A1')
      expect(texts(await subscriber.receive())).toEqual(['A1'])
      await subscriber.send(cancellation('A'))
      await subscriber.send(subscription('C'))
      await stage.hears(publisher, subscriber)
      await publisher.send('A2')
      await publisher.send('C')
      expect(texts(await subscriber.receive())).toEqual(['C'])
    })

    it('remembers its subscriptions for publishers it connects to later', async () => {
      const endpoint = stage.endpoint()
      const subscriber = stage.open('XSubscriber')
      await subscriber.send(subscription('A'))
      const publisher = await stage.far('XPublisher')
      await publisher.bind(endpoint)
      subscriber.connect(endpoint)
      expect(heads([await publisher.receive()])).toEqual([subscription('A')])
      await publisher.send('A')
      expect(texts(await subscriber.receive())).toEqual(['A'])
    })

    it('passes a doubled subscription on twice, its cancellation once', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { verbosity: 'allSubsUnsubs' })
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
      for (const text of [
        subscription('A'),
        subscription('A'),
        cancellation('A'),
        cancellation('A'),
        subscription('end'),
      ]) {
        await subscriber!.send(text)
      }
      expect(heads(await take(publisher, 4))).toEqual([
        subscription('A'),
        subscription('A'),
        cancellation('A'),
        subscription('end'),
      ])
    })

    it('drops what it sends while nobody is there, and is always writable', async () => {
      const subscriber = stage.open('XSubscriber', { receiveTimeout: 0 })
      expect(subscriber.writable).toBe(true)
      await subscriber.send('nobody')
      await expect(subscriber.receive()).rejects.toMatchObject(failures.again)
    })

    it('forwards, together with an XPUB, subscriptions one way and messages the other', async () => {
      const [front, back] = [stage.endpoint(), stage.endpoint()]
      const extendedPublisher = stage.open('XPublisher')
      const extendedSubscriber = stage.open('XSubscriber')
      await extendedPublisher.bind(front)
      await extendedSubscriber.bind(back)
      const [publisher] = await stage.farPeers('Publisher', 1, back)
      const [subscriber] = await stage.farPeers('Subscriber', 1, front)
      await subscriber!.subscribe('A')
      await extendedSubscriber.send(await extendedPublisher.receive())
      await stage.hears(publisher!, extendedSubscriber)
      await publisher!.send('B')
      await publisher!.send(['A', 'body'])
      await extendedPublisher.send(await extendedSubscriber.receive())
      expect(texts(await subscriber!.receive())).toEqual(['A', 'body'])
    })
  })
}

/** Subscriptions among the frames of longer messages, and how many there are. */
function describeSubscriptionMessages(subject: Subject): void {
  describe('subscriptions in messages of several frames', () => {
    const stage = useStage(subject)

    it('arrive one by one, and what follows them as a message', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
      await subscriber!.send([subscription('A'), subscription('B')])
      await subscriber!.send([subscription('C'), 'tail'])
      expect((await take(publisher, 4)).map(texts)).toEqual([
        [subscription('A')],
        [subscription('B')],
        [subscription('C')],
        ['tail'],
      ])
      for (const topic of ['A', 'B', 'C']) await publisher.send(topic)
      expect(heads(await subscriber!.take(3))).toEqual(['A', 'B', 'C'])
    })

    for (const [onlyFirstSubscribe, topics] of [
      [false, ['A', 'B']],
      [true, ['B']],
    ] as const) {
      it(`after another frame count, unless \`onlyFirstSubscribe\`: ${onlyFirstSubscribe}`, async () => {
        const endpoint = stage.endpoint()
        const publisher = stage.open('XPublisher', { onlyFirstSubscribe })
        await publisher.bind(endpoint)
        const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint)
        await subscriber!.send(['words', subscription('A')])
        await subscriber!.send(subscription('B'))
        expect((await take(publisher, 2)).map(texts)).toEqual([
          ['words', subscription('A')],
          [subscription('B')],
        ])
        for (const topic of ['A', 'B']) await publisher.send(topic)
        expect(heads(await subscriber!.take(topics.length))).toEqual(topics)
      })
    }

    it('are passed on with every cancellation with `verboseUnsubscribe`', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher', { verbosity: 'allSubsUnsubs' })
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('XSubscriber', 1, endpoint, {
        verboseUnsubscribe: true,
      })
      const messages = [subscription('A'), subscription('A'), cancellation('A'), cancellation('A')]
      for (const message of messages) await subscriber!.send(message)
      expect(heads(await take(publisher, 4))).toEqual(messages)
    })

    it('are counted at both ends by `topicsCount`', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      expect(publisher.topicsCount).toBe(0)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      await subscriber!.subscribe('A', 'A', 'B', 'AB')
      await take(publisher, 3)
      expect(publisher.topicsCount).toBe(3)
      await subscriber!.unsubscribe('A')
      await subscriber!.unsubscribe('B')
      expect(heads([await publisher.receive()])).toEqual([cancellation('B')])
      expect(publisher.topicsCount).toBe(2)
    })
  })
}
