import { afterEach, describe, expect, it } from 'vitest'
import { withMemoryFor } from '../ring/scarceMemory.test-support.ts'
import { Dish, Publisher, Radio, Subscriber, XPublisher, XSubscriber } from './publishingSockets.ts'
import { Dealer, Reply, Request, Router, type Socket } from './sockets.ts'

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }
const noLimit = { sendHighWaterMark: 0, receiveHighWaterMark: 0 }
/** Several times what is read at a time. */
const MUCH = 10_000
const numbers = Array.from({ length: MUCH }, (_, n) => String(n))

let lastEndpoint = 0
const endpoint = (): string => `inproc://much-${++lastEndpoint}`

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

/** How often the event loop has turned when a promise settles, and what it settles to. */
async function turnsUntil<T>(promise: Promise<T>): Promise<{ turns: number; value: T }> {
  let turns = 0
  let isSettled = false
  const turn = (): void => {
    if (isSettled) return
    turns++
    setImmediate(turn)
  }
  setImmediate(turn)
  try {
    return { value: await promise, turns }
  } finally {
    isSettled = true
  }
}

describe('subscriptions that are more than are read at a time', () => {
  /** A publisher whose subscriber has asked for much before it binds. */
  function late<P extends Publisher | XPublisher>(publisher: P): { publisher: P; fan: Subscriber } {
    const name = endpoint()
    const fan = open(new Subscriber())
    fan.connect(name)
    fan.subscribe(...numbers.map((number) => `${number}.`))
    open(publisher).bindSync(name)
    return { publisher, fan }
  }
  const last = `${MUCH - 1}.`

  it.each([
    ['PUB', () => new Publisher()],
    ['XPUB', () => new XPublisher()],
  ])(
    'are effective for the next message of a %s, and the event loop turns meanwhile',
    async (_, make) => {
      const { publisher, fan } = late(make())
      const { turns } = await turnsUntil(publisher.send(last))
      expect(turns).toBeGreaterThan(0)
      expect(fan.receiveSync(atOnce).map(String)).toEqual([last])
    },
  )

  it('are effective for a blocking call and for a batch', async () => {
    for (const send of [
      async (publisher: Publisher) => publisher.sendSync(Buffer.from(last)),
      (publisher: Publisher) => publisher.sendMany(['nobody', last]),
      async (publisher: Publisher) => publisher.sendManySync([last, 'nobody']),
    ]) {
      const { publisher, fan } = late(new Publisher())
      await send(publisher)
      expect(fan.receiveSync(atOnce).map(String)).toEqual([last])
    }
  })

  it('are counted when somebody asks how many there are', () => {
    const { publisher } = late(new XPublisher())
    expect(publisher.topicsCount).toBe(MUCH)
  })

  it('are told to an XPUB one by one all the same', async () => {
    const { publisher } = late(new XPublisher())
    const { turns, value } = await turnsUntil(
      (async () => {
        const topics: string[] = []
        while (topics.length < MUCH) {
          for (const [topic] of await publisher.receiveMany()) topics.push(String(topic).slice(1))
        }
        return topics
      })(),
    )
    expect(turns).toBeGreaterThan(0)
    expect(value).toEqual(numbers.map((number) => `${number}.`))
  })

  it('do not keep other sockets of the thread from theirs', async () => {
    late(new Publisher())
    const publisher = open(new Publisher())
    const fan = open(new Subscriber())
    const name = endpoint()
    publisher.bindSync(name)
    fan.connect(name)
    fan.subscribe('other')
    await publisher.send('other')
    expect(fan.receiveSync(atOnce).map(String)).toEqual(['other'])
  })

  it('do not keep a publisher from those that come meanwhile', async () => {
    const { publisher, fan } = late(new Publisher())
    for (let more = 0; more < 4; more++) fan.subscribe(...numbers.map((n) => `${more} ${n}`))
    await publisher.send('goes on before all is read')
    const other = open(new Subscriber())
    other.connect(publisher.lastEndpoint!)
    other.subscribe('other')
    await publisher.send('other')
    expect(other.receiveSync(atOnce).map(String)).toEqual(['other'])
  })

  it('hold a RADIO up in the same way', async () => {
    const name = endpoint()
    const dish = open(new Dish())
    dish.connect(name)
    dish.join(...numbers)
    const radio = open(new Radio())
    radio.bindSync(name)
    const group = String(MUCH - 1)
    const { turns } = await turnsUntil(radio.send('x', { group }))
    expect(turns).toBeGreaterThan(0)
    expect(String(dish.receiveSync(atOnce)[0])).toBe('x')
    radio.sendSync('y', { group })
    expect(String(dish.receiveSync(atOnce)[0])).toBe('y')
  })

  it('are forgotten with a connection that is given up', async () => {
    const name = endpoint()
    const fan = open(new Subscriber())
    fan.bindSync(name)
    const publisher = open(new Publisher())
    publisher.connect(name)
    void fan.readable
    fan.subscribe(...numbers)
    void publisher.writable
    publisher.disconnect(name)
    await publisher.send('nobody')
    expect(publisher.topicsCount).toBe(0)
  })

  it('are forgotten with a subscriber that has left', async () => {
    const { publisher, fan } = late(new Publisher())
    const sending = publisher.send(last)
    fan.close()
    await sending
    expect(publisher.topicsCount).toBe(0)
  })

  it('wait for memory, as long as there is none to read them', () => {
    const name = endpoint()
    const publisher = open(new XPublisher())
    const subscriber = open(new XSubscriber())
    publisher.bindSync(name)
    subscriber.connect(name)
    subscriber.sendSync(['a', Buffer.alloc(100_000, 'a')])
    expect(withMemoryFor(0, () => publisher.receiveSync(atOnce))).toBe(false)
    expect(publisher.receiveSync(atOnce).map(({ length }) => length)).toEqual([1, 100_000])
  })
})

describe('messages to be thrown away that are more than are read at a time', () => {
  it('do not keep a SUB from what it wants', async () => {
    const name = endpoint()
    const publisher = open(new XPublisher({ sendHighWaterMark: 0, manual: true }))
    publisher.bindSync(name)
    const fan = open(new Subscriber({ receiveHighWaterMark: 0 }))
    fan.connect(name)
    fan.subscribe('wanted')
    publisher.receiveSync(atOnce)
    // What it confirms in place of what was asked for: everything.
    const accessors = publisher as unknown as { setStringOption(id: number, value: string): void }
    accessors.setStringOption(6, '')
    const unwanted = Array.from({ length: 10 * MUCH }, () => Buffer.from('x'))
    const calls = [
      async () => fan.receive(),
      async () => (await fan.receiveMany())[0]!,
      async () => fan.receiveSync(),
      async () => fan.receiveManySync()[0]!,
      async () => (await fan.receiveShared()).map(({ data }) => data),
    ]
    for (const call of calls) {
      publisher.sendManySync(unwanted)
      publisher.sendSync('wanted')
      expect((await call()).map(String)).toEqual(['wanted'])
    }
    for (const receive of [() => fan.receive(), () => fan.receiveMany()]) {
      publisher.sendManySync(unwanted)
      publisher.sendSync('wanted')
      const { turns } = await turnsUntil<unknown>(receive())
      expect(turns).toBeGreaterThan(0)
    }
  })

  it('do not keep a REP from questions', async () => {
    const name = endpoint()
    const reply = open(new Reply(noLimit))
    reply.bindSync(name)
    const dealer = open(new Dealer(noLimit))
    dealer.connect(name)
    dealer.sendManySync(Array.from({ length: 10 * MUCH }, () => 'no envelope'))
    dealer.sendSync(['', 'question'])
    const { turns, value } = await turnsUntil(reply.receive())
    expect(turns).toBeGreaterThan(0)
    expect(value.map(String)).toEqual(['question'])
    reply.sendSync('answer')
    dealer.sendManySync(Array.from({ length: 10 * MUCH }, () => 'no envelope'))
    dealer.sendSync(['', 'another'])
    expect(reply.receiveSync().map(String)).toEqual(['another'])
  })

  it('do not keep a REQ from its answer', async () => {
    const name = endpoint()
    const router = open(new Router(noLimit))
    router.bindSync(name)
    const request = open(new Request({ ...noLimit, routingId: 'r', correlate: true }))
    request.connect(name)
    for (const receive of [() => request.receive(), async () => request.receiveSync()]) {
      request.sendSync('question')
      const question = router.receiveSync(atOnce)
      router.sendManySync(Array.from({ length: 10 * MUCH }, () => ['r', 'no answer']))
      router.sendSync([...question.slice(0, -1), 'answer'])
      expect((await receive()).map(String)).toEqual(['answer'])
      router.sendManySync(Array.from({ length: 10 * MUCH }, () => ['r', 'nor is this']))
    }
  })

  it('do not keep the pipe of a peer that a ROUTER does not hear', async () => {
    const name = endpoint()
    const router = open(new Router(noLimit))
    router.bindSync(name)
    const dealers = [1, 2].map(() => open(new Dealer({ ...noLimit, routingId: 'the same' })))
    for (const dealer of dealers) dealer.connect(name)
    dealers[0]!.sendSync('heard')
    expect(String((await router.receive()).at(-1))).toBe('heard')
    const before = router.context.memory.usedBytes
    dealers[1]!.sendManySync(Array.from({ length: 10 * MUCH }, () => 'x'))
    dealers[1]!.close()
    while (router.context.memory.usedBytes > before) await new Promise(setImmediate)
    expect(router.context.memory.usedBytes).toBeLessThanOrEqual(before)
  })
})
