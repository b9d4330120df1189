import {
  Authenticator,
  Dealer,
  Pair,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  XPublisher,
  XSubscriber,
  type Socket,
} from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { bytes } from '../../packages/transport/src/testing/bytes.test-support.ts'
import { RawListener, RawPeer } from '../support/rawPeer.ts'

/**
 * Peers of ZMTP 3.0 and 2.0, byte by byte, at a socket over tcp.
 *
 * @see RFC 23/ZMTP, RFC 15/ZMTP
 */

const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

/** Closed when the test ends. */
function closing<T extends { close(): void }>(each: T): T {
  open.push(each)
  return each
}

type Version = '3.0' | '2.0'

/** What one side says of itself. */
interface Introduction {
  readonly type: keyof typeof numbers
  readonly routingId?: string
}

/** ZeroMQ's numbers; ZMTP 2.0 has none for XPUB and XSUB. */
const numbers = {
  PAIR: '00',
  PUB: '01',
  SUB: '02',
  REQ: '03',
  REP: '04',
  DEALER: '05',
  ROUTER: '06',
  PULL: '07',
  PUSH: '08',
  XPUB: '01',
  XSUB: '02',
} as const
const byte = (value: number): string => value.toString(16).padStart(2, '0')
const zeros = (count: number): string => '00'.repeat(count)
const signature = ({ routingId = '' }: Introduction): string =>
  `ff ${zeros(7)} ${byte(routingId.length + 1)} 7f`
const mechanismOf = (name: string): string => `"${name}" ${zeros(20 - name.length)}`

/** @param ownMinor of ours, or that of the peer */
function greeting(own: Introduction, ownMinor: '00' | '01', mechanism = 'NULL', asServer = '00') {
  return `${signature(own)} 03 ${ownMinor} ${mechanismOf(mechanism)} ${asServer} ${zeros(31)}`
}

/** The properties that a command of the handshake has. */
function metadata({ type, routingId = '' }: Introduction): string {
  const property = (name: string, value: string): string =>
    `${byte(name.length)} "${name}" 000000 ${byte(value.length)} "${value}"`
  const hasIdentity = ['REQ', 'DEALER', 'ROUTER'].includes(type)
  return property('Socket-Type', type) + (hasIdentity ? property('Identity', routingId) : '')
}

const command = (text: string): string => `04 ${byte(bytes(text).length)} ${text}`
const ready = (own: Introduction): string => command(`05 "READY" ${metadata(own)}`)
const versionTwo = ({ type, routingId = '' }: Introduction): string =>
  `${numbers[type]} 00 ${byte(routingId.length)} "${routingId}"`

const say = (peer: RawPeer, text: string): void => peer.say(bytes(text))

async function expectToHear(peer: RawPeer, text: string): Promise<void> {
  const expected = bytes(text)
  const heard = await peer.hear(expected.length)
  expect(heard?.toString('hex')).toBe(expected.toString('hex'))
}

/** Lets both introduce themselves, as far as it goes before there are messages. */
const introduce = {
  async '3.0'(peer: RawPeer, theirs: Introduction, ours: Introduction): Promise<void> {
    say(peer, greeting(theirs, '00'))
    await expectToHear(peer, greeting(ours, '01'))
    say(peer, ready(theirs))
    await expectToHear(peer, ready(ours))
  },
  async '2.0'(peer: RawPeer, theirs: Introduction, ours: Introduction): Promise<void> {
    say(peer, `${signature(theirs)} 01 ${versionTwo(theirs)}`)
    await expectToHear(peer, `${signature(ours)} 03 ${versionTwo(ours)}`)
  },
} as const satisfies Record<Version, unknown>

const roles = {
  async connects(socket: Socket): Promise<RawPeer> {
    await socket.bind('tcp://127.0.0.1:*')
    return closing(await RawPeer.connect(socket.lastEndpoint!))
  },
  async listens(socket: Socket): Promise<RawPeer> {
    const listener = closing(await RawListener.start())
    const accepted = listener.accept()
    socket.connect(listener.endpoint)
    return closing(await accepted)
  },
} as const

const texts = (message: readonly Buffer[]): string[] => message.map(String)
const options = { linger: 0 }

describe.each(['3.0', '2.0'] as const)('a peer of ZMTP %s', (version) => {
  describe.each(['connects', 'listens'] as const)('that %s', (role) => {
    /** A socket of ours and a peer that know each other. */
    async function join<S extends Socket>(
      socket: S,
      ours: Introduction,
      theirs: Introduction,
    ): Promise<[S, RawPeer]> {
      closing(socket)
      const peer = await roles[role](socket)
      await introduce[version](peer, theirs, ours)
      return [socket, peer]
    }

    it('pushes', async () => {
      const [pull, push] = await join(new Pull(options), { type: 'PULL' }, { type: 'PUSH' })
      say(push, '00 02 "hi" 01 01 "a" 01 00 00 01 "b"')
      expect(texts(await pull.receive())).toEqual(['hi'])
      expect(texts(await pull.receive())).toEqual(['a', '', 'b'])
      say(push, `02 ${zeros(6)} 0100 ${'61'.repeat(256)}`)
      expect(texts(await pull.receive())).toEqual(['a'.repeat(256)])
    })

    it('pulls', async () => {
      const [push, pull] = await join(new Push(options), { type: 'PUSH' }, { type: 'PULL' })
      await push.send('hi')
      await push.send(['a', '', 'b'])
      await push.send('a'.repeat(256))
      await expectToHear(pull, '00 02 "hi" 01 01 "a" 01 00 00 01 "b"')
      await expectToHear(pull, `02 ${zeros(6)} 0100 ${'61'.repeat(256)}`)
    })

    it('asks', async () => {
      const [reply, request] = await join(new Reply(options), { type: 'REP' }, { type: 'REQ' })
      say(request, '01 00 00 08 "question"')
      expect(texts(await reply.receive())).toEqual(['question'])
      await reply.send('answer')
      await expectToHear(request, '01 00 00 06 "answer"')
    })

    it('answers', async () => {
      const [request, reply] = await join(new Request(options), { type: 'REQ' }, { type: 'REP' })
      await request.send('question')
      await expectToHear(reply, '01 00 00 08 "question"')
      say(reply, '01 00 00 06 "answer"')
      expect(texts(await request.receive())).toEqual(['answer'])
    })

    it('has a name', async () => {
      const [router, dealer] = await join(
        new Router(options),
        { type: 'ROUTER' },
        { type: 'DEALER', routingId: 'bob' },
      )
      say(dealer, '00 02 "hi"')
      expect(texts(await router.receive())).toEqual(['bob', 'hi'])
      await router.send(['bob', 'back'])
      await expectToHear(dealer, '00 04 "back"')
    })

    it('is told our name', async () => {
      const [dealer, router] = await join(
        new Dealer({ ...options, routingId: 'bob' }),
        { type: 'DEALER', routingId: 'bob' },
        { type: 'ROUTER' },
      )
      await dealer.send('hi')
      await expectToHear(router, '00 02 "hi"')
      say(router, '00 04 "back"')
      expect(texts(await dealer.receive())).toEqual(['back'])
    })

    it('is one of a pair', async () => {
      const [pair, other] = await join(new Pair(options), { type: 'PAIR' }, { type: 'PAIR' })
      await pair.send('there')
      await expectToHear(other, '00 05 "there"')
      say(other, '00 04 "back"')
      expect(texts(await pair.receive())).toEqual(['back'])
    })

    it('subscribes by messages', async () => {
      const publisher = new XPublisher(options)
      const [, subscriber] = await join(publisher, { type: 'XPUB' }, { type: 'SUB' })
      say(subscriber, '00 07 01 "wanted"')
      expect(texts(await publisher.receive())).toEqual(['\u0001wanted'])
      await publisher.send(['unwanted', 'no'])
      await publisher.send(['wanted', 'yes'])
      await expectToHear(subscriber, '01 06 "wanted" 00 03 "yes"')
      say(subscriber, '00 07 00 "wanted"')
      expect(texts(await publisher.receive())).toEqual(['\u0000wanted'])
      say(subscriber, '00 01 01')
      expect(texts(await publisher.receive())).toEqual(['\u0001'])
      await publisher.send('anything')
      await expectToHear(subscriber, '00 08 "anything"')
    })

    it('is subscribed to by messages', async () => {
      const subscriber = new Subscriber(options)
      subscriber.subscribe('early')
      const [, publisher] = await join(subscriber, { type: 'SUB' }, { type: 'PUB' })
      await expectToHear(publisher, '00 06 01 "early"')
      subscriber.subscribe('late', 'x'.repeat(255))
      await expectToHear(publisher, `00 05 01 "late" 02 ${zeros(6)} 0100 01 ${'78'.repeat(255)}`)
      // It may send what nobody wants.
      say(publisher, '01 08 "unwanted" 00 02 "no" 01 04 "late" 00 03 "yes"')
      expect(texts(await subscriber.receive())).toEqual(['late', 'yes'])
      subscriber.unsubscribe('late')
      await expectToHear(publisher, '00 05 00 "late"')
    })

    it('is told other things upstream too', async () => {
      const subscriber = new XSubscriber(options)
      const [, publisher] = await join(subscriber, { type: 'XSUB' }, { type: 'XPUB' })
      await subscriber.send('\u0001all')
      // From then on there is a peer, without which messages are dropped.
      await expectToHear(publisher, '00 04 01 "all"')
      await subscriber.send(['of', 'parts'])
      await subscriber.send('news')
      await expectToHear(publisher, '01 02 "of" 00 05 "parts" 00 04 "news"')
    })

    it('is no peer for a type that its own does not go with', async () => {
      const pull = closing(new Pull(options))
      const failed = new Promise((resolve) => pull.events.on('handshake:error:protocol', resolve))
      const peer = await roles[role](pull)
      if (version === '3.0') say(peer, greeting({ type: 'PUB' }, '00') + ready({ type: 'PUB' }))
      else say(peer, `${signature({ type: 'PUB' })} 01 ${versionTwo({ type: 'PUB' })}`)
      expect(await failed).toMatchObject({ error: { cause: { code: 'INCOMPATIBLE_PEER' } } })
    })
  })

  it('is told of subscriptions again by a subscriber that comes back', async () => {
    const listener = closing(await RawListener.start())
    const subscriber = closing(new Subscriber({ ...options, reconnectInterval: 10 }))
    subscriber.subscribe('wanted')
    const accepted = listener.accept()
    subscriber.connect(listener.endpoint)
    const first = closing(await accepted)
    await introduce[version](first, { type: 'PUB' }, { type: 'SUB' })
    await expectToHear(first, '00 07 01 "wanted"')
    const again = listener.accept()
    first.close()
    const second = closing(await again)
    await introduce[version](second, { type: 'PUB' }, { type: 'SUB' })
    await expectToHear(second, '00 07 01 "wanted"')
  })
})

const ping = command('04 "PING" 0000')
const pong = command('04 "PONG"')

it('a peer of ZMTP 3.0 pings and is pinged, one of 2.0 knows nothing of that', async () => {
  const router = closing(
    new Router({ ...options, heartbeatInterval: 10, heartbeatTimeout: 10_000 }),
  )
  const older = await roles.connects(router)
  const [ours, theirs] = [{ type: 'ROUTER' }, { type: 'DEALER', routingId: 'older' }] as const
  await introduce['2.0'](older, theirs, ours)
  say(older, '00 02 "hi"')
  expect(texts(await router.receive())).toEqual(['older', 'hi'])
  const newer = closing(await RawPeer.connect(router.lastEndpoint!))
  await introduce['3.0'](newer, { type: 'DEALER', routingId: 'newer' }, ours)
  for (let count = 0; count < 5; count++) {
    await expectToHear(newer, ping)
    say(newer, pong)
  }
  // In ZMTP 2.0 the bit that marks a command means nothing.
  await router.send(['older', 'still there'])
  await expectToHear(older, '00 0b "still there"')
})

it('a peer of ZMTP 3.0 is answered when it pings', async () => {
  const pull = closing(new Pull(options))
  const push = await roles.connects(pull)
  await introduce['3.0'](push, { type: 'PUSH' }, { type: 'PULL' })
  say(push, command('04 "PING" 000a "context"'))
  await expectToHear(push, command('04 "PONG" "context"'))
})

describe('security', () => {
  const hello = command('05 "HELLO" 05 "alice" 06 "secret"')
  const welcome = command('07 "WELCOME"')
  const initiate = (own: Introduction): string => command(`08 "INITIATE" ${metadata(own)}`)

  it('is there in ZMTP 3.0: a client with a password', async () => {
    closing(new Authenticator({ plain: { alice: 'secret' } }))
    const pull = closing(new Pull({ ...options, plainServer: true }))
    const push = await roles.connects(pull)
    say(push, greeting({ type: 'PUSH' }, '00', 'PLAIN'))
    await expectToHear(push, greeting({ type: 'PULL' }, '01', 'PLAIN', '01'))
    say(push, hello)
    await expectToHear(push, welcome)
    say(push, initiate({ type: 'PUSH' }))
    await expectToHear(push, ready({ type: 'PULL' }))
    say(push, '00 02 "hi"')
    expect(texts(await pull.receive())).toEqual(['hi'])
  })

  it('is there in ZMTP 3.0: a server that asks for a password', async () => {
    const push = closing(new Push({ ...options, plainUsername: 'alice', plainPassword: 'secret' }))
    const pull = await roles.listens(push)
    say(pull, greeting({ type: 'PULL' }, '00', 'PLAIN', '01'))
    await expectToHear(pull, greeting({ type: 'PUSH' }, '01', 'PLAIN'))
    await expectToHear(pull, hello)
    say(pull, welcome)
    await expectToHear(pull, initiate({ type: 'PUSH' }))
    say(pull, ready({ type: 'PULL' }))
    await push.send('hi')
    await expectToHear(pull, '00 02 "hi"')
  })

  it.each([
    { mechanism: 'PLAIN', secured: { plainServer: true } },
    { mechanism: 'NULL with a domain', secured: { zapDomain: 'global' } },
  ])('refuses a peer of ZMTP 2.0, which has none: $mechanism', async ({ secured }) => {
    closing(new Authenticator())
    const pull = closing(new Pull({ ...options, ...secured }))
    const failed = new Promise((resolve) => pull.events.on('handshake:error:protocol', resolve))
    const push = await roles.connects(pull)
    say(push, `${signature({ type: 'PUSH' })} 01 ${versionTwo({ type: 'PUSH' })}`)
    await expectToHear(push, `${signature({ type: 'PULL' })} 03`)
    expect(await push.hear(1)).toBeUndefined()
    expect(await failed).toMatchObject({ error: { cause: { code: 'UNSUPPORTED_VERSION' } } })
  })
})
