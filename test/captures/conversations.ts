import {
  Dealer,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  type Socket,
  type SocketOptions,
  Subscriber,
} from 'zeromq'
import type { Recording } from './recording.ts'

type Message = Buffer[]

/** What the two sides of a conversation got. */
export interface Received {
  readonly client: Message[]
  readonly server: Message[]
}

/** Two sockets, and what they say to each other. */
export interface Conversation {
  readonly client: Socket
  readonly server: Socket
  talk(recording: Recording): Promise<Received>
}

type Options = Readonly<Record<string, unknown>>
type Prepare = (client: Options, server: Options) => Conversation

/** Lengths at which the form of a frame changes, and others. */
const messages: Message[] = [
  [Buffer.from('one')],
  [Buffer.from('of'), Buffer.from('three'), Buffer.from('parts')],
  [Buffer.alloc(0)],
  [Buffer.alloc(0), Buffer.alloc(0)],
  [Buffer.alloc(255, 0x61)],
  [Buffer.alloc(256, 0x62)],
  [Buffer.alloc(1000, 0x63), Buffer.from('tail')],
]

const take = <T extends Socket>(options: Options) => options as unknown as SocketOptions<T>

function pipeline(clientOptions: Options, serverOptions: Options): Conversation {
  const client = new Push(take<Push>(clientOptions))
  const server = new Pull(take<Pull>(serverOptions))
  return {
    client,
    server,
    async talk() {
      const received: Message[] = []
      for (const message of messages) {
        await client.send(message)
        received.push(await server.receive())
      }
      return { client: [], server: received }
    },
  }
}

function publishSubscribe(clientOptions: Options, serverOptions: Options): Conversation {
  const client = new Subscriber({ ...take<Subscriber>(clientOptions), receiveTimeout: 50 })
  const server = new Publisher(take<Publisher>(serverOptions))
  client.subscribe('A', '', 'B'.repeat(300))
  return {
    client,
    server,
    async talk(recording) {
      // A publisher does not tell when somebody has subscribed.
      let first: Message | undefined
      while (first === undefined) {
        await server.send('A')
        first = await client.receive().catch(ifTimeIsOver)
      }
      client.receiveTimeout = -1
      const received = [first]
      for (const message of messages) {
        await server.send(message)
        while (!sameMessage(received.at(-1)!, message)) received.push(await client.receive())
      }
      const before = recording.fromClient.length
      client.unsubscribe('A')
      await recording.until(({ fromClient }) => fromClient.length > before)
      return { client: received, server: [] }
    },
  }
}

function ifTimeIsOver(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
}

const sameMessage = (a: Message, b: Message) =>
  a.length === b.length && a.every((frame, at) => frame.equals(b[at]!))

function requestReply(clientOptions: Options, serverOptions: Options): Conversation {
  const client = new Request({ ...take<Request>(clientOptions), routingId: 'alice' })
  const server = new Reply(take<Reply>(serverOptions))
  return {
    client,
    server,
    async talk() {
      const received: Received = { client: [], server: [] }
      for (const message of messages) {
        await client.send(message)
        received.server.push(await server.receive())
        await server.send([...message].reverse())
        received.client.push(await client.receive())
      }
      return received
    },
  }
}

function dealerRouter(clientOptions: Options, serverOptions: Options): Conversation {
  const client = new Dealer({ ...take<Dealer>(clientOptions), routingId: 'bob' })
  const server = new Router(take<Router>(serverOptions))
  return {
    client,
    server,
    async talk() {
      const received: Received = { client: [], server: [] }
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
}

/** Nothing but PING and PONG. */
function heartbeat(clientOptions: Options, serverOptions: Options): Conversation {
  const liveliness = { heartbeatInterval: 20, heartbeatTimeToLive: 1000 }
  const client = new Dealer({ ...take<Dealer>(clientOptions), ...liveliness })
  const server = new Router(take<Router>(serverOptions))
  return {
    client,
    server,
    async talk(recording) {
      await recording.until(({ fromServer }) => fromServer.includes('PONG'))
      return { client: [], server: [] }
    },
  }
}

/** The domain whose clients are not let in. */
export const REFUSED = 'refused'

/** A client that is not let in. */
function refusal(clientOptions: Options, serverOptions: Options): Conversation {
  const client = new Push(take<Push>(clientOptions))
  const server = new Pull(take<Pull>({ ...serverOptions, zapDomain: REFUSED }))
  return {
    client,
    server,
    async talk(recording) {
      // With PLAIN, libzmq writes another letter for the length and the E.
      await recording.until(({ fromServer }) => fromServer.includes('RROR'))
      return { client: [], server: [] }
    },
  }
}

/** By the name of the recording. */
export const conversations: Readonly<Record<string, Prepare>> = {
  'push-pull': pipeline,
  'publish-subscribe': publishSubscribe,
  'request-reply': requestReply,
  'dealer-router': dealerRouter,
  refusal,
}

/** In the clear only: what passes would not be seen otherwise. */
export const inTheClear: Readonly<Record<string, Prepare>> = { heartbeat }
