import {
  Context,
  context as ownThreads,
  Dealer,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  type Socket,
} from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { FaultyLink, type Cut, type Direction } from '../../support/faultyLink.ts'
import { Arrivals, Ledger } from '../../support/ledger.ts'
import { announcedSeed, Random } from '../../support/random.ts'
import { frameSizes, stamped } from '../../support/stamped.ts'
import { describeHandshakeCuts, handshakes } from './handshakeCuts.ts'

const seed = announcedSeed('cuts')

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

interface Closeable {
  readonly closed: boolean
  linger: number
  close(): void
}

let sockets: Closeable[] = []
let links: FaultyLink[] = []
afterEach(() => {
  for (const socket of sockets) {
    if (socket.closed) continue
    socket.linger = 0
    socket.close()
  }
  for (const link of links) link.close()
  sockets = []
  links = []
})

function open<S extends Closeable>(socket: S): S {
  sockets.push(socket)
  return socket
}

async function linkTo(
  socket: Socket,
  nextCut?: (connection: number) => Cut | undefined,
): Promise<FaultyLink> {
  const link = await FaultyLink.open(socket.lastEndpoint!, nextCut)
  links.push(link)
  return link
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describeHandshakeCuts('tcp', 'NULL')
describeHandshakeCuts('tcp', 'PLAIN')
describeHandshakeCuts('ipc', 'NULL')

describe.each(places)('a connection, with I/O in $place,', ({ context }) => {
  /** So often a connection is cut under load; the next one stays. */
  const cuts = 40
  const random = new Random(seed)
  /** @param quiet in which direction nothing passes but the handshake */
  const somewhere = (connection: number, quiet?: Direction): Cut | undefined => {
    if (connection >= cuts) return undefined
    const direction = random.pick<Direction>(['forth', 'back'])
    const afterBytes = direction === quiet ? random.below(90) : random.skewed(1 << 17)
    return { direction, afterBytes, how: random.pick(['close', 'reset']) }
  }
  const quick = { context, reconnectInterval: 1 }

  it('that is cut anywhere under load: PUSH and PULL', async () => {
    const pull = open(new Pull(quick))
    await pull.bind('tcp://127.0.0.1:*')
    const link = await linkTo(pull, (connection) => somewhere(connection, 'back'))
    const push = open(new Push(quick))
    push.connect(link.endpoint)
    let isWhole = false
    void handshakes(push, link, cuts + 1).then(() => (isWhole = true))
    let last = -1
    const sending = (async () => {
      let sequence = 0
      while (!isWhole) await push.send(stamped(1, sequence++, frameSizes(random, 1 << 14)))
      last = sequence
      await push.send(stamped(1, sequence, [0]))
    })()
    const arrivals = new Arrivals()
    while (last < 0 || !arrivals.has(last)) arrivals.enter(await pull.receive())
    await sending
    expect(link.connections).toBe(cuts + 1)
    expect(arrivals.leastConnections).toBeLessThanOrEqual(cuts + 1)
  })

  it('that is cut anywhere under load: PUB and SUB, which subscribes again', async () => {
    const publisher = open(new Publisher(quick))
    await publisher.bind('tcp://127.0.0.1:*')
    const link = await linkTo(publisher, (connection) => somewhere(connection, 'forth'))
    const subscriber = open(new Subscriber(quick))
    subscriber.subscribe('')
    subscriber.connect(link.endpoint)
    let isWhole = false
    void handshakes(subscriber, link, cuts + 1).then(() => (isWhole = true))
    let isOver = false
    const publishing = (async () => {
      for (let sequence = 0; !isOver; sequence++) {
        await publisher.send(stamped(isWhole ? 2 : 1, sequence, frameSizes(random, 1 << 14)))
        await nextTurn()
      }
    })()
    const ledger = new Ledger()
    while (ledger.lastOf(2) < 0) ledger.enter(await subscriber.receive())
    isOver = true
    await publishing
    expect(link.connections).toBe(cuts + 1)
  })

  it('that is cut anywhere under load: REQ, which asks again, and REP', async () => {
    const reply = open(new Reply(quick))
    await reply.bind('tcp://127.0.0.1:*')
    const link = await linkTo(reply, (connection) => {
      const cut = somewhere(connection)
      return cut === undefined ? undefined : { ...cut, afterBytes: cut.afterBytes % 5000 }
    })
    const asked = new Arrivals()
    const answering = (async () => {
      for await (const message of reply) {
        asked.enter(message)
        if (reply.closed) return
        await reply.send(message)
      }
    })()
    const request = open(
      new Request({ ...quick, relaxed: true, correlate: true, receiveTimeout: 50 }),
    )
    request.connect(link.endpoint)
    let sequence = 0
    const answered = new Ledger()
    for (let round = 0; round < 50 || link.connections <= cuts; round++) {
      for (let isAnswered = false; !isAnswered;) {
        await request.send(stamped(1, ++sequence, frameSizes(random, 1 << 10)))
        try {
          expect(answered.enter(await request.receive()).sequence).toBe(sequence)
          isAnswered = true
        } catch (error) {
          if ((error as { code?: string }).code !== 'EAGAIN') throw error
        }
      }
    }
    reply.close()
    await answering
    expect(asked.leastConnections).toBeLessThanOrEqual(link.connections)
  })

  it('that is cut anywhere under load: DEALER and ROUTER', async () => {
    const router = open(new Router(quick))
    await router.bind('tcp://127.0.0.1:*')
    const link = await linkTo(router, (connection) => somewhere(connection))
    const asked = new Map<string, Ledger>()
    const seen = new Set<number>()
    const answering = (async () => {
      for await (const [id, ...message] of router) {
        // Each connection has an id of its own.
        const name = id!.toString('hex')
        const ledger = asked.get(name) ?? new Ledger()
        const { sequence } = ledger.enter(message)
        asked.set(name, ledger)
        // What one has brought does not come again by another.
        expect(seen.has(sequence)).toBe(false)
        seen.add(sequence)
        // What an old connection brought may still be there when all that is waited for has come.
        if (router.closed) return
        await router.send([id!, ...message])
      }
    })()
    const dealer = open(new Dealer(quick))
    dealer.connect(link.endpoint)
    let isWhole = false
    void handshakes(dealer, link, cuts + 1).then(() => (isWhole = true))
    let last = -1
    const asking = (async () => {
      let sequence = 0
      while (!isWhole) {
        await dealer.send(stamped(1, sequence++, frameSizes(random, 1 << 14)))
        await nextTurn()
      }
      last = sequence
      await dealer.send(stamped(1, sequence, [0]))
    })()
    const answered = new Ledger()
    while (last < 0 || answered.lastOf(1) < last) answered.enter(await dealer.receive())
    await asking
    router.close()
    await answering
    expect(link.connections).toBe(cuts + 1)
    expect(asked.size).toBeLessThanOrEqual(cuts + 1)
  })
})
