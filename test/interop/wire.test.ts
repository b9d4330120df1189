import { randomBytes } from 'node:crypto'
import { decodeZ85, socketTypeId } from '@ringpost/core/internal'
import { WireError } from '@ringpost/transport'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  context,
  Dealer,
  type EventOfType,
  type EventType,
  Pull,
  Push,
  Reply,
  Router,
  type Socket,
  Subscriber,
  XPublisher,
} from 'zeromq'
import { CurveClient } from '../../packages/transport/src/mechanism/curveClient.ts'
import { CurveServer } from '../../packages/transport/src/mechanism/curveServer.ts'
import type { Authenticator } from '../../packages/transport/src/mechanism/mechanism.ts'
import { NullMechanism } from '../../packages/transport/src/mechanism/nullMechanism.ts'
import type { Self } from '../../packages/transport/src/mechanism/peer.ts'
import { PlainClient } from '../../packages/transport/src/mechanism/plainClient.ts'
import { PlainServer } from '../../packages/transport/src/mechanism/plainServer.ts'
import { loadSodium, type Sodium } from '../../packages/transport/src/mechanism/sodium.ts'
import {
  Connection,
  Listener,
  type Role,
} from '../../packages/transport/src/testing/connection.test-support.ts'
import { encodeCommand, encodePing, encodePong } from '../../packages/transport/src/wire/command.ts'
import {
  admitted,
  alice,
  keys,
  type Mechanism,
  mechanisms as options,
} from '../support/credentials.ts'
import { answerZap, REFUSED_DOMAIN } from '../support/zapHandler.ts'

/** Bytes in, bytes out: the pieces of our wire, and libzmq at the other end. */

const bytesOf = (key: string): Buffer => decodeZ85(key)!
const everybody: Authenticator = () => ({ accepted: true })
const nobody: Authenticator = () => ({ accepted: false, status: 400 })

const mechanisms = ['NULL', 'PLAIN', 'CURVE'] as const

let sodium: Sodium
const handler = new Reply()
beforeAll(async () => {
  context.blocky = false
  sodium = await loadSodium()
  await handler.bind('inproc://zeromq.zap.01')
  void answerZap(handler, admitted)
  return () => handler.close()
})

const self = (type: keyof typeof socketTypeId, routingId = ''): Self => ({
  socketType: socketTypeId[type],
  routingId: Buffer.from(routingId),
})

function clientRole(mechanism: Mechanism, own: Self, serverKey = keys.server.publicKey): Role {
  const curve = {
    publicKey: bytesOf(keys.client.publicKey),
    secretKey: bytesOf(keys.client.secretKey),
    serverKey: bytesOf(serverKey),
  }
  return {
    self: own,
    mechanism,
    asServer: false,
    make: (events) => {
      if (mechanism === 'NULL') return new NullMechanism(own, events)
      if (mechanism === 'PLAIN') return new PlainClient(own, events, alice)
      return new CurveClient(own, events, curve, sodium)
    },
  }
}

function serverRole(mechanism: Mechanism, own: Self, authenticator = everybody): Role {
  const secretKey = bytesOf(keys.server.secretKey)
  return {
    self: own,
    mechanism,
    asServer: mechanism !== 'NULL',
    make: (events) => {
      if (mechanism === 'NULL') return new NullMechanism(own, events, authenticator)
      if (mechanism === 'PLAIN') return new PlainServer(own, events, authenticator)
      return new CurveServer(own, events, secretKey, sodium, authenticator)
    },
  }
}

const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

/** Closed when the test ends. */
function closing<T extends { close(): void }>(each: T): T {
  open.push(each)
  return each
}

async function bound<T extends Socket>(socket: T): Promise<number> {
  socket.linger = 0
  await closing(socket).bind('tcp://127.0.0.1:*')
  return Number(socket.lastEndpoint!.split(':').at(-1))
}

const connect = async (port: number, role: Role): Promise<Connection> =>
  closing(await Connection.to(port, role))

async function nextEvent<T extends EventType>(socket: Socket, type: T): Promise<EventOfType<T>> {
  for await (const event of socket.events) {
    if (event.type === type) return event as EventOfType<T>
  }
  throw new Error(`the socket ended without ${type}`)
}

/** Lengths at which frames take another form, and a large one. */
const messages = [
  [Buffer.from('one')],
  [Buffer.alloc(0)],
  [Buffer.alloc(255, 1), Buffer.alloc(256, 2), Buffer.alloc(0)],
  [randomBytes(1_000_000)],
]

describe.each(mechanisms)('%s', (mechanism) => {
  it('as a client of libzmq, both ways', async () => {
    const router = new Router(options[mechanism].server)
    const connection = await connect(
      await bound(router),
      clientRole(mechanism, self('Dealer', 'bob')),
    )
    expect((await connection.peer).socketType).toBe('ROUTER')
    for (const message of messages) {
      connection.sendMessage(message)
      const [routingId, ...frames] = await router.receive()
      expect(routingId!.toString()).toBe('bob')
      expect(Buffer.concat(frames).equals(Buffer.concat(message))).toBe(true)
      await router.send([routingId!, ...frames])
      const answered = await connection.receive()
      expect(answered.map((frame) => frame.length)).toEqual(message.map((frame) => frame.length))
      expect(Buffer.concat(answered).equals(Buffer.concat(message))).toBe(true)
    }
  })

  it('as a server of libzmq, both ways', async () => {
    const listener = closing(await Listener.start(serverRole(mechanism, self('Router'))))
    const dealer = closing(
      new Dealer({ ...options[mechanism].client, routingId: 'bob', linger: 0 }),
    )
    const accepted = listener.accept()
    dealer.connect(listener.endpoint)
    const connection = await accepted
    const { socketType, routingId } = await connection.peer
    expect([socketType, routingId.toString()]).toEqual(['DEALER', 'bob'])
    for (const message of messages) {
      await dealer.send(message)
      const received = await connection.receive()
      expect(Buffer.concat(received).equals(Buffer.concat(message))).toBe(true)
      connection.sendMessage(received)
      const answered = await dealer.receive()
      expect(Buffer.concat(answered).equals(Buffer.concat(message))).toBe(true)
    }
  })

  it('subscribes by commands, and is answered when it pings', async () => {
    const publisher = new XPublisher(options[mechanism].server)
    const role = clientRole(mechanism, self('Subscriber'))
    const connection = await connect(await bound(publisher), role)
    await connection.peer
    connection.send(encodeCommand('SUBSCRIBE', Buffer.from('A')))
    expect(await publisher.receive()).toEqual([Buffer.from('\u0001A')])
    connection.send(encodePing(0, Buffer.from('context')))
    await publisher.send('B')
    await publisher.send('A1')
    expect(await connection.receive()).toEqual([Buffer.from('A1')])
    connection.send(encodeCommand('CANCEL', Buffer.from('A')))
    expect(await publisher.receive()).toEqual([Buffer.from('\u0000A')])
    expect(await connection.receiveCommand()).toEqual(encodePong(Buffer.from('context')))
  })

  it('is subscribed to by commands', async () => {
    const listener = closing(await Listener.start(serverRole(mechanism, self('Publisher'))))
    const subscriber = closing(new Subscriber({ ...options[mechanism].client, linger: 0 }))
    const accepted = listener.accept()
    subscriber.subscribe('A')
    subscriber.connect(listener.endpoint)
    const connection = await accepted
    await connection.peer
    const subscribe = encodeCommand('SUBSCRIBE', Buffer.from('A'))
    expect(await connection.receiveCommand()).toEqual(subscribe)
    connection.sendMessage([Buffer.from('A1')])
    expect(await subscriber.receive()).toEqual([Buffer.from('A1')])
  })

  it('does not let a client of libzmq in, which understands why', async () => {
    const listener = closing(await Listener.start(serverRole(mechanism, self('Pull'), nobody)))
    const push = closing(new Push({ ...options[mechanism].client, linger: 0 }))
    const event = nextEvent(push, 'handshake:error:auth')
    const accepted = listener.accept()
    push.connect(listener.endpoint)
    const { peer } = await accepted
    await expect(peer).rejects.toMatchObject({ code: 'DENIED', status: 400 })
    expect((await event).error.status).toBe(400)
  })

  it('is not let in by libzmq, and understands why', async () => {
    const pull = new Pull({ ...options[mechanism].server, zapDomain: REFUSED_DOMAIN })
    const connection = await connect(await bound(pull), clientRole(mechanism, self('Push')))
    await expect(connection.peer).rejects.toMatchObject({ code: 'DENIED', status: 400 })
  })

  it('talks to none of another mechanism', async () => {
    const other = mechanism === 'NULL' ? 'PLAIN' : 'NULL'
    const pull = new Pull(options[other].server)
    const connection = await connect(await bound(pull), clientRole(mechanism, self('Push')))
    await expect(connection.peer).rejects.toMatchObject({ code: 'MECHANISM_MISMATCH' })
  })
})

it('opens nothing with the key of another server', async () => {
  const pull = new Pull(options.CURVE.server)
  const event = nextEvent(pull, 'handshake:error:protocol')
  const role = clientRole('CURVE', self('Push'), keys.client.publicKey)
  const connection = await connect(await bound(pull), role)
  await expect(connection.peer).rejects.not.toBeInstanceOf(WireError)
  expect((await event).error.code).toBe('ERR_ZMTP_CRYPTOGRAPHIC')
})
