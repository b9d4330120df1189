import { afterEach, describe, expect, it } from 'vitest'
import { context } from '../../context/default.ts'
import { engage } from '../socket.ts'
import { Dealer, Reply, Request, type Socket } from '../sockets.ts'

const outOfTurn = { code: 'EFSM' }

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://reply-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

function served(count: number): { reply: Reply; dealers: Dealer[] } {
  const name = endpoint()
  const reply = open(new Reply())
  reply.bindSync(name)
  const dealers = Array.from({ length: count }, () => open(new Dealer()))
  for (const dealer of dealers) dealer.connect(name)
  return { reply, dealers }
}

describe('REP', () => {
  it('throws EFSM at once from blocking calls out of turn', () => {
    const { reply, dealers } = served(1)
    expect(() => reply.sendSync('unasked')).toThrow(expect.objectContaining(outOfTurn))
    dealers[0]!.sendSync(['', 'question'])
    reply.receiveSync(atOnce)
    expect(() => reply.receiveSync(atOnce)).toThrow(expect.objectContaining(outOfTurn))
  })

  it('is readable only when somebody asks, and writable only when it has to answer', () => {
    const { reply, dealers } = served(1)
    dealers[0]!.sendSync('no envelope')
    dealers[0]!.sendSync(['envelope of nothing', ''])
    dealers[0]!.sendSync('')
    expect([reply.readable, reply.writable]).toEqual([false, false])
    dealers[0]!.sendSync(['', 'question'])
    dealers[0]!.sendSync(['', 'next'])
    expect([reply.readable, reply.readable, reply.writable]).toEqual([true, true, false])
    expect(texts(reply.receiveSync(atOnce))).toEqual(['question'])
    expect([reply.readable, reply.writable]).toEqual([false, true])
    reply.sendSync('answer')
    expect([reply.readable, reply.writable]).toEqual([true, false])
  })

  it('gives each answer the envelope of its question', () => {
    const { reply, dealers } = served(2)
    dealers[0]!.sendSync(['a', 'b', '', 'first', ''])
    dealers[1]!.sendSync(['', '', 'second'])
    expect(texts(reply.receiveSync(atOnce))).toEqual(['first', ''])
    reply.sendSync(['to', 'the first'])
    expect(texts(reply.receiveSync(atOnce))).toEqual(['', 'second'])
    reply.sendSync('to the second')
    expect(texts(dealers[0]!.receiveSync(atOnce))).toEqual(['a', 'b', '', 'to', 'the first'])
    expect(texts(dealers[1]!.receiveSync(atOnce))).toEqual(['', 'to the second'])
  })

  it('still receives the question of a peer that has gone, and drops the answer', () => {
    const { reply, dealers } = served(2)
    dealers[0]!.sendSync(['', 'from the one that goes'])
    dealers[0]!.close()
    expect(texts(reply.receiveSync(atOnce))).toEqual(['from the one that goes'])
    reply.sendSync('nobody hears this')
    dealers[1]!.sendSync(['', 'next'])
    expect(texts(reply.receiveSync(atOnce))).toEqual(['next'])
  })

  it('takes shared memory that it drops, as if it were sent', () => {
    const { reply, dealers } = served(1)
    dealers[0]!.sendSync(['', 'question'])
    dealers[0]!.close()
    reply.receiveSync(atOnce)
    const answer = context.allocate(100_000)
    reply.sendSync(answer)
    expect(() => answer.data).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })

  it('serves peers of the same routing id, whose names it has no use for', () => {
    const name = endpoint()
    const reply = open(new Reply())
    reply.bindSync(name)
    const requests = [1, 2].map(() => open(new Request({ routingId: 'same' })))
    for (const [index, request] of requests.entries()) {
      request.connect(name)
      request.sendSync(String(index))
    }
    for (let count = 0; count < 2; count++) reply.sendSync(reply.receiveSync(atOnce))
    expect(requests.map((request) => String(request.receiveSync(atOnce)[0]))).toEqual(['0', '1'])
  })

  it('lets a receive wait until it has answered', async () => {
    const { reply, dealers } = served(1)
    dealers[0]!.sendSync(['', 'first'])
    dealers[0]!.sendSync(['', 'second'])
    await reply.receive()
    const next = reply.receive()
    await reply.send('answer')
    expect(texts(await next)).toEqual(['second'])
  })

  it('is not parked with a question that it has looked at', () => {
    const { reply, dealers } = served(1)
    dealers[0]!.sendSync(['', 'question'])
    const { pattern } = reply[engage](() => undefined)
    expect([pattern.canReceive(), pattern.parkReceiving()]).toEqual([true, false])
    expect(texts(pattern.receive() as Buffer[])).toEqual(['question'])
    expect(pattern.parkReceiving()).toBe(true)
  })

  it('receives one question of a batch at a time', () => {
    const { reply, dealers } = served(1)
    dealers[0]!.sendSync(['', 'first'])
    dealers[0]!.sendSync(['', 'second'])
    expect(reply.receiveManySync(atOnce).map(texts)).toEqual([['first']])
  })
})
