import { afterEach, describe, expect, it } from 'vitest'
import { Proxy } from '../../proxy/proxy.ts'
import { Dish, Publisher, Radio, Subscriber } from '../publishingSockets.ts'
import { Dealer, Pull, Push, Reply, Request, Router, type Socket } from '../sockets.ts'

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }
const noLimit = { sendHighWaterMark: 0, receiveHighWaterMark: 0 }
/** Nearly three times what is dropped in one go. */
const junk = Array.from({ length: 3000 }, () => 'junk')

let lastEndpoint = 0
const endpoint = (): string => `inproc://resting-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.close()
  // A look at them that is due still is none for the next test.
  await new Promise(setImmediate)
})

/** A socket with much in its pipes that it does not want, and behind it what it wants. */
interface Flooded {
  readonly socket: Subscriber | Dish | Reply | Request
  /** What it wants, as frames of text. */
  readonly wanted: readonly string[]
}

function floodedSubscriber(wanted = 'wanted'): Flooded & { socket: Subscriber } {
  const name = endpoint()
  const publisher = open(new Publisher({ sendHighWaterMark: 0 }))
  const socket = open(new Subscriber())
  publisher.bindSync(name)
  socket.connect(name)
  socket.subscribe(wanted, 'junk')
  publisher.sendManySync(junk)
  // These are on their way already.
  socket.unsubscribe('junk')
  publisher.sendSync(wanted)
  return { socket, wanted: [wanted] }
}

function floodedDish(): Flooded {
  const name = endpoint()
  const radio = open(new Radio({ sendHighWaterMark: 0 }))
  const socket = open(new Dish())
  radio.bindSync(name)
  socket.connect(name)
  socket.join('left', 'joined')
  radio.sendManySync(junk.map((text) => [text, { group: 'left' }] as const))
  socket.leave('left')
  radio.sendSync('wanted', { group: 'joined' })
  return { socket, wanted: ['wanted'] }
}

function floodedReply(): Flooded {
  const name = endpoint()
  const socket = open(new Reply(noLimit))
  const dealer = open(new Dealer(noLimit))
  socket.bindSync(name)
  dealer.connect(name)
  dealer.sendManySync(junk)
  dealer.sendSync(['', 'wanted'])
  return { socket, wanted: ['wanted'] }
}

/** Half of it comes from somebody who was not asked. */
function floodedRequest(): Flooded {
  const socket = open(new Request({ ...noLimit, routingId: 'asker' }))
  const [asked, other] = [open(new Router(noLimit)), open(new Router(noLimit))]
  for (const router of [asked, other]) {
    const name = endpoint()
    router.bindSync(name)
    socket.connect(name)
  }
  socket.sendSync('question')
  asked.receiveSync(atOnce)
  const noAnswers = junk.map((text) => ['asker', text])
  for (const router of [asked, other]) router.sendManySync(noAnswers)
  asked.sendSync(['asker', '', 'wanted'])
  return { socket, wanted: ['wanted'] }
}

const flooded: [string, () => Flooded][] = [
  ['SUB', floodedSubscriber],
  ['DISH', floodedDish],
  ['REP', floodedReply],
  ['REQ', floodedRequest],
]

/** The frames of a message, whatever is given beside them. */
function framesOf(received: unknown): string[] {
  const parts = [received].flat(2)
  return parts.flatMap((part) => {
    if (Buffer.isBuffer(part)) return [String(part)]
    return part instanceof Object && 'data' in part ? [String(part.data)] : []
  })
}

type Receiving = Flooded['socket']

const promising: [string, (socket: Receiving) => Promise<unknown>][] = [
  ['receive', (socket) => socket.receive()],
  ['receiveMany', async (socket) => (await socket.receiveMany())[0]],
  ['receiveShared', (socket) => socket.receiveShared()],
  ['receiveManyShared', async (socket) => (await socket.receiveManyShared()).messages[0]],
  [
    'for await',
    async (socket) => {
      for await (const message of socket) return message
      throw new Error('The socket was closed')
    },
  ],
]

const blocking: [string, (socket: Receiving) => unknown][] = [
  ['receiveSync', (socket) => socket.receiveSync()],
  ['receiveManySync', (socket) => socket.receiveManySync()[0]],
  ['receiveSharedSync', (socket) => socket.receiveSharedSync()],
  ['receiveManySharedSync', (socket) => socket.receiveManySharedSync().messages[0]],
]

describe.each(flooded)('a %s that is flooded with what it drops', (_type, make) => {
  it.each(promising)(
    'gets what it wants by `%s`, and the event loop turns before',
    async (_name, receive) => {
      const { socket, wanted } = make()
      let hasTurned = false
      setImmediate(() => (hasTurned = true))
      expect(framesOf(await receive(socket))).toEqual(wanted)
      expect(hasTurned).toBe(true)
    },
  )

  it.each(blocking)('gets what it wants by `%s`', (_name, receive) => {
    const { socket, wanted } = make()
    expect(framesOf(receive(socket))).toEqual(wanted)
  })

  it('finds it by calls that do not wait, of which each drops some', () => {
    const { socket, wanted } = make()
    const looks: boolean[] = []
    do looks.push(socket.readable)
    while (!looks.at(-1))
    expect(looks.length).toBeGreaterThan(2)
    expect(framesOf(socket.receiveSync(atOnce))).toEqual(wanted)
  })
})

describe('a proxy whose front end is flooded with what it drops', () => {
  it('passes on what is wanted, and the event loop turns before', async () => {
    const { socket: front } = floodedSubscriber()
    const [back, sink] = [open(new Push()), open(new Pull())]
    const name = endpoint()
    sink.bindSync(name)
    back.connect(name)
    const proxy = new Proxy(front, back)
    let hasTurned = false
    setImmediate(() => (hasTurned = true))
    const running = proxy.run()
    expect(texts(await sink.receive())).toEqual(['wanted'])
    expect(hasTurned).toBe(true)
    proxy.terminate()
    await running
  })

  it('passes it on while it blocks the thread', () => {
    const { socket: front } = floodedSubscriber('TERMINATE')
    const [back, control] = [open(new Push()), open(new Pull())]
    const name = endpoint()
    control.bindSync(name)
    // What it passes on ends it.
    back.connect(name)
    const proxy = new Proxy(front, back, undefined, control)
    proxy.runSync()
    expect(proxy.statistics.backEnd.sent.messages).toBe(1)
  })
})

describe('a socket that rests', () => {
  it('goes on when the pipe that it rests for is closed', async () => {
    const reply = open(new Reply(noLimit))
    const [flooding, asking] = [open(new Dealer(noLimit)), open(new Dealer(noLimit))]
    const names = [endpoint(), endpoint()] as const
    for (const [i, dealer] of [flooding, asking].entries()) {
      dealer.bindSync(names[i]!)
      reply.connect(names[i]!)
    }
    flooding.sendManySync(junk)
    const receiving = reply.receive()
    reply.disconnect(names[0])
    asking.sendSync(['', 'question'])
    expect(texts(await receiving)).toEqual(['question'])
  })

  it('goes on when the peer that has flooded it has gone', async () => {
    const name = endpoint()
    const reply = open(new Reply(noLimit))
    const [flooding, asking] = [open(new Dealer(noLimit)), open(new Dealer(noLimit))]
    reply.bindSync(name)
    for (const dealer of [flooding, asking]) dealer.connect(name)
    flooding.sendManySync(junk)
    const receiving = reply.receive()
    flooding.close()
    asking.sendSync(['', 'question'])
    expect(texts(await receiving)).toEqual(['question'])
  })

  it('has dropped fewer messages when they are large', () => {
    const name = endpoint()
    const reply = open(new Reply(noLimit))
    const dealer = open(new Dealer(noLimit))
    reply.bindSync(name)
    dealer.connect(name)
    for (let count = 0; count < 5; count++) dealer.sendSync(Buffer.alloc(400_000))
    dealer.sendSync(['', 'question'])
    expect([reply.readable, reply.readable]).toEqual([false, true])
  })

  it('does not wait longer than it was asked to', async () => {
    const name = endpoint()
    const reply = open(new Reply({ ...noLimit, receiveTimeout: 0 }))
    const dealer = open(new Dealer(noLimit))
    reply.bindSync(name)
    dealer.connect(name)
    dealer.sendManySync(junk)
    await expect(reply.receive()).rejects.toMatchObject({ code: 'EAGAIN' })
    expect(() => reply.receiveSync(atOnce)).toThrow(expect.objectContaining({ code: 'EAGAIN' }))
  })
})
