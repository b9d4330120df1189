import { describe, expect, it } from 'vitest'
import { Context } from '../../context/context.ts'
import {
  Dish,
  Publisher,
  Radio,
  Subscriber,
  XPublisher,
  XSubscriber,
} from '../publishingSockets.ts'

/** None is a prefix of another. */
const topic = (n: number): string => `topic ${n}.`

describe('what comes up to a publisher', () => {
  it('counts for the next message, however much it is', async () => {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    subscriber.connect('inproc://news')
    for (let n = 0; n < 20_000; n++) subscriber.subscribe(topic(n))
    publisher.bindSync('inproc://news')
    for (let n = 20_000; n < 40_000; n++) subscriber.subscribe(topic(n))
    await publisher.send('topic 39999.')
    expect(String(await subscriber.receive())).toBe('topic 39999.')
    for (const socket of [publisher, subscriber]) socket.close()
  })

  it('counts for the next message, though it came while there was more to read already', async () => {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    const topics = Array.from({ length: 20_000 }, (_, n) => topic(n))
    subscriber.subscribe(...topics.slice(0, 10_000))
    // A look, which begins to read them.
    expect(publisher.writable).toBe(true)
    subscriber.subscribe(...topics.slice(10_000))
    await publisher.send('topic 19999.')
    expect(String(await subscriber.receive())).toBe('topic 19999.')
    for (const socket of [publisher, subscriber]) socket.close()
  })

  it('arrives in order and once, although it is read in turns', async () => {
    const context = new Context()
    const publisher = new XPublisher({ context, receiveHighWaterMark: 0 })
    const subscriber = new XSubscriber({ context, sendHighWaterMark: 0 })
    publisher.bindSync('inproc://up')
    subscriber.connect('inproc://up')
    const count = 5000
    const sending = (async () => {
      for (let n = 0; n < count; n++) await subscriber.send(`message ${n}`)
    })()
    for (let n = 0; n < count; n++) {
      expect(String(await publisher.receive())).toBe(`message ${n}`)
    }
    await sending
    for (const socket of [publisher, subscriber]) socket.close()
  })

  it('counts when a message was published before that much else had come up for', async () => {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    let n = 0
    for (const more of [5000, 20_000, 700]) {
      for (let i = 0; i < more; i++) subscriber.subscribe(topic(n++))
      await publisher.send(topic(n - 1))
      expect(String(await subscriber.receive())).toBe(topic(n - 1))
    }
    for (const socket of [publisher, subscriber]) socket.close()
  })

  it('counts for a message whose buffer is used again before it is known to have gone', async () => {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    for (let n = 0; n < 10_000; n++) subscriber.subscribe(topic(n))
    const message = Buffer.from(topic(9999))
    const sent = publisher.send(message)
    message.fill(0)
    publisher.close()
    await sent
    expect(String(subscriber.receiveSync())).toBe(topic(9999))
    subscriber.close()
  })

  it('counts for a RADIO', async () => {
    const context = new Context()
    const radio = new Radio({ context })
    const dish = new Dish({ context, receiveTimeout: 0 })
    radio.bindSync('inproc://air')
    dish.connect('inproc://air')
    for (let n = 0; n < 20_000; n++) dish.join(`${n}`)
    await radio.send('on air', { group: '19999' })
    expect(String((await dish.receive())[0])).toBe('on air')
    for (const socket of [radio, dish]) socket.close()
  })

  it('is told by an XPUB in order, although there is always more', async () => {
    const context = new Context()
    const publisher = new XPublisher({ context })
    const subscriber = new Subscriber({ context })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    const ahead = 3000
    for (let n = 0; n < ahead; n++) subscriber.subscribe(topic(n))
    for (let n = 0; n < 20_000; n++) {
      subscriber.subscribe(topic(n + ahead))
      expect(String((await publisher.receive())[0]).slice(1)).toBe(topic(n))
    }
    for (const socket of [publisher, subscriber]) socket.close()
  })

  it('counts for the next message, although of another peer more has come than there is a place for', async () => {
    const context = new Context()
    const publisher = new XPublisher({ context, receiveHighWaterMark: 0 })
    const talker = new XSubscriber({ context, sendHighWaterMark: 0 })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    publisher.bindSync('inproc://news')
    talker.connect('inproc://news')
    subscriber.connect('inproc://news')
    // 64 MiB may wait. So many more have come that some are unread when half of it has just been received.
    const block = Buffer.alloc(16 * 1024, 7)
    for (let n = 0; n < 5800; n++) talker.sendSync(block)
    for (let n = 0; n < 2017; n++) publisher.receiveSync()
    subscriber.subscribe(...Array.from({ length: 5000 }, (_, n) => topic(n)))
    await publisher.send(topic(4999))
    expect(String(await subscriber.receive())).toBe(topic(4999))
    for (const socket of [publisher, talker, subscriber]) socket.close()
  })
})
