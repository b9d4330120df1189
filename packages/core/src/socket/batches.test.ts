import { afterEach, describe, expect, it } from 'vitest'
import { Context } from '../context/context.ts'
import { SocketError } from '../errors.ts'
import {
  Client,
  Dealer,
  Gather,
  Pair,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Scatter,
  Server,
  type Socket,
} from './sockets.ts'

let lastEndpoint = 0
const endpoint = (): string => `inproc://batches-${++lastEndpoint}`
const texts = (messages: readonly (readonly Buffer[])[]): string[] => messages.map(String)
const BATCH = ['0', '1', '2', '3', '4'] as const

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

/** A PUSH that has room for three messages, and the PULL that reads them. */
function narrow(context = new Context()): { push: Push; pull: Pull; context: Context } {
  const name = endpoint()
  const pull = open(new Pull({ context, receiveHighWaterMark: 2 }))
  pull.bindSync(name)
  const push = open(new Push({ context, sendHighWaterMark: 1 }))
  push.connect(name)
  return { push, pull, context }
}

function errorOf(call: () => void): SocketError {
  try {
    call()
  } catch (error) {
    if (error instanceof SocketError) return error
    throw error
  }
  throw new Error('It did not fail')
}

const rejection = (promise: Promise<void>): Promise<SocketError> =>
  promise.then(
    () => Promise.reject(new Error('It did not fail')),
    (error: SocketError) => error,
  )

/** A PUSH that has room for so many messages, and the PULL that reads them. */
function piled(receiveHighWaterMark: number): { push: Push; pull: Pull } {
  const name = endpoint()
  const pull = open(new Pull({ receiveHighWaterMark }))
  pull.bindSync(name)
  const push = open(new Push())
  push.connect(name)
  return { push, pull }
}

describe('a batch of what is there', () => {
  const LARGE = 2 ** 20
  const message = (n: number): Buffer[] => [Buffer.from(`${n}`), Buffer.alloc(LARGE)]

  it.each([
    ['PULL', () => [new Pull(), new Push()]],
    ['PAIR', () => [new Pair(), new Pair()]],
    ['GATHER', () => [new Gather(), new Scatter()]],
  ] as const)('of a %s ends where it is large enough, and the next goes on', async (type, make) => {
    const [reader, writer] = make().map(open) as unknown as [Pull, Push]
    const name = endpoint()
    reader.bindSync(name)
    writer.connect(name)
    const isSingle = type === 'GATHER'
    for (let n = 0; n < 20; n++) {
      writer.sendSync(isSingle ? Buffer.alloc(LARGE, n) : message(n), { timeout: 0 })
    }
    const batches: number[][] = []
    while (reader.readable) {
      const batch = await reader.receiveMany()
      batches.push(batch.map(([first]) => (isSingle ? first![0]! : Number(first))))
    }
    expect(batches.flat()).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(batches.length).toBeGreaterThanOrEqual(10)
    // All that is small, up to the most that is asked for.
    for (let n = 0; n < 900; n++) writer.sendSync('small', { timeout: 0 })
    expect(await reader.receiveMany({ max: 700 })).toHaveLength(700)
    expect(await reader.receiveMany()).toHaveLength(200)
  })

  it('ends soon when large messages come after many small ones', async () => {
    const { pull, push } = piled(4096)
    for (let n = 0; n < 255; n++) push.sendSync('small', { timeout: 0 })
    for (let n = 0; n < 20; n++) push.sendSync(Buffer.alloc(LARGE), { timeout: 0 })
    const sizes = []
    while (pull.readable) {
      const batch = await pull.receiveMany()
      sizes.push(batch.reduce((size, [frame]) => size + frame!.length, 0))
    }
    expect(sizes.reduce((a, b) => a + b)).toBe(255 * 5 + 20 * LARGE)
    expect(Math.max(...sizes)).toBeLessThan(2 * LARGE)
  })

  it('is counted with frames of any size', async () => {
    const { pull, push } = piled(4096)
    const message = Array.from({ length: 10 }, () => Buffer.alloc(1000))
    for (let n = 0; n < 500; n++) push.sendSync(message, { timeout: 0 })
    const counts = []
    while (pull.readable) counts.push((await pull.receiveMany()).length)
    expect(counts.reduce((a, b) => a + b)).toBe(500)
    expect(Math.max(...counts) * 10_000).toBeLessThan(2 * LARGE)
  })

  it('of frames that are all of a message is counted with all of them', async () => {
    const name = endpoint()
    const router = open(new Router())
    router.bindSync(name)
    const dealer = open(new Dealer())
    dealer.connect(name)
    for (let n = 0; n < 3; n++) dealer.sendSync(['id', Buffer.alloc(5 * LARGE)])
    let hasTurned = false
    setImmediate(() => (hasTurned = true))
    await router.receive()
    expect(hasTurned).toBe(true)
  })
})

describe('a batch that fails half-way', () => {
  it('says after the timeout how much was sent, so that the rest can follow', async () => {
    for (const timeout of [0, 20]) {
      const { push, pull } = narrow()
      push.sendTimeout = timeout
      const error = await rejection(push.sendMany(BATCH))
      expect(error).toMatchObject({ code: 'EAGAIN', sent: 3 })
      expect(texts(pull.receiveManySync())).toEqual(['0', '1', '2'])
      await push.sendMany(BATCH.slice(error.sent))
      expect(texts(pull.receiveManySync())).toEqual(['3', '4'])
    }
  })

  it('says so in blocking form, too', () => {
    for (const timeout of [0, 20]) {
      const { push, pull } = narrow()
      const error = errorOf(() => push.sendManySync(BATCH, { timeout }))
      expect(error).toMatchObject({ code: 'EAGAIN', sent: 3 })
      expect(texts(pull.receiveManySync())).toEqual(['0', '1', '2'])
      push.sendManySync(BATCH.slice(error.sent))
      expect(texts(pull.receiveManySync())).toEqual(['3', '4'])
    }
  })

  it('counts what went on while it waited', async () => {
    const { push, pull } = narrow()
    const rejected = rejection(push.sendMany([...BATCH, ...BATCH, ...BATCH]))
    let received = (await pull.receiveMany()).length
    received += (await pull.receiveMany()).length
    push.close()
    const error = await rejected
    received += pull.receiveManySync().length
    expect(error).toMatchObject({ code: 'EAGAIN', sent: received })
    expect(received).toBeGreaterThan(6)
  })

  it('counts frames of several parts and texts alike', () => {
    const { push } = narrow()
    const mixed = [Buffer.from('0'), ['1', 'b'], '2', Buffer.from('3')]
    expect(errorOf(() => push.sendManySync(mixed, { timeout: 0 })).sent).toBe(3)
  })

  it('says how much when its context is shut down', async () => {
    const { push, context } = narrow()
    const rejected = rejection(push.sendMany(BATCH))
    context.shutdown()
    expect(await rejected).toMatchObject({ code: 'ETERM', sent: 3 })
  })

  it('says how much when a target is gone', async () => {
    const name = endpoint()
    const server = open(new Server())
    server.bindSync(name)
    const client = open(new Client())
    client.connect(name)
    client.sendSync('question')
    const [, target] = server.receiveSync()
    const batch = [
      ['1', target],
      ['2', target],
      ['3', { routingId: target.routingId + 1000 }],
    ] as const
    const unreachable = { code: 'EHOSTUNREACH', sent: 2 }
    expect(await rejection(server.sendMany(batch))).toMatchObject(unreachable)
    expect(errorOf(() => server.sendManySync(batch))).toMatchObject(unreachable)
    expect(texts(client.receiveManySync())).toEqual(['1', '2', '1', '2'])
  })

  it('says how much when it is not its turn any more', () => {
    const name = endpoint()
    open(new Reply()).bindSync(name)
    const request = open(new Request())
    request.connect(name)
    const error = errorOf(() => request.sendManySync(['question', 'another']))
    expect(error).toMatchObject({ code: 'EFSM', sent: 1 })
  })
})

describe('an error that tells of no batch', () => {
  it('does not say how much was sent', async () => {
    const pair = open(new Pair({ sendTimeout: 0 }))
    expect(errorOf(() => pair.sendSync('nobody'))).not.toHaveProperty('sent')
    expect(await rejection(pair.send('nobody'))).not.toHaveProperty('sent')
    pair.close()
    expect(errorOf(() => pair.sendManySync(['closed']))).not.toHaveProperty('sent')
  })
})
