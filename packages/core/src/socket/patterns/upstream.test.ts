import { describe, expect, it } from 'vitest'
import { Context } from '../../context/context.ts'
import { Proxy } from '../../proxy/proxy.ts'
import { Pull, Push } from '../pipelineSockets.ts'
import {
  Dish,
  Publisher,
  Radio,
  Subscriber,
  XPublisher,
  XSubscriber,
} from '../publishingSockets.ts'

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

describe('a message that is published when much has come up', () => {
  const count = 20_000

  /** A publisher that has to read so many topics first, and who has subscribed to them. */
  function farBehind() {
    const context = new Context()
    const publisher = new Publisher({ context })
    const subscriber = new Subscriber({ context, receiveTimeout: 0 })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    for (let n = 0; n < count; n++) subscriber.subscribe(`topic ${n}`)
    const close = () => [publisher, subscriber].forEach((socket) => socket.close())
    return { context, publisher, subscriber, close }
  }
  const last = `topic ${count - 1}`

  it('does not keep timers and I/O waiting for all of it', async () => {
    const { publisher, subscriber, close } = farBehind()
    let turns = 0
    let isSent = false
    const turning = (async () => {
      for (; !isSent; turns++) await new Promise((resolve) => setImmediate(resolve))
    })()
    await publisher.send(last)
    isSent = true
    await turning
    expect(turns).toBeGreaterThan(count / 2000)
    expect(String(await subscriber.receive())).toBe(last)
    close()
  })

  it('is followed by one that is sent before it has gone', async () => {
    const { publisher, subscriber, close } = farBehind()
    const sent = [publisher.send([last, '1']), publisher.send([last, '2'])]
    sent.push(publisher.sendMany([[last, '3'], last]))
    publisher.sendSync([last, '4'])
    await Promise.all(sent)
    const received = Array.from({ length: 5 }, () => subscriber.receiveSync().join())
    expect(received).toEqual([`${last},1`, `${last},2`, `${last},3`, last, `${last},4`])
    close()
  })

  it('has gone when its socket is closed', async () => {
    const { publisher, subscriber, close } = farBehind()
    const sent = publisher.send(last)
    publisher.close()
    await sent
    expect(String(subscriber.receiveSync())).toBe(last)
    close()
  })

  it('does not go when its context is shut down', async () => {
    const { context, publisher, close } = farBehind()
    const sent = publisher.send(last)
    context.shutdown()
    await expect(sent).rejects.toMatchObject({ code: 'ETERM' })
    close()
  })

  it('is sent with a timeout of 0 too: it waits for nobody', async () => {
    const { publisher, subscriber, close } = farBehind()
    publisher.sendTimeout = 0
    await publisher.send(last)
    expect(String(subscriber.receiveSync())).toBe(last)
    close()
  })

  it('goes to all that want it in a blocking call, in a batch and through a proxy', async () => {
    const { context, publisher, subscriber, close } = farBehind()
    publisher.sendSync(last)
    expect(String(subscriber.receiveSync())).toBe(last)
    const more = (name: string) => {
      for (let n = 0; n < count; n++) subscriber.subscribe(`${name} ${n}`)
      return `${name} ${count - 1}`
    }
    const inBatch = more('batch')
    await publisher.sendMany([inBatch, inBatch])
    expect(String(subscriber.receiveSync())).toBe(inBatch)
    expect(String(subscriber.receiveSync())).toBe(inBatch)

    const pull = new Pull({ context })
    const push = new Push({ context })
    pull.bindSync('inproc://in')
    push.connect('inproc://in')
    const proxied = more('proxied')
    const proxy = new Proxy(pull, publisher)
    const over = proxy.run()
    push.sendSync(proxied)
    subscriber.receiveTimeout = -1
    expect(String(await subscriber.receive())).toBe(proxied)
    proxy.terminate()
    await over
    push.close()
    close()
  })

  it('goes to a whole group of a RADIO', async () => {
    const context = new Context()
    const radio = new Radio({ context })
    const dish = new Dish({ context, receiveTimeout: 0 })
    radio.bindSync('inproc://air')
    dish.connect('inproc://air')
    for (let n = 0; n < count; n++) dish.join(`g${n}`)
    await radio.send('on air', { group: `g${count - 1}` })
    expect(String((await dish.receive())[0])).toBe('on air')
    radio.close()
    dish.close()
  })
})

describe('what an XPUB has been told', () => {
  it('arrives in order, although there is always more', async () => {
    const context = new Context()
    const publisher = new XPublisher({ context })
    const subscriber = new Subscriber({ context })
    publisher.bindSync('inproc://news')
    subscriber.connect('inproc://news')
    const ahead = 3000
    const name = (n: number) => `topic ${n}`
    for (let n = 0; n < ahead; n++) subscriber.subscribe(name(n))
    for (let n = 0; n < 20_000; n++) {
      subscriber.subscribe(name(n + ahead))
      expect(String((await publisher.receive())[0]).slice(1)).toBe(name(n))
    }
    publisher.close()
    subscriber.close()
  })
})
