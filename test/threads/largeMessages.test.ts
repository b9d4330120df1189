import {
  Context,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
} from '@ringpost/core'
import type { SharedFrame, Writable } from '@ringpost/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { farThread } from '../support/suiteFar.ts'
import { urlOf } from '../support/suiteModule.ts'
import { failureOf, thrownBy } from '../support/suiteErrors.ts'

const MIB = 2 ** 20

describe('a message of 64 MiB', () => {
  it.each([
    ['in one frame', [64 * MIB]],
    ['in several frames', [20 * MIB, 0, 44 * MIB - 100, 100]],
  ])('%s arrives whole in another thread, and comes back', async (_name, sizes) => {
    const far = await farThread(urlOf('@ringpost/core'))
    const echo = await far.open('Pair')
    await echo.bind('inproc://echo')
    const echoing = failureOf(() => echo.echo())
    const pair = new Pair()
    pair.connect('inproc://echo')
    const before = pair.context.memory.usedBytes
    const message = sizes.map((size, i) => Buffer.alloc(size, `frame ${i}.`))
    await pair.send(message)
    const received = await pair.receive()
    expect(received.map((frame, i) => frame.equals(message[i]!))).toEqual(sizes.map(() => true))
    expect(pair.context.memory.usedBytes).toBeLessThanOrEqual(before + 4096)
    pair.close()
    await far.terminate()
    await echoing
  })
})

describe('a context without room', () => {
  let context: Context
  let held: SharedFrame[]

  /** Takes everything, without touching it: the system gives memory to what is used only. */
  function fill(): void {
    for (let size = 1024 * MIB; size >= 256; size /= 2) {
      for (;;) {
        try {
          held.push(context.allocate(size))
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOMEM' })
          break
        }
      }
    }
  }

  function release(): void {
    for (const frame of held.splice(0)) frame.release()
  }

  beforeEach(() => {
    context = new Context()
    held = []
  })
  afterEach(release)

  const full = {
    code: 'ENOMEM',
    errno: 12,
    message: expect.stringMatching(/^Cannot allocate memory/) as string,
  }

  it('says ENOMEM for an allocation, and has room again after a release', () => {
    const before = context.memory.usedBytes
    fill()
    expect(context.memory.usedBytes).toBeGreaterThan(200 * MIB)
    expect(thrownBy(() => context.allocate(1))).toMatchObject(full)
    held.pop()!.release()
    held.push(context.allocate(1))
    release()
    expect(context.memory.usedBytes).toBe(before)
    fill()
    expect(thrownBy(() => context.allocate(1))).toMatchObject(full)
  })

  it.each([
    ['PUSH', () => [new Push({ context }), new Pull({ context })]],
    ['PAIR', () => [new Pair({ context }), new Pair({ context })]],
    ['DEALER', () => [new Dealer({ context }), new Dealer({ context })]],
    ['PUB', () => [new Publisher({ context }), new Subscriber({ context })]],
    ['ROUTER', () => [new Router({ context }), new Dealer({ context, routingId: 'to' })]],
  ] as const)(
    'says ENOMEM for a send of a %s, which sends it when there is room',
    async (_, make) => {
      const [writer, reader] = make() as unknown as [Push, Pull]
      const address = writer instanceof Router ? ['to'] : []
      await writer.bind('inproc://here')
      reader.connect('inproc://here')
      if (reader instanceof Subscriber) reader.subscribe('')
      await (writer as Writable).send([...address, 'before'])
      expect(String((await reader.receive()).at(-1))).toBe('before')
      const before = context.memory.usedBytes
      fill()
      const large = [...address, 'head', Buffer.alloc(MIB), Buffer.alloc(2 * MIB, 'x')]
      expect(await failureOf(() => writer.send(large))).toMatchObject(full)
      expect(thrownBy(() => writer.sendSync(large))).toMatchObject(full)
      release()
      expect(context.memory.usedBytes).toBe(before)
      await writer.send(large)
      const received = await reader.receive()
      expect(received.slice(-3).map(({ length }) => length)).toEqual([4, MIB, 2 * MIB])
      expect(received.at(-1)!.equals(large.at(-1) as Buffer)).toBe(true)
      writer.close()
      reader.close()
      expect(context.memory.usedBytes).toBe(0)
    },
  )

  it.each([
    ['PUSH', () => [new Push({ context }), new Pull({ context })]],
    ['PAIR', () => [new Pair({ context }), new Pair({ context })]],
    ['REQ', () => [new Request({ context }), new Reply({ context })]],
    ['PUB', () => [new Publisher({ context }), new Subscriber({ context })]],
    ['ROUTER', () => [new Router({ context }), new Dealer({ context, routingId: 'to' })]],
  ] as const)('leaves the shared frames of a message to the sender: %s', async (_, make) => {
    const [writer, reader] = make() as unknown as [Push, Pull]
    await writer.bind('inproc://here')
    reader.connect('inproc://here')
    if (reader instanceof Subscriber) reader.subscribe('')
    const address = writer instanceof Router ? ['to'] : []
    const [small, large] = [context.allocate(5), context.allocate(MIB)]
    small.data.write('small')
    large.data.fill('L')
    const message = [...address, small, large, 'between', Buffer.alloc(MIB)]
    fill()
    expect(await failureOf(() => writer.send(message))).toMatchObject(full)
    expect(thrownBy(() => writer.sendSync(message))).toMatchObject(full)
    expect([String(small.data), large.data.equals(Buffer.alloc(MIB, 'L'))]).toEqual(['small', true])
    release()
    await writer.send(message)
    const received = (await reader.receive()).slice(-4)
    expect(received.map(({ length }) => length)).toEqual([5, MIB, 7, MIB])
    expect([String(received[0]), received[1]!.equals(Buffer.alloc(MIB, 'L'))]).toEqual([
      'small',
      true,
    ])
    expect(thrownBy(() => small.data)).toMatchObject({ code: 'EINVAL' })
    writer.close()
    reader.close()
    expect(context.memory.usedBytes).toBe(0)
  })

  it('loses nothing that was sent before', async () => {
    const pull = new Pull({ context })
    await pull.bind('inproc://here')
    const push = new Push({ context, sendHighWaterMark: 0 })
    push.connect('inproc://here')
    const reserve = Array.from({ length: 8 }, () => context.allocate(64 * 1024))
    fill()
    for (const frame of reserve) frame.release()
    let sent = 0
    const failure = await failureOf(async () => {
      for (;;) {
        await push.send(`message ${sent}`.padEnd(1000))
        sent++
      }
    })
    expect(failure).toMatchObject(full)
    expect(sent).toBeGreaterThan(10)
    for (let i = 0; i < sent; i++) {
      expect(String(await pull.receive()).trimEnd()).toBe(`message ${i}`)
    }
    release()
    await push.send('after')
    expect(String(await pull.receive())).toBe('after')
    push.close()
    pull.close()
    expect(context.memory.usedBytes).toBe(0)
  })

  it('says ENOMEM for a connect to a socket that has a routing id, and keeps nothing of it', async () => {
    const router = new Router({ context, routingId: 'a name' })
    await router.bind('inproc://here')
    const dealer = new Dealer({ context })
    fill()
    for (let n = 0; n < 3; n++) {
      expect(thrownBy(() => dealer.connect('inproc://here'))).toMatchObject({ code: 'ENOMEM' })
    }
    release()
    expect(context.memory.usedBytes).toBe(0)
    dealer.connect('inproc://here')
    await dealer.send('x')
    expect(String((await router.receive()).at(-1))).toBe('x')
    expect(router.readable).toBe(false)
    router.close()
    dealer.close()
    expect(context.memory.usedBytes).toBe(0)
  })

  it('says ENOMEM for a bind or a connect that has a routing id to keep', async () => {
    const router = new Router({ context, routingId: 'a name' })
    const dealer = new Dealer({ context, routingId: 'another' })
    fill()
    expect(thrownBy(() => dealer.connect('inproc://here'))).toMatchObject({ code: 'ENOMEM' })
    await router.bind('inproc://here')
    release()
    dealer.connect('inproc://here')
    await dealer.send('x')
    expect((await router.receive()).map(String)).toEqual(['another', 'x'])
    router.close()
    dealer.close()
    expect(context.memory.usedBytes).toBe(0)
  })

  it('leaves the name free when a bind has no room for a connection that waits', async () => {
    const dealer = new Dealer({ context })
    dealer.connect('inproc://here')
    const router = new Router({ context, routingId: 'a name' })
    fill()
    expect(thrownBy(() => router.bindSync('inproc://here'))).toMatchObject({ code: 'ENOMEM' })
    release()
    router.bindSync('inproc://here')
    dealer.connect('inproc://here')
    await dealer.send('x')
    expect((await router.receive()).map(String).at(-1)).toBe('x')
    router.close()
    dealer.close()
    expect(context.memory.usedBytes).toBe(0)
  })

  it('says ENOMEM for a connect without room for the subscriptions, and keeps nothing of it', async () => {
    const publisher = new Publisher({ context, noDrop: true })
    await publisher.bind('inproc://here')
    const subscriber = new Subscriber({ context })
    subscriber.subscribe('a', 'b'.repeat(1000))
    fill()
    for (let n = 0; n < 3; n++) {
      expect(thrownBy(() => subscriber.connect('inproc://here'))).toMatchObject({ code: 'ENOMEM' })
    }
    release()
    subscriber.connect('inproc://here')
    for (const text of ['a first', 'a second']) await publisher.send(text)
    expect(String(await subscriber.receive())).toBe('a first')
    expect(String(await subscriber.receive())).toBe('a second')
    subscriber.close()
    publisher.close()
    expect(context.memory.usedBytes).toBe(0)
  })

  it('tells the bound socket of a connection that it had no room for, which ends', async () => {
    const subscriber = new Subscriber({ context })
    subscriber.subscribe('a', 'b'.repeat(1000))
    const told = new Promise((resolve) => subscriber.events.on('accept:error', resolve))
    await subscriber.bind('inproc://here')
    const publisher = new Publisher({ context })
    fill()
    publisher.connect('inproc://here')
    expect(await told).toMatchObject({ address: 'inproc://here', error: { code: 'ENOMEM' } })
    release()
    publisher.connect('inproc://here')
    const receiving = subscriber.receive()
    await publisher.send('a message')
    expect(String(await receiving)).toBe('a message')
    subscriber.close()
    publisher.close()
    expect(context.memory.usedBytes).toBe(0)
  })
})
