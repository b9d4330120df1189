import { decodeZ85, socketTypeId } from '@ringpost/core/internal'
import { describe, expect, it } from 'vitest'
import type { Mechanism } from '../mechanism/mechanism.ts'
import { NullMechanism } from '../mechanism/nullMechanism.ts'
import type { Self } from '../mechanism/peer.ts'
import { PlainClient } from '../mechanism/plainClient.ts'
import { PlainServer } from '../mechanism/plainServer.ts'
import { loadSodium } from '../mechanism/sodium.ts'
import { decodeCommand } from '../wire/command.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { GreetingExchange } from '../wire/greeting.ts'
import { encodeSubscription } from '../wire/subscription.ts'
import { cut } from './bytes.test-support.ts'
import { curveServer } from './curve.test-support.ts'
import { Witness } from './handshake.test-support.ts'
import { type Session, sessions } from './session.test-support.ts'

const nobody = Buffer.alloc(0)
/** Whom the two sides were, by what their conversation is called. */
const selves: Readonly<Record<string, { client: Self; server: Self }>> = {
  'push-pull': self('Push', 'Pull'),
  'publish-subscribe': self('Subscriber', 'Publisher'),
  'request-reply': self('Request', 'Reply', 'alice'),
  'dealer-router': self('Dealer', 'Router', 'bob'),
  heartbeat: self('Dealer', 'Router'),
  refusal: self('Push', 'Pull'),
}

function self(
  client: keyof typeof socketTypeId,
  server: keyof typeof socketTypeId,
  routingId = '',
): { client: Self; server: Self } {
  return {
    client: { socketType: socketTypeId[client], routingId: Buffer.from(routingId) },
    server: { socketType: socketTypeId[server], routingId: nobody },
  }
}

const isRefusal = (session: Session): boolean => session.conversation === 'refusal'
const selvesOf = (session: Session) => selves[session.conversation]!

/** One side of a recording, and what the other one did. */
interface Direction {
  readonly from: 'client' | 'server'
  readonly session: Session
  readonly sent: Buffer
  readonly self: Self
}

const directionsOf = (session: Session): Direction[] => [
  { session, from: 'client', sent: session.fromClient, self: selvesOf(session).client },
  { session, from: 'server', sent: session.fromServer, self: selvesOf(session).server },
]

const named = (directions: Direction[]): [string, Direction][] =>
  directions.map((direction) => [`${direction.session.name} from the ${direction.from}`, direction])

const MAJOR_VERSION = 10
/** What the greeting of each version has from there on, where it differs from ours. */
const versions = { '2.0': [1], '3.0': [3, 0], '3.1': [3, 1] } as const

function greetingBytes({ session, self }: Direction): number {
  return session.version === '2.0' ? 14 + self.routingId.length : 64
}

/** How many commands of the handshake a side sends. */
const handshakeCommands = { NULL: 1, PLAIN: 2, CURVE: 2 } as const

interface Content {
  readonly handshake: Buffer[]
  readonly messages: Buffer[][]
  readonly commands: Buffer[]
  /** Of the traffic alone, written again in the same order. */
  readonly again: Buffer
}

/** Takes apart what came behind the greeting. */
function read(direction: Direction, places: readonly number[] = []): Content {
  const { session, sent } = direction
  const decoder = new FrameDecoder()
  const encoder = new FrameEncoder()
  for (const chunk of cut(sent.subarray(greetingBytes(direction)), places)) decoder.push(chunk)
  const content: Content = { handshake: [], messages: [], commands: [], again: nobody }
  const hasCommands = session.version !== '2.0'
  const handshakeLength = hasCommands ? handshakeCommands[session.mechanism] : 0
  while (content.handshake.length < handshakeLength) {
    const command = decoder.readCommand()
    if (command === undefined) break
    content.handshake.push(command)
    encoder.addCommand(command)
  }
  decoder.startTraffic({ hasCommands })
  for (;;) {
    const messages: Buffer[][] = []
    decoder.read(messages, 1)
    for (const message of messages) encoder.addMessage(message)
    content.messages.push(...messages)
    const command = decoder.takeCommand()
    if (command !== undefined) {
      encoder.addCommand(command)
      content.commands.push(command)
    } else if (messages.length === 0) {
      return { ...content, again: Buffer.concat(encoder.take()) }
    }
  }
}

/** What a subscriber says in its first turn, and at the end. */
const wishes = [
  [true, 'A'],
  [true, 'B'.repeat(300)],
  [true, ''],
  [false, 'A'],
] as const

/** What one side sent, by what the other one's application got. */
function expectedMessages(session: Session, from: 'client' | 'server'): Buffer[][] {
  const received = session.received[from === 'client' ? 'server' : 'client']
  const { conversation, version } = session
  // REQ and REP put an empty frame in front. @see RFC 28/REQREP
  if (conversation === 'request-reply') return received.map((message) => [nobody, ...message])
  if (conversation === 'publish-subscribe' && from === 'client' && version !== '3.1') {
    return wishes.map(([isSubscribing, topic]) => [
      encodeSubscription(version, isSubscribing, Buffer.from(topic)).body,
    ])
  }
  return received
}

const all = sessions.flatMap(directionsOf)
const inTheClear = all.filter(({ session }) => session.mechanism !== 'CURVE')

describe('what libzmq sends', () => {
  it('was recorded with these versions, of ZMTP too', () => {
    const versionsOf: Record<string, Set<string>> = {}
    for (const { recordedWith, version } of sessions) {
      ;(versionsOf[recordedWith.libzmq] ??= new Set()).add(version)
    }
    expect(versionsOf).toEqual({
      '4.3.2': new Set(['2.0', '3.0']),
      '4.3.4': new Set(['2.0', '3.1']),
      '4.3.5': new Set(['2.0', '3.1']),
    })
  })

  it.each(named(all))('%s: begins with the greeting that we send', (_, direction) => {
    const { session, sent, self } = direction
    const { mechanism, version } = session
    const own = { mechanism, asServer: false, acceptVersion2: true, ...self }
    const exchange = new GreetingExchange(own)
    const opening = exchange.open()
    const { reply, peer, rest } = exchange.receive(sent)
    expect(peer).toEqual(
      version === '2.0' ? { version, ...self } : { version, mechanism, asServer: false },
    )
    const greeting = Buffer.concat([opening, reply!])
    greeting.set(versions[version], MAJOR_VERSION)
    expect(greeting).toEqual(sent.subarray(0, greetingBytes(direction)))
    expect(rest).toEqual(sent.subarray(greetingBytes(direction)))
  })

  it.each(named(inTheClear))('%s: is understood, and written again the same', (_, direction) => {
    const { session, sent, from } = direction
    const content = read(direction)
    expect(content.messages).toEqual(expectedMessages(session, from))
    expect(content.again.equals(sent.subarray(greetingBytes(direction)))).toBe(true)
  })

  it.each(named(all))('%s: is understood split at any place', (_, direction) => {
    const whole = read(direction)
    const length = direction.sent.length - greetingBytes(direction)
    for (let at = 1; at < length; at += Math.ceil(length / 100)) {
      const { again, messages, commands } = read(direction, [at, at + 1])
      expect(again.equals(whole.again)).toBe(true)
      const counts = [whole.messages.length, whole.commands.length]
      expect([messages.length, commands.length]).toEqual(counts)
    }
  })

  const commandsOf = (name: string) =>
    named(all)
      .filter(([each]) => each === name)
      .flatMap(([, direction]) => read(direction).commands.map(decodeCommand))

  it.each(['4.3.4', '4.3.5'])('subscribes by commands: %s', (libzmq) => {
    const subscriptions = commandsOf(`${libzmq}/null-publish-subscribe from the client`)
    expect(subscriptions).toEqual(
      wishes.map(([isSubscribing, topic]) => ({
        name: isSubscribing ? 'SUBSCRIBE' : 'CANCEL',
        data: Buffer.from(topic),
      })),
    )
  })

  it.each(['4.3.2', '4.3.4', '4.3.5'])('pings, and is answered: %s', (libzmq) => {
    const [ping] = commandsOf(`${libzmq}/null-heartbeat from the client`)
    expect(ping).toEqual({ name: 'PING', data: Buffer.from([0, 10]) })
    const [pong] = commandsOf(`${libzmq}/null-heartbeat from the server`)
    expect(pong).toEqual({ name: 'PONG', data: nobody })
  })

  /** Us in the place of one side: what we say must be what libzmq said. */
  function standIn(session: Session, from: 'client' | 'server'): [Mechanism, Witness] {
    const witness = new Witness()
    const own = selvesOf(session)[from]
    const verdict = () =>
      isRefusal(session)
        ? ({ accepted: false, status: 400 } as const)
        : ({ accepted: true, userId: 'alice' } as const)
    if (session.mechanism === 'NULL') {
      const asks = isRefusal(session) && from === 'server'
      return [new NullMechanism(own, witness, asks ? verdict : undefined), witness]
    }
    if (from === 'server') return [new PlainServer(own, witness, verdict), witness]
    const credentials = { username: 'alice', password: 'secret' }
    return [new PlainClient(own, witness, credentials), witness]
  }

  const shakingHands = inTheClear.filter(({ session }) => session.version !== '2.0')

  it.each(named(shakingHands))('%s: is said by our side too', async (_, direction) => {
    const { session, from } = direction
    const [mechanism, witness] = standIn(session, from)
    const other = directionsOf(session).find((each) => each.from !== from)!
    mechanism.start()
    for (const command of read(other).handshake) {
      mechanism.receive(command)
      // An authenticator answers in a moment.
      await new Promise(setImmediate)
    }
    expect(witness.sent).toEqual(read(direction).handshake)
    expect(witness.outcome).toBe(isRefusal(session) ? 'DENIED' : 'ready')
    if (isRefusal(session)) expect(witness.error!.status).toBe(400)
  })
})

describe('what libzmq encrypts', () => {
  const encrypted = sessions.filter(({ mechanism }) => mechanism === 'CURVE')

  it.each(encrypted.map((session) => [session.name, session] as const))(
    '%s: begins with a HELLO and a WELCOME that open',
    async (_, session) => {
      const sodium = await loadSodium()
      const secretKey = decodeZ85(session.keys!.server.secretKey)!
      const [client, server] = directionsOf(session).map((direction) => read(direction).handshake)
      const one = curveServer(sodium, secretKey, { self: selvesOf(session).server })
      one.mechanism.receive(client![0]!)
      expect(one.witness.sent).toHaveLength(1)
      const transient = client![0]!.subarray(80, 112)
      const nonce = Buffer.concat([Buffer.from('WELCOME-'), server![0]!.subarray(8, 24)])
      const key = sodium.sharedKey(transient, secretKey)!
      expect(sodium.openBox(key, nonce, server![0]!.subarray(24))).toHaveLength(128)
    },
  )

  it.each(named(encrypted.filter((each) => !isRefusal(each)).flatMap(directionsOf)))(
    '%s: is one MESSAGE a frame, of its length, with nonces that count up',
    (_, direction) => {
      const { session, from } = direction
      const { messages, commands } = read(direction)
      expect(commands).toEqual([])
      const bodies = messages.map((message) => message[0]!)
      for (const body of bodies) expect(body.toString('latin1', 0, 8)).toBe('\u0007MESSAGE')
      const first = from === 'client' ? 3n : 2n
      const nonces = bodies.map((body) => body.readBigUInt64BE(8))
      expect(nonces).toEqual(nonces.map((__, at) => first + BigInt(at)))
      const frames = expectedMessages(session, from).flat()
      // Subscriptions are commands, inside.
      if (session.conversation !== 'publish-subscribe' || from === 'server') {
        expect(bodies.map((body) => body.length - 33)).toEqual(frames.map((frame) => frame.length))
      }
    },
  )

  it.each(encrypted.filter(isRefusal).map((session) => [session.name, session] as const))(
    '%s: ends with an ERROR in the clear when the client is not let in',
    (_, session) => {
      const [, server] = directionsOf(session)
      expect(decodeCommand(read(server!).handshake.at(-1)!)).toEqual({
        name: 'ERROR',
        data: Buffer.from('\u0003400'),
      })
    },
  )
})
