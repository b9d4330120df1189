import { afterEach, describe, expect, it } from 'vitest'
import { Context } from '../context/context.ts'
import { withMemoryFor } from '../ring/scarceMemory.test-support.ts'
import { Client, Dealer, Pair, Pull, Push, Reply, Request, Router, Server } from './sockets.ts'
import type { Socket } from './sockets.ts'

const atOnce = { timeout: 0 }
/** Frames of this size have a block of their own. */
const LARGE = 100_000
const large = (letter: string): Buffer => Buffer.alloc(LARGE, letter)

const context = new Context()
const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

function closeAll(): void {
  for (const socket of opened.splice(0)) socket.close()
}
afterEach(closeAll)
/** Bytes that are left when all sockets are closed. */
function leak(): number {
  closeAll()
  return context.memory.usedBytes
}

let lastEndpoint = 0
function connected<A extends Socket, B extends Socket>(bound: A, connecting: B): [A, B] {
  const endpoint = `inproc://scarce-${++lastEndpoint}`
  open(bound).bindSync(endpoint)
  open(connecting).connect(endpoint)
  return [bound, connecting]
}

/** The first letter of each frame, and how many there are. */
const outlines = (message: readonly { toString(): string; readonly length: number }[]): string[] =>
  message.map((frame) => `${String(frame).slice(0, 1)} ${frame.length}`)
const MESSAGE = ['a', large('b'), 'c', large('d')]
const OUTLINES = ['a 1', `b ${LARGE}`, 'c 1', `d ${LARGE}`]

describe('a receive without memory for a copy', () => {
  it.each([
    ['PULL', () => connected(new Pull({ context }), new Push({ context }))],
    ['PAIR', () => connected(new Pair({ context }), new Pair({ context }))],
    ['DEALER', () => connected(new Dealer({ context }), new Dealer({ context }))],
  ] as const)('leaves a %s the whole message for the next one', (_name, make) => {
    const [reader, writer] = make() as unknown as [Pull, Push]
    writer.sendSync(MESSAGE)
    for (const copies of [0, 1]) {
      expect(withMemoryFor(copies, () => reader.receiveSync(atOnce))).toBe(false)
    }
    expect(outlines(reader.receiveSync(atOnce))).toEqual(OUTLINES)
    expect(reader.readable).toBe(false)
    expect(leak()).toBe(0)
  })

  it('leaves it to a promise as well', async () => {
    const [pull, push] = connected(new Pull({ context }), new Push({ context }))
    push.sendSync(MESSAGE)
    let receiving: Promise<unknown> = Promise.resolve()
    withMemoryFor(1, () => void (receiving = (async () => pull.receive())()))
    await expect(receiving).rejects.toThrow(RangeError)
    expect(outlines(await pull.receive())).toEqual(OUTLINES)
    expect(leak()).toBe(0)
  })

  it('keeps questions and answers whole', () => {
    const [reply, request] = connected(new Reply({ context }), new Request({ context }))
    request.sendSync(MESSAGE)
    expect(withMemoryFor(1, () => reply.receiveSync(atOnce))).toBe(false)
    reply.sendSync(reply.receiveSync(atOnce))
    expect(withMemoryFor(1, () => request.receiveSync(atOnce))).toBe(false)
    expect(outlines(request.receiveSync(atOnce))).toEqual(OUTLINES)
    expect(leak()).toBe(0)
  })

  it.each([
    ['PULL', () => connected(new Pull({ context }), new Push({ context }))],
    ['SERVER', () => connected(new Server({ context }), new Client({ context }))],
  ] as const)('hides no other failure in the middle of a batch: %s', (_name, make) => {
    const [reader, writer] = make() as unknown as [Pull, Push]
    writer.sendSync('0')
    // So that there is memory for small messages.
    reader.receiveSync(atOnce)
    writer.sendManySync(['1', large('2')])
    let failures = 0
    const fail = (): void => {
      if (failures++ === 0) throw new TypeError('Not that')
    }
    expect(() => withMemoryFor(0, () => reader.receiveManySync(atOnce), fail)).toThrow('Not that')
  })

  it.each([
    ['PULL', [], () => connected(new Pull({ context }), new Push({ context }))],
    [
      'ROUTER',
      ['x 1'],
      () => connected(new Router({ context }), new Dealer({ context, routingId: 'x' })),
    ],
  ] as const)(
    'ends a batch before the message, and loses nothing of either: %s',
    (_, head, make) => {
      const [reader, writer] = make() as unknown as [Pull, Push]
      for (const receive of ['receiveManySync', 'receiveManySharedSync'] as const) {
        writer.sendManySync(['1', large('2'), MESSAGE, '3'])
        const received: string[][] = []
        // With no memory at all, with memory for one copy, for two, and then with enough.
        for (const copies of [0, 1, 0, 1, 2, 9, 9]) {
          if (!reader.readable) break
          withMemoryFor(copies, () => {
            const batch = reader[receive](atOnce)
            for (const message of batch) received.push(outlines(message))
            if ('release' in batch) batch.release()
          })
        }
        const expected = [['1 1'], [`2 ${LARGE}`], OUTLINES, ['3 1']]
        expect(received).toEqual(expected.map((message) => [...head, ...message]))
      }
    },
  )
})
