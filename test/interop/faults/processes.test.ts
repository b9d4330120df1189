import { context, Publisher, Pull, Push, Subscriber, type Socket } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { FaultyLink } from '../../support/faultyLink.ts'
import { FreePorts } from '../../support/freeEndpoints.ts'
import { Ledger } from '../../support/ledger.ts'
import { PeerProcess } from '../../support/peerProcess.ts'
import { stamped } from '../../support/stamped.ts'
import { describeRestarts } from './restarts.ts'

const ports = await FreePorts.hold(4)
interface Closeable {
  readonly closed: boolean
  linger: number
  close(): void
}

let sockets: Closeable[] = []
let processes: PeerProcess[] = []
afterEach(async () => {
  for (const socket of sockets) {
    if (socket.closed) continue
    socket.linger = 0
    socket.close()
  }
  await Promise.all(processes.map((process) => process.kill()))
  sockets = []
  processes = []
})

function open<S extends Closeable>(socket: S): S {
  sockets.push(socket)
  return socket
}

function start(source: string, data: unknown): PeerProcess {
  const process = new PeerProcess(source, data)
  processes.push(process)
  return process
}

/** Resolves at the next event of this type, read one after the other. */
async function next(socket: Socket, wanted: string): Promise<void> {
  for await (const { type } of socket.events) if (type === wanted) return
}

/** Receives until it gets message `data.last`, and says how many there were. */
const receiver = `
  const pull = new ringpost.Pull({ receiveHighWaterMark: 100 })
  await pull.bind(data.endpoint)
  console.log('listening')
  const taken = new ledger.Ledger()
  for await (const message of pull) {
    const { sequence } = taken.enter(message)
    if (sequence === 0) console.log('first')
    if (message.length === 2) console.log('last of ' + taken.count)
  }
`

const MESSAGE_BYTES = 10_000
const MARK = 100
/** What the systems on both sides hold on the way, at most. */
const KERNEL_BYTES = 24 * 2 ** 20

/** Whether it was sent within the time that the socket has for it. */
async function isTaken(push: Push, message: readonly Buffer[]): Promise<boolean> {
  try {
    await push.send([...message])
    return true
  } catch (error) {
    if ((error as { code?: string }).code !== 'EAGAIN') throw error
    return false
  }
}

/** Sends until the queue has been full for a moment; how many there were. */
async function fill(push: Push, from: number): Promise<number> {
  push.sendTimeout = 300
  let sequence = from
  while (await isTaken(push, stamped(1, sequence, [MESSAGE_BYTES]))) sequence++
  push.sendTimeout = -1
  return sequence
}

/**
 * That what is sent to a full queue costs nothing, however often that is. Some of it may be taken still: the
 * thread that does I/O may have had no core in the moment after which the queue counted as full.
 *
 * @returns how many there were
 */
async function expectFlat(push: Push, from: number): Promise<number> {
  push.sendTimeout = 0
  let sequence = from
  let message = stamped(1, sequence, [MESSAGE_BYTES])
  const before = context.memory.usedBytes
  const residentBefore = process.memoryUsage.rss()
  for (let refused = 0; refused < 20_000;) {
    if (await isTaken(push, message)) message = stamped(1, ++sequence, [MESSAGE_BYTES])
    else refused++
  }
  push.sendTimeout = -1
  expect(context.memory.usedBytes - before).toBeLessThan(2 ** 20)
  expect(process.memoryUsage.rss() - residentBefore).toBeLessThan(128 * 2 ** 20)
  return sequence
}

describe('a peer whose process', () => {
  it('is stopped makes its sender wait at the high-water mark; it goes on and gets all', async () => {
    const endpoint = ports.endpoint()
    const peer = start(receiver, { endpoint })
    expect(await peer.line()).toBe('listening')
    const push = open(new Push({ sendHighWaterMark: MARK }))
    push.connect(endpoint)
    await push.send(stamped(1, 0, [0]))
    expect(await peer.line()).toBe('first')
    peer.signal('SIGSTOP')
    const used = context.memory.usedBytes
    const filled = await fill(push, 1)
    expect(filled).toBeGreaterThanOrEqual(MARK)
    expect(context.memory.usedBytes - used).toBeLessThan(4 * MARK * MESSAGE_BYTES)
    const sent = await expectFlat(push, filled)
    expect(sent * MESSAGE_BYTES).toBeLessThan(MARK * MESSAGE_BYTES + KERNEL_BYTES)
    peer.signal('SIGCONT')
    await push.send(stamped(1, sent, [0, 0]))
    expect(await peer.line()).toBe(`last of ${sent + 1}`)
  })

  it('is stopped is given up where there are heartbeats, and found again', async () => {
    const endpoint = ports.endpoint()
    const peer = start(receiver, { endpoint })
    expect(await peer.line()).toBe('listening')
    const push = open(
      new Push({ heartbeatInterval: 20, heartbeatTimeout: 200, reconnectInterval: 10 }),
    )
    push.connect(endpoint)
    await push.send(stamped(1, 0, [0]))
    expect(await peer.line()).toBe('first')
    peer.signal('SIGSTOP')
    await next(push, 'disconnect')
    await push.send(stamped(1, 1, [0, 0]))
    peer.signal('SIGCONT')
    expect(await peer.line()).toBe('last of 2')
  })

  it('is killed is waited for: what is sent meanwhile reaches the one that takes its place', async () => {
    const endpoint = ports.endpoint()
    const first = start(receiver, { endpoint })
    expect(await first.line()).toBe('listening')
    const push = open(new Push({ reconnectInterval: 10 }))
    push.connect(endpoint)
    await push.send(stamped(1, 0, [0]))
    expect(await first.line()).toBe('first')
    const gone = next(push, 'disconnect')
    await first.kill()
    await gone
    for (let sequence = 1; sequence < 500; sequence++) await push.send(stamped(1, sequence, [10]))
    await push.send(stamped(1, 500, [0, 0]))
    const second = start(receiver, { endpoint })
    expect(await second.line()).toBe('listening')
    expect(await second.line()).toBe('last of 500')
  })

  describeRestarts(3)
})

describe('a peer that does not read', () => {
  it('makes its sender wait at the high-water mark, and gets all when it reads', async () => {
    const pull = open(new Pull({ receiveHighWaterMark: MARK }))
    await pull.bind('tcp://127.0.0.1:*')
    const push = open(new Push({ sendHighWaterMark: MARK }))
    push.connect(pull.lastEndpoint!)
    const used = context.memory.usedBytes
    const sent = await expectFlat(push, await fill(push, 0))
    expect(sent).toBeGreaterThanOrEqual(2 * MARK)
    expect(sent * MESSAGE_BYTES).toBeLessThan(2 * MARK * MESSAGE_BYTES + KERNEL_BYTES)
    expect(context.memory.usedBytes - used).toBeLessThan(8 * MARK * MESSAGE_BYTES)
    const ledger = new Ledger()
    while (ledger.count < sent) ledger.enter(await pull.receive())
  })
})

describe('a subscriber that does not read', () => {
  it('costs its publisher no more than the high-water marks, and the others nothing', async () => {
    const publisher = open(new Publisher({ sendHighWaterMark: MARK }))
    await publisher.bind('tcp://127.0.0.1:*')
    const [stopped, quick] = [1, 2].map(() => {
      const subscriber = open(new Subscriber({ receiveHighWaterMark: MARK }))
      subscriber.subscribe('')
      subscriber.connect(publisher.lastEndpoint!)
      return subscriber
    }) as [Subscriber, Subscriber]
    let sequence = 0
    // Both have subscribed when both have received something.
    const areThere = Promise.all([stopped.receive(), quick.receive()])
    let isThere = false
    void areThere.then(() => (isThere = true))
    while (!isThere) {
      await publisher.send(stamped(1, sequence++, [10]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const ledger = new Ledger()
    const used = context.memory.usedBytes
    // Behind so many others that it waits for in vain it has been dropped.
    quick.receiveTimeout = 2000
    const receives = async (upTo: number): Promise<boolean> => {
      try {
        while (ledger.lastOf(1) < upTo) ledger.enter(await quick.receive())
        return true
      } catch (error) {
        if ((error as { code?: string }).code !== 'EAGAIN') throw error
        return false
      }
    }
    for (let count = 0; count < 10_000; sequence++) {
      await publisher.send(stamped(1, sequence, [MESSAGE_BYTES]))
      if (await receives(sequence)) count++
    }
    expect(context.memory.usedBytes - used).toBeLessThan(8 * MARK * MESSAGE_BYTES)
  })
})

describe('a wire that falls silent', () => {
  it('is noticed by heartbeats on both sides, the one that was only told to expect them too', async () => {
    const pull = open(new Pull())
    await pull.bind('tcp://127.0.0.1:*')
    // Some heartbeats have passed by then.
    const silence = { direction: 'forth', afterBytes: 400, how: 'silence' } as const
    const link = await FaultyLink.open(pull.lastEndpoint!, (connection) =>
      connection === 0 ? silence : undefined,
    )
    const push = open(
      new Push({
        heartbeatInterval: 20,
        heartbeatTimeout: 200,
        heartbeatTimeToLive: 300,
        reconnectInterval: 10,
      }),
    )
    const areGone = Promise.all([next(push, 'disconnect'), next(pull, 'disconnect')])
    push.connect(link.endpoint)
    await push.send(stamped(1, 0, [10]))
    const ledger = new Ledger()
    ledger.enter(await pull.receive())
    await areGone
    await push.send(stamped(1, 1, [10]))
    ledger.enter(await pull.receive())
    expect(ledger.count).toBe(2)
    link.close()
  })
})
