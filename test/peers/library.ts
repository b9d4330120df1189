/** ZeroMQ's names of the types of sockets that every libzmq has. */
export type SocketTypeName =
  | 'DEALER'
  | 'PAIR'
  | 'PUB'
  | 'PULL'
  | 'PUSH'
  | 'REP'
  | 'REQ'
  | 'ROUTER'
  | 'STREAM'
  | 'SUB'
  | 'XPUB'
  | 'XSUB'

/** Options of a socket, by the names that zeromq.js gives them. */
export type Options = Readonly<Record<string, string | number | boolean>>

export type Message = readonly Buffer[]

/** A socket of some library, which may be in another process. */
export interface End {
  /** @returns the endpoint, with the port that the system has chosen */
  bind(endpoint: string): Promise<string>
  /** @param routingId what the peer is to be called, by a ROUTER or a STREAM */
  connect(endpoint: string, routingId?: string): Promise<void>
  subscribe(topic: string): Promise<void>
  unsubscribe(topic: string): Promise<void>
  send(message: Message): Promise<void>
  receive(): Promise<Message>
  close(): Promise<void>
}

/** An implementation of ZeroMQ. */
export interface Library {
  open(type: SocketTypeName, options: Options): Promise<End>
}
