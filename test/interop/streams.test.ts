import * as ringpost from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import * as zeromq from 'zeromq'
import { schemes, unbindWholly } from './libraries.ts'

const ownLoop = new ringpost.Context({ ioThreads: 0 })

const { Pull, Push, Request, Reply, Subscriber, XPublisher, Router, Dealer } = ringpost

/** The same classes, with I/O in the event loop of the thread that has the socket. */
const inOwnLoop = Object.fromEntries(
  Object.entries({ Pull, Push, Request, Reply, Subscriber, XPublisher, Router, Dealer }).map(
    ([name, Type]) => {
      class InOwnLoop extends (Type as new (options: object) => object) {
        constructor(options: object = {}) {
          super({ context: ownLoop, ...options })
        }
      }
      return [name, InOwnLoop]
    },
  ),
)

/** The libraries, whose sockets have the same calls. */
const libraries = {
  Ringpost: ringpost as unknown as typeof zeromq,
  'Ringpost, own loop': inOwnLoop as unknown as typeof zeromq,
  'zeromq.js': zeromq,
}
type Library = keyof typeof libraries

let sockets: zeromq.Socket[] = []

afterEach(() => {
  for (const socket of sockets.filter(({ closed }) => !closed)) {
    socket.linger = 0
    socket.close()
  }
  sockets = []
})

function open<T extends zeromq.Socket>(socket: T): T {
  sockets.push(socket)
  return socket
}

const texts = (message: readonly Buffer[]): string[] => message.map(String)

const pairs: [Library, Library][] = [
  ['Ringpost', 'Ringpost'],
  ['Ringpost', 'zeromq.js'],
  ['zeromq.js', 'Ringpost'],
  ['Ringpost, own loop', 'Ringpost'],
  ['Ringpost, own loop', 'zeromq.js'],
  ['zeromq.js', 'Ringpost, own loop'],
]

describe.each(schemes)('over $scheme', ({ anywhere, free }) => {
  describe.each(pairs)('%s binds and %s connects', (binding, connecting) => {
    const there = libraries[binding]
    const here = libraries[connecting]

    it.each([0, 1, 255, 256, 65_536, 8 * 2 ** 20])(
      'moves frames of %i bytes, alone and among others',
      async (size) => {
        const pull = open(new there.Pull())
        await pull.bind(anywhere())
        const push = open(new here.Push())
        push.connect(pull.lastEndpoint!)
        const frame = Buffer.alloc(size, 'x')
        // Copies: where libzmq masks, for a WebSocket, it does so in the memory it is given.
        await push.send(Buffer.from(frame))
        await push.send(['head', Buffer.from(frame), ''])
        const [alone] = await pull.receive()
        expect(alone!.equals(frame)).toBe(true)
        const [head, among, last] = await pull.receive()
        expect(String(head)).toBe('head')
        expect(among!.equals(frame)).toBe(true)
        expect(last).toHaveLength(0)
      },
    )

    it('moves thousands of messages, in order', async () => {
      const pull = open(new there.Pull())
      await pull.bind(anywhere())
      const push = open(new here.Push())
      push.connect(pull.lastEndpoint!)
      const count = 5000
      const sending = (async () => {
        for (let n = 0; n < count; n++) await push.send(String(n))
      })()
      for (let n = 0; n < count; n++) expect(String(await pull.receive())).toBe(String(n))
      await sending
    })

    it('answers questions', async () => {
      const reply = open(new there.Reply())
      await reply.bind(anywhere())
      const request = open(new here.Request())
      request.connect(reply.lastEndpoint!)
      await request.send(['a', 'question'])
      expect(texts(await reply.receive())).toEqual(['a', 'question'])
      await reply.send('an answer')
      expect(texts(await request.receive())).toEqual(['an answer'])
    })

    it('publishes what was subscribed to, until it is cancelled', async () => {
      const publisher = open(new there.XPublisher())
      await publisher.bind(anywhere())
      const subscriber = open(new here.Subscriber())
      subscriber.connect(publisher.lastEndpoint!)
      subscriber.subscribe('wanted')
      expect(texts(await publisher.receive())).toEqual(['\u0001wanted'])
      await publisher.send(['unwanted', 'no'])
      await publisher.send(['wanted', 'yes'])
      expect(texts(await subscriber.receive())).toEqual(['wanted', 'yes'])
      subscriber.unsubscribe('wanted')
      expect(texts(await publisher.receive())).toEqual(['\u0000wanted'])
    })

    it('routes by the name that a peer gives itself', async () => {
      const router = open(new there.Router())
      await router.bind(anywhere())
      const dealer = open(new here.Dealer({ routingId: 'dealer' }))
      dealer.connect(router.lastEndpoint!)
      await dealer.send('hello')
      expect(texts(await router.receive())).toEqual(['dealer', 'hello'])
      await router.send(['dealer', 'back'])
      expect(texts(await dealer.receive())).toEqual(['back'])
    })

    it('connects before anybody is bound, and again when the other comes back', async () => {
      const endpoint = await free()
      const first = open(new there.Pull())
      const push = open(new here.Push({ reconnectInterval: 10 }))
      push.connect(endpoint)
      await push.send('early')
      await first.bind(endpoint)
      expect(texts(await first.receive())).toEqual(['early'])
      const gone = new Promise((resolve) => push.events.on('disconnect', resolve))
      await unbindWholly(first, endpoint)
      first.close()
      await gone
      await push.send('late')
      const second = open(new there.Pull())
      await second.bind(endpoint)
      expect(texts(await second.receive())).toEqual(['late'])
    })
  })
})
