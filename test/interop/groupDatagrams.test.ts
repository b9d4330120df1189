import { createSocket, Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { Context, context as ownThreads, Dish, Publisher, Radio } from '@ringpost/transport'
import { Dish as DropInDish, Radio as DropInRadio } from '@ringpost/transport/zeromq/draft'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type * as drafts from 'zeromq/draft.js'
import { freePort } from '../support/freeEndpoints.ts'
import { libraries, Opened, pairs } from './libraries.ts'

const opened = new Opened()
afterEach(() => {
  opened.close()
  vi.restoreAllMocks()
})

const places = [
  { place: 'a thread of its own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const told = ([message, { group }]: [Buffer, { group: Buffer }]): string =>
  [group, message].map(String).join(': ')

/** Sends again and again until it has arrived. */
async function sentUntil<T>(arrival: Promise<T>, send: () => Promise<void>): Promise<T> {
  let isThere = false
  const arrived = arrival.finally(() => (isThere = true))
  while (!isThere) {
    await send()
    await nextTurn()
  }
  return await arrived
}

/** A peer that is no socket of ZeroMQ's. */
async function stranger(): Promise<{ udp: UdpSocket; port: number }> {
  const udp = opened.add(createSocket('udp4'))
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  return { udp, port: udp.address().port }
}

const portOf = (endpoint: string | null): number => Number(endpoint!.split(':').at(-1))

const endpoints = [
  { kind: 'one address', endpoint: (port: number) => `udp://127.0.0.1:${port}` },
  {
    kind: 'a group of receivers',
    endpoint: (port: number) => `udp://127.0.0.1;239.18.7.3:${port}`,
  },
]

describe.each(pairs)('RADIO of %s and DISH of %s', (sender, receiver) => {
  it.each(endpoints)('talk over UDP, to $kind', async ({ endpoint }) => {
    const where = endpoint(await freePort())
    const dish = opened.add(new libraries[receiver].Dish() as drafts.Dish)
    dish.join('weather', '')
    await dish.bind(where)
    const radio = opened.add(new libraries[sender].Radio() as drafts.Radio)
    radio.connect(where)
    // libzmq binds later than it says: what is sent before is lost.
    const first = await sentUntil(dish.receive(), async () => {
      await radio.send('Draw', { group: 'sport' })
      await radio.send('Rain', { group: 'weather' })
    })
    expect(told(first)).toBe('weather: Rain')
    const longest = Buffer.alloc(8191, 1)
    const receiving = (async () => {
      for (;;) {
        const [message, { group }] = await dish.receive()
        if (group.length === 0) return message
      }
    })()
    const message = await sentUntil(receiving, () => radio.send(longest, { group: '' }))
    expect(message).toEqual(longest)
  })
})

describe.each(places)('RADIO and DISH over UDP, with I/O in $place,', ({ context }) => {
  const newDish = (options: object = {}): Dish => opened.add(new Dish({ context, ...options }))
  const newRadio = (options: object = {}): Radio => opened.add(new Radio({ context, ...options }))

  async function pair(): Promise<{ radio: Radio; dish: Dish }> {
    const dish = newDish()
    await dish.bind('udp://127.0.0.1:*')
    const radio = newRadio()
    radio.connect(dish.lastEndpoint!)
    return { radio, dish }
  }

  it('move what a DISH has joined when it is sent, and nothing else', async () => {
    const { radio, dish } = await pair()
    dish.join('a', Buffer.alloc(255, 'g'))
    await radio.send('one', { group: 'a' })
    await radio.send('no', { group: 'b' })
    await radio.send('long', { group: Buffer.alloc(255, 'g') })
    expect(told(await dish.receive())).toBe('a: one')
    expect(String((await dish.receive())[0])).toBe('long')
    dish.leave('a')
    dish.join('b')
    await radio.send('no', { group: 'a' })
    await radio.send('two', { group: 'b' })
    expect(told(await dish.receive())).toBe('b: two')
  })

  it('say it to all that share a group of receivers, and to nobody else at the same port', async () => {
    const [first, second, other] = [newDish(), newDish(), newDish()]
    await first.bind('udp://127.0.0.1;239.18.7.4:*')
    const endpoint = first.lastEndpoint!
    expect(endpoint).toMatch(/^udp:\/\/127\.0\.0\.1;239\.18\.7\.4:\d+$/)
    await second.bind(endpoint)
    await other.bind(endpoint.replace('239.18.7.4', '239.18.7.5'))
    for (const dish of [first, second, other]) dish.join('a')
    const radio = newRadio({ multicastHops: 2 })
    radio.connect(endpoint)
    await radio.send('all', { group: 'a' })
    for (const dish of [first, second]) expect(told(await dish.receive())).toBe('a: all')
    const elsewhere = newRadio()
    elsewhere.connect(other.lastEndpoint!)
    await elsewhere.send('other', { group: 'a' })
    expect(told(await other.receive())).toBe('a: other')
  })

  it('bind at once, where nobody else is', () => {
    const dish = newDish()
    dish.bindSync('udp://127.0.0.1:*')
    const other = newDish()
    expect(() => other.bindSync(dish.lastEndpoint!)).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', address: dish.lastEndpoint }),
    )
  })

  it('send to other transports, and to several places, the same', async () => {
    const { radio, dish } = await pair()
    const other = newDish()
    await other.bind('udp://127.0.0.1:*')
    radio.connect(other.lastEndpoint!)
    const overTcp = newDish()
    await overTcp.bind('tcp://127.0.0.1:*')
    radio.connect(overTcp.lastEndpoint!)
    for (const each of [dish, other, overTcp]) each.join('a')
    const received = await sentUntil(overTcp.receive(), () => radio.send('x', { group: 'a' }))
    for (const message of [received, await dish.receive(), await other.receive()]) {
      expect(told(message)).toBe('a: x')
    }
  })

  it('speak what zmq_udp(7) says, byte by byte', async () => {
    const { udp, port } = await stranger()
    const radio = newRadio({ immediate: true })
    radio.connect(`udp://127.0.0.1:${port}`)
    const message = once(udp, 'message')
    await radio.send('body', { group: 'TV' })
    expect((await message)[0]).toEqual(Buffer.from('\u0002TVbody'))
    const dish = newDish()
    await dish.bind('udp://127.0.0.1:*')
    dish.join('TV')
    const answerPort = portOf(dish.lastEndpoint)
    // Until it is known, where I/O is done, what has been joined.
    const answer = await sentUntil(dish.receive(), async () =>
      udp.send('\u0002TVanswer', answerPort, '127.0.0.1'),
    )
    expect(told(answer)).toBe('TV: answer')
  })

  it('look up names', async () => {
    const { udp, port } = await stranger()
    const radio = newRadio()
    radio.connect(`udp://localhost:${port}`)
    const message = once(udp, 'message')
    await radio.send('x', { group: '' })
    expect((await message)[0]).toEqual(Buffer.from('\0x'))
  })

  it('drop datagrams that are no messages, or longer than they may be', async () => {
    const { udp } = await stranger()
    const dish = newDish({ maxMessageSize: 100 })
    await dish.bind('udp://127.0.0.1:*')
    dish.join('', 'a')
    const port = portOf(dish.lastEndpoint)
    const longer = Buffer.concat([Buffer.from('\u0001a'), Buffer.alloc(101)])
    const longest = longer.subarray(0, -1)
    const wrong = [Buffer.alloc(0), Buffer.from('\u0005abcd'), Buffer.of(255), longer]
    // Until it is known, where I/O is done, what has been joined.
    const [first] = await sentUntil(dish.receive(), async () => {
      for (const datagram of [...wrong, longest]) udp.send(datagram, port, '127.0.0.1')
    })
    expect(first).toEqual(Buffer.alloc(100))
  })

  it('refuse what is longer than a datagram that every DISH can take', async () => {
    const { radio, dish } = await pair()
    dish.join('group')
    const tooLong = Buffer.alloc(8192 - 1 - 'group'.length + 1)
    const refusal = { code: 'EMSGSIZE', errno: 90 }
    await expect(radio.send(tooLong, { group: 'group' })).rejects.toMatchObject(refusal)
    expect(() => radio.sendSync(tooLong, { group: 'group' })).toThrow(
      expect.objectContaining(refusal),
    )
    const batch = ['first', tooLong].map((message) => [message, { group: 'group' }] as const)
    await expect(radio.sendMany(batch)).rejects.toMatchObject({ ...refusal, sent: 1 })
    await radio.send(tooLong.subarray(1), { group: 'group' })
    expect(told(await dish.receive())).toBe('group: first')
    expect((await dish.receive())[0]).toHaveLength(8186)
    radio.disconnect(dish.lastEndpoint!)
    await expect(radio.send(tooLong, { group: 'group' })).resolves.toBeUndefined()
  })

  it('tell what happens, and give their ports back', async () => {
    const dish = newDish()
    const endpoint = `udp://127.0.0.1:${await freePort()}`
    await dish.bind(endpoint)
    const radio = newRadio()
    const [above, below] = [radio.events, dish.events]
    radio.connect(endpoint)
    for (const type of ['connect:delay', 'connect']) {
      expect(await above.receive()).toEqual({ type, address: endpoint })
    }
    radio.disconnect(endpoint)
    expect(await above.receive()).toEqual({ type: 'disconnect', address: endpoint })
    await dish.unbind(endpoint)
    expect(await below.receive()).toEqual({ type: 'close', address: endpoint })
    const next = newDish()
    await next.bind(endpoint)
    expect(next.lastEndpoint).toBe(endpoint)
  })

  it('send what was sent before the end', async () => {
    const { udp, port } = await stranger()
    const radio = newRadio()
    radio.connect(`udp://127.0.0.1:${port}`)
    const all: string[] = []
    const last = new Promise<void>((resolve) => {
      udp.on('message', (data) => {
        all.push(String(data))
        if (all.length === 100) resolve()
      })
    })
    for (let n = 0; n < 100; n++) void radio.send(String(n), { group: '' })
    radio.close()
    await last
    expect(all).toEqual(Array.from({ length: 100 }, (_, n) => `\0${n}`))
  })

  it('try again where there is no such name, or no way', async () => {
    const radio = newRadio({ reconnectInterval: 1, linger: 0 })
    const { events } = radio
    // No name has so many letters in one part: the system says so without asking anybody.
    radio.connect(`udp://${'x'.repeat(64)}.invalid:5555`)
    for (const type of ['connect:delay', 'close', 'connect:retry', 'connect:delay']) {
      expect(await events.receive()).toMatchObject({ type })
    }
    // Nobody may send to all of a network who has not asked the system for it before.
    const loud = newRadio({ reconnectInterval: 1, linger: 0 })
    const loudEvents = loud.events
    loud.connect('udp://255.255.255.255:5555')
    await loud.send('x', { group: '' })
    for (const type of [
      'connect:delay',
      'connect',
      'disconnect',
      'connect:retry',
      'connect:delay',
    ]) {
      expect(await loudEvents.receive()).toMatchObject({ type })
    }
  })

  it('refuse what they cannot do', async () => {
    const incompatible = { code: 'ENOCOMPATPROTO', errno: 156384764 }
    const address = 'udp://127.0.0.1:5555'
    expect(() => newDish().connect(address)).toThrow(expect.objectContaining(incompatible))
    await expect(newRadio().bind(address)).rejects.toMatchObject(incompatible)
    const publisher = opened.add(new Publisher({ context }))
    expect(() => publisher.connect(address)).toThrow(expect.objectContaining(incompatible))
    for (const [wrong, code] of [
      ['udp://127.0.0.1', 'EINVAL'],
      ['udp://*:5555', 'EINVAL'],
      ['udp://127.0.0.1;127.0.0.1:5555', 'EINVAL'],
      ['udp://nowhere0;239.0.0.1:5555', 'ENODEV'],
    ] as const) {
      expect(() => newRadio().connect(wrong)).toThrow(
        expect.objectContaining({ code, address: wrong }),
      )
    }
    await expect(newDish().bind('udp://192.0.2.254:5555')).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    })
    const far = newRadio({ multicastHops: 256 })
    expect(() => far.connect('udp://239.0.0.1:5555')).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
  })
})

it('a DISH keeps no more than its high-water mark, and nothing for groups that it has not joined', async () => {
  const context = new Context({ ioThreads: 0 })
  const { udp } = await stranger()
  const arrivals = vi.spyOn(UdpSocket.prototype, 'emit')
  const arrived = (): number => arrivals.mock.calls.filter(([event]) => event === 'message').length
  const dish = opened.add(new Dish({ context, receiveHighWaterMark: 10 }))
  await dish.bind('udp://127.0.0.1:*')
  dish.join('a')
  const port = portOf(dish.lastEndpoint)
  const flood = async (group: string, count: number): Promise<void> => {
    const before = arrived()
    for (let n = 0; n < count; n++) udp.send(`\u0001${group}${n}`, port, '127.0.0.1')
    while (arrived() < before + count) await nextTurn()
  }
  const received = async (): Promise<string[]> => {
    const all: string[] = []
    while (dish.readable) all.push(told(await dish.receive()))
    return all
  }
  await flood('b', 100)
  await flood('a', 100)
  expect(await received()).toEqual(Array.from({ length: 10 }, (_, n) => `a: ${n}`))
  await flood('b', 100)
  await flood('a', 3)
  expect(await received()).toEqual(['a: 0', 'a: 1', 'a: 2'])
})

it('RADIO and DISH over UDP work with blocking calls', () => {
  const dish = opened.add(new Dish())
  dish.bindSync('udp://127.0.0.1:*')
  dish.join('a')
  const radio = opened.add(new Radio())
  radio.connect(dish.lastEndpoint!)
  radio.sendSync('x', { group: 'a' })
  expect(String(dish.receiveSync()[0])).toBe('x')
  dish.unbindSync(dish.lastEndpoint!)
})

describe('options of multicast', () => {
  it('are set in the system', async () => {
    const context = new Context({ ioThreads: 0 })
    const hops = vi.spyOn(UdpSocket.prototype, 'setMulticastTTL')
    const loop = vi.spyOn(UdpSocket.prototype, 'setMulticastLoopback')
    const device = vi.spyOn(UdpSocket.prototype, 'setMulticastInterface')
    const radio = opened.add(new Radio({ context, multicastHops: 7, multicastLoop: false }))
    const { events } = radio
    radio.connect('udp://127.0.0.1;239.18.7.7:5555')
    for (const type of ['connect:delay', 'connect']) {
      expect(await events.receive()).toMatchObject({ type })
    }
    expect([hops, loop, device].map(({ mock }) => mock.calls)).toEqual([
      [[7]],
      [[false]],
      [['127.0.0.1']],
    ])
  })
})

describe('the draft module in the place of zeromq.js', () => {
  it('has RADIO and DISH over UDP', async () => {
    const dish = opened.add(new DropInDish())
    await dish.bind('udp://127.0.0.1:*')
    dish.join('a')
    const radio = opened.add(new DropInRadio())
    radio.connect(String(dish.lastEndpoint))
    await radio.send('x', { group: 'a' })
    expect(told(await dish.receive())).toBe('a: x')
  })
})
