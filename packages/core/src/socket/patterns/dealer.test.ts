import { afterEach, describe, expect, it } from 'vitest'
import { Dealer, Reply, Router, type Socket } from '../sockets.ts'

const again = { code: 'EAGAIN' }

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://dealer-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

describe('DEALER', () => {
  it('sends and receives in batches', () => {
    const name = endpoint()
    const [one, two] = [open(new Dealer()), open(new Dealer())]
    one.bindSync(name)
    two.connect(name)
    two.sendManySync(['1', ['2', 'b'], '3'])
    expect(one.receiveManySync(atOnce).map(texts)).toEqual([['1'], ['2', 'b'], ['3']])
    one.sendManySync(['4', '5'])
    expect(two.receiveManySync({ ...atOnce, max: 1 }).map(texts)).toEqual([['4']])
    expect(two.receiveManySync({ ...atOnce, max: 1 }).map(texts)).toEqual([['5']])
  })

  it('lends what it has received', () => {
    const name = endpoint()
    const [one, two] = [open(new Dealer()), open(new Dealer())]
    one.bindSync(name)
    two.connect(name)
    two.sendSync(['', Buffer.alloc(100_000, 7)])
    const frames = one.receiveSharedSync(atOnce)
    expect(frames.map((frame) => frame.length)).toEqual([0, 100_000])
    expect(frames[1]!.data[99_999]).toBe(7)
    for (const frame of frames) frame.release()
    two.sendSync('next')
    const batch = one.receiveManySharedSync(atOnce)
    expect(batch.messages.map(texts)).toEqual([['next']])
    batch.release()
  })

  it('waits at the high-water mark and goes on when the peer has read', async () => {
    const name = endpoint()
    const one = open(new Dealer({ receiveHighWaterMark: 1 }))
    one.bindSync(name)
    const two = open(new Dealer({ sendHighWaterMark: 1 }))
    two.connect(name)
    two.sendSync('1')
    two.sendSync('2')
    expect(() => two.sendSync('3', { timeout: 0 })).toThrow(expect.objectContaining(again))
    const sending = two.send('3')
    for (const expected of ['1', '2', '3']) expect(texts(await one.receive())).toEqual([expected])
    await sending
  })
})

describe('DEALER with `conflate`', () => {
  it('receives only what came last', () => {
    const name = endpoint()
    const receiver = open(new Dealer({ conflate: true }))
    receiver.bindSync(name)
    const sender = open(new Dealer({ conflate: true }))
    sender.connect(name)
    for (const message of ['1', '2', '3']) sender.sendSync(message)
    expect(texts(receiver.receiveSync(atOnce))).toEqual(['3'])
    expect(receiver.readable).toBe(false)
  })
})

describe('DEALER greeting its peers', () => {
  it('sends the hello message first and the probe then, bound or not', () => {
    const name = endpoint()
    const options = { routingId: 'anna', helloMessage: 'hello', probeRouter: true }
    const early = open(new Dealer(options))
    early.connect(name)
    early.sendSync('content')
    const router = open(new Router({ helloMessage: 'welcome' }))
    router.bindSync(name)
    expect(router.receiveManySync(atOnce).map(texts)).toEqual([
      ['anna', 'hello'],
      ['anna', ''],
      ['anna', 'content'],
    ])
    expect(texts(early.receiveSync(atOnce))).toEqual(['welcome'])
    const late = open(new Dealer({ ...options, routingId: 'bert' }))
    late.connect(name)
    expect(router.receiveManySync(atOnce).map(texts)).toEqual([
      ['bert', 'hello'],
      ['bert', ''],
    ])
  })

  it('does not disturb a REP with a probe', () => {
    const name = endpoint()
    const reply = open(new Reply())
    reply.bindSync(name)
    const dealer = open(new Dealer({ probeRouter: true }))
    dealer.connect(name)
    dealer.sendSync(['', 'question'])
    expect(texts(reply.receiveSync(atOnce))).toEqual(['question'])
  })

  it('greets those that connect to it', () => {
    const name = endpoint()
    const dealer = open(new Dealer({ helloMessage: 'hello' }))
    dealer.bindSync(name)
    const router = open(new Router())
    router.connect(name, { routingId: 'dealer' })
    expect(dealer.readable).toBe(false)
    expect(texts(router.receiveSync(atOnce))).toEqual(['dealer', 'hello'])
  })

  it('takes a hello message back with null', () => {
    const name = endpoint()
    const dealer = open(new Dealer({ helloMessage: 'hello' }))
    dealer.helloMessage = null
    dealer.connect(name)
    const router = open(new Router())
    router.bindSync(name)
    expect(router.readable).toBe(false)
  })
})
