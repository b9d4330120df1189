import { decodeZ85 } from '@ringpost/core/internal'
import { Authenticator, Channel, curveKeyPair, Peer } from '@ringpost/transport'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as zeromq from 'zeromq'
import { libraries, nextEvent, Opened, pairs, schemes, unbindWholly } from './libraries.ts'

/** PLAIN and CURVE between the sockets of both libraries: who comes in, and who does not. */

const keys = { client: curveKeyPair(), server: curveKeyPair(), stranger: curveKeyPair() }
const curveClient = {
  curvePublicKey: keys.client.publicKey,
  curveSecretKey: keys.client.secretKey,
  curveServerKey: keys.server.publicKey,
}
/** The options of both sides, and those of a client that may not come in. */
const mechanisms = {
  PLAIN: {
    client: { plainUsername: 'alice', plainPassword: 'secret' },
    server: { plainServer: true },
    stranger: { plainUsername: 'alice', plainPassword: 'Secret' },
  },
  CURVE: {
    client: curveClient,
    server: { curveServer: true, curveSecretKey: keys.server.secretKey },
    stranger: {
      ...curveClient,
      curvePublicKey: keys.stranger.publicKey,
      curveSecretKey: keys.stranger.secretKey,
    },
  },
}
const names = ['PLAIN', 'CURVE'] as const

const opened = new Opened()
/** Asked by libzmq's servers, as the authenticator is by ours. */
const handler = new zeromq.Reply({ linger: 0 })
let authenticator: Authenticator

beforeAll(async () => {
  zeromq.context.blocky = false
  authenticator = new Authenticator({ plain: { alice: 'secret' }, curve: [keys.client.publicKey] })
  await handler.bind('inproc://zeromq.zap.01')
  void answer()
})
afterEach(() => opened.close())
afterAll(() => {
  authenticator.close()
  handler.close()
})

async function answer(): Promise<void> {
  const known = { PLAIN: Buffer.from('secret'), CURVE: decodeZ85(keys.client.publicKey)! }
  for await (const [version, id, , , , mechanism, ...credentials] of handler) {
    const expected = known[String(mechanism) as keyof typeof known]
    const status = credentials.at(-1)!.equals(expected) ? '200' : '400'
    await handler.send([version!, id!, status, '', '', ''])
  }
}

const sizes = [0, 1, 255, 256, 65_536, 8 * 2 ** 20]
const texts = (message: readonly Buffer[]): string[] => message.map(String)

describe.each(schemes)('over $scheme', ({ anywhere, free }) => {
  describe.each(pairs)('%s binds and %s connects:', (binding, connecting) => {
    const there = libraries[binding]
    const here = libraries[connecting]

    describe.each(names)('%s', (name) => {
      const { client, server, stranger } = mechanisms[name]

      it.each([
        { role: 'server', bound: server, connected: client },
        { role: 'client', bound: client, connected: server },
      ])('moves frames of all sizes; who binds is the $role', async ({ bound, connected }) => {
        const pull = opened.add(new there.Pull(bound))
        await pull.bind(anywhere())
        const push = opened.add(new here.Push(connected))
        push.connect(pull.lastEndpoint!)
        const frames = sizes.map((size) => Buffer.alloc(size, 'x'))
        // Copies: where libzmq masks, for a WebSocket, it does so in the memory it is given.
        for (const frame of frames) await push.send(Buffer.from(frame))
        await push.send(frames.map((frame) => Buffer.from(frame)))
        const arrived: Buffer[] = []
        for (let i = 0; i < sizes.length; i++) arrived.push(...(await pull.receive()))
        expect(arrived.map(({ length }) => length)).toEqual(sizes)
        const together = await pull.receive()
        expect(together.map(({ length }) => length)).toEqual(sizes)
        for (const all of [arrived, together]) {
          expect(all.every((frame, i) => frame.equals(frames[i]!))).toBe(true)
        }
      })

      it('does not let in who is not known, and tells both sides so', async () => {
        const pull = opened.add(new there.Pull(server))
        const push = opened.add(new here.Push(stranger))
        const told = [pull, push].map((socket) => nextEvent(socket, 'handshake:error:auth'))
        await pull.bind(anywhere())
        push.connect(pull.lastEndpoint!)
        for (const event of await Promise.all(told)) {
          const { error } = event as zeromq.EventOfType<'handshake:error:auth'>
          expect(error).toMatchObject({ status: 400, message: 'Authentication failure' })
        }
      })

      it('comes back when the server does', async () => {
        const endpoint = await free()
        const push = opened.add(new here.Push({ ...client, reconnectInterval: 10 }))
        push.connect(endpoint)
        for (const text of ['first', 'second']) {
          const pull = opened.add(new there.Pull(server))
          await pull.bind(endpoint)
          const gone = nextEvent(push, 'disconnect')
          await push.send(text)
          expect(texts(await pull.receive())).toEqual([text])
          await unbindWholly(pull, endpoint)
          pull.close()
          await gone
        }
      })
    })

    it('CURVE: a client with a wrong key for the server does not get through', async () => {
      const pull = opened.add(new there.Pull(mechanisms.CURVE.server))
      const push = opened.add(
        new here.Push({ ...curveClient, curveServerKey: keys.stranger.publicKey }),
      )
      const refused = nextEvent(pull, 'handshake:error:protocol')
      const retried = nextEvent(push, 'connect:retry')
      await pull.bind(anywhere())
      push.connect(pull.lastEndpoint!)
      const { error } = (await refused) as zeromq.EventOfType<'handshake:error:protocol'>
      expect(error.code).toBe('ERR_ZMTP_CRYPTOGRAPHIC')
      await retried
    })
  })
})

/** Where both sides greet, and say there what their mechanism is. */
const greeting = schemes.filter(({ scheme }) => scheme !== 'ws')

describe.each(greeting)('over $scheme', ({ anywhere }) => {
  describe.each(pairs)('%s binds and %s connects:', (binding, connecting) => {
    const there = libraries[binding]
    const here = libraries[connecting]

    describe.each(names)('%s', (name) => {
      const { server } = mechanisms[name]

      it.each([
        { mismatch: 'none', options: {} },
        {
          mismatch: 'the other one',
          options: mechanisms[name === 'PLAIN' ? 'CURVE' : 'PLAIN'].client,
        },
      ])('tells both sides when the client has $mismatch', async ({ options }) => {
        const pull = opened.add(new there.Pull(server))
        const push = opened.add(new here.Push(options))
        const told = [pull, push].map((socket) => nextEvent(socket, 'handshake:error:protocol'))
        await pull.bind(anywhere())
        push.connect(pull.lastEndpoint!)
        for (const event of await Promise.all(told)) {
          const { error } = event as zeromq.EventOfType<'handshake:error:protocol'>
          expect(error.code).toBe('ERR_ZMTP_MECHANISM_MISMATCH')
        }
      })
    })
  })
})

describe.each(pairs)(
  'every type of socket, %s binding and %s connecting',
  (binding, connecting) => {
    const there = libraries[binding]
    const here = libraries[connecting]
    const anywhere = 'tcp://127.0.0.1:*'

    describe.each(names)('with %s', (name) => {
      const { client, server } = mechanisms[name]

      /** Binds one as the server, and connects the other. */
      async function join<Bound extends zeromq.Socket, Connected extends zeromq.Socket>(
        bound: Bound,
        connected: Connected,
      ): Promise<[Bound, Connected]> {
        Object.assign(bound, server)
        Object.assign(connected, client)
        opened.add(bound)
        opened.add(connected)
        await bound.bind(anywhere)
        connected.connect(bound.lastEndpoint!)
        return [bound, connected]
      }

      it('REQ and REP', async () => {
        const [reply, request] = await join(new there.Reply(), new here.Request())
        await request.send(['a', 'question'])
        expect(texts(await reply.receive())).toEqual(['a', 'question'])
        await reply.send('an answer')
        expect(texts(await request.receive())).toEqual(['an answer'])
      })

      it('DEALER and ROUTER', async () => {
        const dealer = new here.Dealer({ routingId: 'dealer' })
        const [router] = await join(new there.Router(), dealer)
        await dealer.send('hello')
        expect(texts(await router.receive())).toEqual(['dealer', 'hello'])
        await router.send(['dealer', 'back'])
        expect(texts(await dealer.receive())).toEqual(['back'])
      })

      it('XPUB and SUB', async () => {
        const [publisher, subscriber] = await join(new there.XPublisher(), new here.Subscriber())
        subscriber.subscribe('wanted')
        expect(texts(await publisher.receive())).toEqual(['\u0001wanted'])
        await publisher.send(['unwanted', 'no'])
        await publisher.send(['wanted', 'yes'])
        expect(texts(await subscriber.receive())).toEqual(['wanted', 'yes'])
        subscriber.unsubscribe('wanted')
        expect(texts(await publisher.receive())).toEqual(['\u0000wanted'])
      })

      it('SUB, which binds, and PUB', async () => {
        const subscriber = new there.Subscriber()
        subscriber.subscribe('')
        const [, publisher] = await join(subscriber, new here.XPublisher())
        // libzmq takes up a connection, and says what it wants, only while the socket is called.
        const received = subscriber.receive()
        expect(texts(await publisher.receive())).toEqual(['\u0001'])
        await publisher.send('news')
        expect(texts(await received)).toEqual(['news'])
      })

      it('PAIR and PAIR', async () => {
        const [one, other] = await join(new there.Pair(), new here.Pair())
        await other.send('there')
        expect(texts(await one.receive())).toEqual(['there'])
        await one.send('back')
        expect(texts(await other.receive())).toEqual(['back'])
      })

      it('CLIENT and SERVER', async () => {
        const [serving, asking] = await join(new there.Server(), new here.Client())
        await asking.send('question')
        const [question, { routingId }] = await serving.receive()
        expect(String(question)).toBe('question')
        await serving.send('answer', { routingId: routingId! })
        expect(texts(await asking.receive())).toEqual(['answer'])
      })

      it('SCATTER and GATHER', async () => {
        const [gather, scatter] = await join(new there.Gather(), new here.Scatter())
        await scatter.send('grain')
        expect(texts(await gather.receive())).toEqual(['grain'])
      })

      it('RADIO and DISH', async () => {
        const dish = new there.Dish()
        dish.join('wanted')
        const [, radio] = await join(dish, new here.Radio())
        // A radio does not tell when a group has joined.
        const sending = new AbortController()
        const repeating = (async () => {
          while (!sending.signal.aborted) {
            await radio.send('no', { group: 'unwanted' })
            await radio.send('yes', { group: 'wanted' })
            await new Promise(setImmediate)
          }
        })()
        const [body, { group }] = await dish.receive()
        expect([String(body), String(group)]).toEqual(['yes', 'wanted'])
        sending.abort()
        await repeating
      })
    })
  },
)

describe.each(names)('the types that libzmq’s binding does not have, with %s', (name) => {
  const { client, server } = mechanisms[name]

  it('CHANNEL and CHANNEL', async () => {
    const one = opened.add(new Channel({ ...server, linger: 0 }))
    await one.bind('tcp://127.0.0.1:*')
    const other = opened.add(new Channel({ ...client, linger: 0 }))
    other.connect(one.lastEndpoint!)
    await other.send('there')
    expect(String(await one.receive())).toBe('there')
    await one.send('back')
    expect(String(await other.receive())).toBe('back')
  })

  it('PEER and PEER', async () => {
    const one = opened.add(new Peer({ ...server, linger: 0 }))
    await one.bind('tcp://127.0.0.1:*')
    const other = opened.add(new Peer({ ...client, linger: 0 }))
    const routingId = other.connectPeer(one.lastEndpoint!)
    await other.send('there', { routingId })
    const [there, from] = await one.receive()
    expect(String(there)).toBe('there')
    await one.send('back', from)
    const [back] = await other.receive()
    expect(String(back)).toBe('back')
  })
})
