import { afterEach, describe, expect, it } from 'vitest'
import { engage } from '../socket.ts'
import { Reply, Request, Router, type Socket } from '../sockets.ts'

const again = { code: 'EAGAIN' }
const outOfTurn = { code: 'EFSM' }

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }

let lastEndpoint = 0
const endpoint = (): string => `inproc://request-${++lastEndpoint}`
const texts = (message: readonly Buffer[]): string[] => message.map(String)

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

/** A REQ that has asked `asked`; `other` is its other peer. */
function asking(
  options: ConstructorParameters<typeof Request>[0] = {},
  routerOptions: ConstructorParameters<typeof Router>[0] = {},
): { request: Request; asked: Router; other: Router } {
  const request = open(new Request({ routingId: 'asker', ...options }))
  const [asked, other] = [open(new Router(routerOptions)), open(new Router(routerOptions))]
  for (const router of [asked, other]) {
    const name = endpoint()
    router.bindSync(name)
    request.connect(name)
  }
  request.sendSync('question')
  expect(texts(asked.receiveSync(atOnce))).toEqual(['asker', '', 'question'])
  return { request, asked, other }
}

describe('REQ', () => {
  it('throws EFSM at once from blocking calls out of turn', () => {
    const { request } = asking()
    expect(() => request.sendSync('another')).toThrow(expect.objectContaining(outOfTurn))
    const idle = open(new Request())
    expect(() => idle.receiveSync(atOnce)).toThrow(expect.objectContaining(outOfTurn))
  })

  it('takes only well-formed replies of the peer that it asked', () => {
    const { request, asked, other } = asking()
    other.sendSync(['asker', '', 'uninvited'])
    asked.sendSync(['asker', ''])
    asked.sendSync(['asker', 'no', 'delimiter'])
    asked.sendSync(['asker', '', 'answer', ''])
    expect(texts(request.receiveSync(atOnce))).toEqual(['answer', ''])
  })

  it('is readable only when it has an answer, and receives the one it has looked at', () => {
    const { request, asked, other } = asking()
    other.sendSync(['asker', '', 'uninvited'])
    asked.sendSync(['asker', 'malformed'])
    expect(request.readable).toBe(false)
    asked.sendSync(['asker', '', 'answer'])
    asked.sendSync(['asker', '', 'one too many'])
    expect([request.readable, request.readable]).toEqual([true, true])
    expect(texts(request.receiveSync(atOnce))).toEqual(['answer'])
    expect([request.readable, request.writable]).toEqual([false, true])
  })

  it('goes on waiting when the peer that it asked has gone, and then hears anybody', () => {
    const { request, asked, other } = asking()
    asked.close()
    expect(() => request.receiveSync(atOnce)).toThrow(expect.objectContaining(again))
    expect(() => request.sendSync('another')).toThrow(expect.objectContaining(outOfTurn))
    other.sendSync(['asker', '', 'I know it too'])
    expect(texts(request.receiveSync(atOnce))).toEqual(['I know it too'])
  })

  it('passes over peers at their high-water mark', () => {
    const marks = [{ sendHighWaterMark: 1, relaxed: true }, { receiveHighWaterMark: 1 }] as const
    const { request, other } = asking(...marks)
    for (let count = 0; count < 4; count++) request.sendSync('more')
    expect(request.writable).toBe(false)
    expect(() => request.sendSync('too much', { timeout: 0 })).toThrow(
      expect.objectContaining(again),
    )
    other.receiveSync(atOnce)
    other.receiveSync(atOnce)
    request.sendSync('room again', { timeout: 0 })
    expect(String(other.receiveSync(atOnce)[2])).toBe('room again')
  })

  it('sends a waiting question once, though a peer ends while older answers are dropped', async () => {
    const leavingEndpoint = endpoint()
    const leaving = open(new Router())
    leaving.bindSync(leavingEndpoint)
    const request = open(new Request({ routingId: 'asker' }))
    request.connect(leavingEndpoint)
    expect(leaving.readable).toBe(false)
    leaving.sendSync(['asker', '', 'unasked'])
    leaving.close()
    const sending = request.send('question')
    const staying = open(new Router())
    const name = endpoint()
    staying.bindSync(name)
    request.connect(name)
    await sending
    expect(texts(await staying.receive())).toEqual(['asker', '', 'question'])
    expect(staying.readable).toBe(false)
  })

  it('lends large answers', () => {
    const { request, asked } = asking()
    asked.sendSync(['asker', '', Buffer.alloc(100_000, 7)])
    const [frame, ...rest] = request.receiveSharedSync(atOnce)
    expect([frame?.length, frame?.data[99_999], rest.length]).toEqual([100_000, 7, 0])
    frame?.release()
  })
})

describe('REQ with `correlate`', () => {
  it('wants the number of the question though the option is taken back', () => {
    const { request, asked } = asking()
    asked.sendSync(['asker', '', 'answer'])
    request.receiveSync(atOnce)
    request.correlate = true
    request.sendSync('to the other')
    request.relaxed = true
    request.sendSync('numbered')
    request.correlate = false
    const [, number] = asked.receiveSync(atOnce)
    asked.sendSync(['asker', '', 'not numbered'])
    expect(request.readable).toBe(false)
    asked.sendSync(['asker', number!, '', 'answer'])
    expect(texts(request.receiveSync(atOnce))).toEqual(['answer'])
  })
})

describe('REQ with `relaxed`', () => {
  it('forgets an answer that it has looked at when it asks again', () => {
    const { request, asked, other } = asking({ relaxed: true })
    asked.sendSync(['asker', '', 'late'])
    expect(request.readable).toBe(true)
    request.sendSync('again')
    expect(request.readable).toBe(false)
    other.receiveSync(atOnce)
    other.sendSync(['asker', '', 'in time'])
    expect(texts(request.receiveSync(atOnce))).toEqual(['in time'])
  })

  it('forgets answers that have come since it looked, too', () => {
    const name = endpoint()
    const router = open(new Router())
    router.bindSync(name)
    const request = open(new Request({ routingId: 'asker', relaxed: true }))
    request.connect(name)
    request.sendSync('question')
    router.receiveSync(atOnce)
    for (const answer of ['first', 'second']) router.sendSync(['asker', '', answer])
    expect(request.readable).toBe(true)
    router.sendSync(['asker', '', 'third'])
    request.sendSync('again')
    expect(request.readable).toBe(false)
    router.receiveSync(atOnce)
    router.sendSync(['asker', '', 'in time'])
    expect(texts(request.receiveSync(atOnce))).toEqual(['in time'])
  })

  it('forgets all that it was flooded with meanwhile', () => {
    const { request, asked, other } = asking({ relaxed: true, receiveHighWaterMark: 0 })
    for (const router of [asked, other]) {
      router.sendManySync(Array.from({ length: 900 }, () => ['asker', '', 'late']))
    }
    request.sendSync('again')
    expect(request.readable).toBe(false)
    other.receiveSync(atOnce)
    other.sendSync(['asker', '', 'in time'])
    expect(texts(request.receiveSync(atOnce))).toEqual(['in time'])
  })

  it('is not parked with an answer that it has looked at', () => {
    const { request, asked } = asking()
    asked.sendSync(['asker', '', 'answer'])
    const { pattern } = request[engage](() => undefined)
    expect([pattern.canReceive(), pattern.parkReceiving()]).toEqual([true, false])
    expect(texts(pattern.receive() as Buffer[])).toEqual(['answer'])
    expect(pattern.parkReceiving()).toBe(true)
  })

  it('does not give up the answer when it cannot ask again', () => {
    const name = endpoint()
    const reply = open(new Reply())
    reply.bindSync(name)
    const request = open(new Request({ relaxed: true }))
    request.connect(name)
    request.sendSync('question')
    reply.receiveSync(atOnce)
    reply.sendSync('answer')
    reply.close()
    expect(() => request.sendSync('again', { timeout: 0 })).toThrow(expect.objectContaining(again))
    expect(texts(request.receiveSync(atOnce))).toEqual(['answer'])
  })
})
