import type * as zeromq from 'zeromq'
import type { End, Library, Message, Options, SocketTypeName } from './library.ts'

const classes = {
  DEALER: 'Dealer',
  PAIR: 'Pair',
  PUB: 'Publisher',
  PULL: 'Pull',
  PUSH: 'Push',
  REP: 'Reply',
  REQ: 'Request',
  ROUTER: 'Router',
  STREAM: 'Stream',
  SUB: 'Subscriber',
  XPUB: 'XPublisher',
  XSUB: 'XSubscriber',
} as const satisfies Record<SocketTypeName, keyof typeof zeromq>

/** The sockets of zeromq.js, and of whatever has the same calls. */
export type NodeSockets = Pick<typeof zeromq, (typeof classes)[SocketTypeName]>

/** What the types have between them. */
type AnySocket = zeromq.Pair & zeromq.Subscriber & zeromq.Router

/** A library in this process. */
export class NodeLibrary implements Library {
  readonly #sockets: NodeSockets
  readonly #common: object

  /** @param common options of all its sockets */
  constructor(sockets: NodeSockets, common: object = {}) {
    this.#sockets = sockets
    this.#common = common
  }

  open(type: SocketTypeName, options: Options): Promise<NodeEnd> {
    const Type = this.#sockets[classes[type]] as unknown as new (options: object) => AnySocket
    return Promise.resolve(new NodeEnd(new Type({ ...this.#common, ...options })))
  }
}

class NodeEnd implements End {
  readonly #socket: AnySocket

  constructor(socket: AnySocket) {
    this.#socket = socket
  }

  async bind(endpoint: string): Promise<string> {
    await this.#socket.bind(endpoint)
    return this.#socket.lastEndpoint!
  }

  async connect(endpoint: string, routingId?: string): Promise<void> {
    if (routingId === undefined) this.#socket.connect(endpoint)
    else this.#socket.connect(endpoint, { routingId })
  }

  async subscribe(topic: string): Promise<void> {
    this.#socket.subscribe(topic)
  }

  async unsubscribe(topic: string): Promise<void> {
    this.#socket.unsubscribe(topic)
  }

  send(message: Message): Promise<void> {
    return this.#socket.send([...message])
  }

  receive(): Promise<Message> {
    return this.#socket.receive()
  }

  async close(): Promise<void> {
    this.#socket.close()
  }
}
