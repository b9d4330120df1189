import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { libraries, Opened, pairs, schemes } from './libraries.ts'

/** The types of zeromq.js' draft module, between the sockets of both libraries. */

const opened = new Opened()
afterEach(() => opened.close())

const sizes = [0, 1, 255, 256, 65_536]
const frames = sizes.map((bytes) => randomBytes(bytes))
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe.each(schemes)('over $scheme', ({ anywhere }) => {
  describe.each(pairs)('%s binds and %s connects:', (binding, connecting) => {
    const { Client, Dish, Gather, Radio, Scatter, Server } = libraries[connecting]
    const there = libraries[binding]

    it('SERVER answers each CLIENT', async () => {
      const server = opened.add(new there.Server())
      await server.bind(anywhere())
      const clients = [opened.add(new Client()), opened.add(new Client())]
      for (const client of clients) client.connect(server.lastEndpoint!)
      for (const frame of frames) {
        // Copies: where libzmq masks, for a WebSocket, it does so in the memory it is given.
        for (const client of clients) await client.send(Buffer.from(frame))
        for (const _ of clients) {
          const [asked, { routingId }] = await server.receive()
          await server.send(asked, { routingId })
        }
        for (const client of clients) expect((await client.receive())[0].equals(frame)).toBe(true)
      }
    })

    it('CLIENT is answered by a SERVER that has connected to it', async () => {
      const client = opened.add(new there.Client())
      await client.bind(anywhere())
      const server = opened.add(new Server())
      server.connect(client.lastEndpoint!)
      await client.send('asked')
      const [asked, { routingId }] = await server.receive()
      expect(String(asked)).toBe('asked')
      await server.send('answered', { routingId })
      expect(String(await client.receive())).toBe('answered')
    })

    it('GATHER gets all that SCATTER sends, in order', async () => {
      const gather = opened.add(new there.Gather())
      await gather.bind(anywhere())
      const scatter = opened.add(new Scatter())
      scatter.connect(gather.lastEndpoint!)
      for (const frame of frames) await scatter.send(Buffer.from(frame))
      for (const frame of frames) expect((await gather.receive())[0].equals(frame)).toBe(true)
    })

    it('SCATTER binds, GATHER connects', async () => {
      const scatter = opened.add(new there.Scatter())
      await scatter.bind(anywhere())
      const gather = opened.add(new Gather())
      gather.connect(scatter.lastEndpoint!)
      await scatter.send('scattered')
      expect(String(await gather.receive())).toBe('scattered')
    })

    it.each([
      // Nothing that was sent is dropped.
      [
        'RADIO',
        () =>
          [
            new there.Radio({ sendHighWaterMark: 0 }),
            new Dish({ receiveHighWaterMark: 0 }),
          ] as const,
      ],
      [
        'DISH',
        () =>
          [
            new Radio({ sendHighWaterMark: 0 }),
            new there.Dish({ receiveHighWaterMark: 0 }),
          ] as const,
      ],
    ])('DISH hears the groups that it has joined; %s binds', async (bound, make) => {
      const [radio, dish] = make()
      opened.add(radio)
      opened.add(dish)
      dish.join('joined')
      const [first, second] = bound === 'RADIO' ? [radio, dish] : [dish, radio]
      await first.bind(anywhere())
      second.connect(first.lastEndpoint!)
      let isHeard = false
      const knocking = (async () => {
        while (!isHeard) {
          await radio.send('knock', { group: 'joined' })
          await nextTurn()
        }
      })()
      const heard = [await dish.receive()]
      isHeard = true
      await knocking
      for (const frame of frames) {
        await radio.send('not for it', { group: 'other' })
        await radio.send(Buffer.from(frame), { group: 'joined' })
      }
      while (!heard.at(-1)![0].equals(frames.at(-1)!)) heard.push(await dish.receive())
      const messages = heard.map(([message]) => message)
      const knocks = messages.filter((message) => String(message) === 'knock').length
      expect(messages.slice(knocks).map(({ length }) => length)).toEqual(sizes)
      expect(new Set(heard.map(([, { group }]) => String(group)))).toEqual(new Set(['joined']))
    })
  })
})
