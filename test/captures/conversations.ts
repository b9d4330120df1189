import type { End, Message, Options, SocketTypeName } from '../peers/library.ts'
import { DROPS_NOTHING, untilSubscribed } from '../peers/publishing.ts'
import type { Recording } from '../support/recording.ts'
import { REFUSED_DOMAIN } from '../support/zapHandler.ts'

/** What the two sides of a conversation got. */
export interface Received {
  readonly client: readonly Message[]
  readonly server: readonly Message[]
}

/** Two sockets, and what they say to each other. */
export interface Conversation {
  readonly name: string
  readonly client: readonly [SocketTypeName, Options]
  readonly server: readonly [SocketTypeName, Options]
  talk(client: End, server: End, recording: Recording): Promise<Received>
}

/** Lengths at which the form of a frame changes, and others. */
const messages: readonly Message[] = [
  [Buffer.from('one')],
  [Buffer.from('of'), Buffer.from('three'), Buffer.from('parts')],
  [Buffer.alloc(0)],
  [Buffer.alloc(0), Buffer.alloc(0)],
  [Buffer.alloc(255, 0x61)],
  [Buffer.alloc(256, 0x62)],
  [Buffer.alloc(1000, 0x63), Buffer.from('tail')],
]

const pushPull: Conversation = {
  name: 'push-pull',
  client: ['PUSH', {}],
  server: ['PULL', {}],
  async talk(client, server) {
    const received: Message[] = []
    for (const message of messages) {
      await client.send(message)
      received.push(await server.receive())
    }
    return { client: [], server: received }
  },
}

const publishSubscribe: Conversation = {
  name: 'publish-subscribe',
  client: ['SUB', {}],
  server: ['PUB', DROPS_NOTHING],
  async talk(client, server, recording) {
    for (const topic of ['A', 'B'.repeat(300), '']) await client.subscribe(topic)
    const received = await untilSubscribed(server, client)
    for (const message of messages) {
      await server.send(message)
      received.push(await client.receive())
    }
    const before = recording.fromClient.length
    await client.unsubscribe('A')
    await recording.until(({ fromClient }) => fromClient.length > before)
    return { client: received, server: [] }
  },
}

const requestReply: Conversation = {
  name: 'request-reply',
  client: ['REQ', { routingId: 'alice' }],
  server: ['REP', {}],
  async talk(client, server) {
    const received: { client: Message[]; server: Message[] } = { client: [], server: [] }
    for (const message of messages) {
      await client.send(message)
      received.server.push(await server.receive())
      await server.send([...message].reverse())
      received.client.push(await client.receive())
    }
    return received
  },
}

const dealerRouter: Conversation = {
  name: 'dealer-router',
  client: ['DEALER', { routingId: 'bob' }],
  server: ['ROUTER', {}],
  async talk(client, server) {
    const received: { client: Message[]; server: Message[] } = { client: [], server: [] }
    for (const message of messages) {
      await client.send(message)
      const [routingId, ...frames] = await server.receive()
      received.server.push(frames)
      await server.send([routingId!, ...frames])
      received.client.push(await client.receive())
    }
    return received
  },
}

/** Nothing but PING and PONG. */
const heartbeat: Conversation = {
  name: 'heartbeat',
  client: ['DEALER', { heartbeatInterval: 20, heartbeatTimeToLive: 1000 }],
  server: ['ROUTER', {}],
  async talk(_client, _server, recording) {
    await recording.until(({ fromServer }) => fromServer.includes('PONG'))
    return { client: [], server: [] }
  },
}

/** A client that is not let in. */
const refusal: Conversation = {
  name: 'refusal',
  client: ['PUSH', {}],
  server: ['PULL', { zapDomain: REFUSED_DOMAIN }],
  async talk(_client, _server, recording) {
    // With PLAIN, libzmq writes another letter for the length and the E.
    await recording.until(({ fromServer }) => fromServer.includes('RROR'))
    return { client: [], server: [] }
  },
}

/** All that a peer of ZMTP 2.0 can say. */
export const messagesOnly: readonly Conversation[] = [
  pushPull,
  publishSubscribe,
  requestReply,
  dealerRouter,
]
export const underAnyMechanism: readonly Conversation[] = [...messagesOnly, refusal]
/** What passes would not be seen otherwise. */
export const inTheClear: readonly Conversation[] = [...underAnyMechanism, heartbeat]
