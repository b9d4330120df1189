import { describe, expect, it } from 'vitest'
import { Context } from '../../context/context.ts'
import { Publisher, Subscriber, XPublisher, XSubscriber } from '../publishingSockets.ts'

describe('what comes up to a publisher', () => {
  it('counts for the next message, however much it is', async () => {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    subscriber.connect('inproc://news')
    for (let n = 0; n < 20_000; n++) subscriber.subscribe(`topic ${n}`)
    publisher.bindSync('inproc://news')
    for (let n = 20_000; n < 40_000; n++) subscriber.subscribe(`topic ${n}`)
    await publisher.send('topic 39999')
    expect(String(await subscriber.receive())).toBe('topic 39999')
    for (const socket of [publisher, subscriber]) socket.close()
  })

  it('counts for the next message, though it came while there was more to read already', async () => {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    const topics = Array.from({ length: 20_000 }, (_, n) => `topic ${n}`)
    subscriber.subscribe(...topics.slice(0, 10_000))
    // A look, which begins to read them.
    expect(publisher.writable).toBe(true)
    subscriber.subscribe(...topics.slice(10_000))
    await publisher.send('topic 19999')
    expect(String(await subscriber.receive())).toBe('topic 19999')
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
})
