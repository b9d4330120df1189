import type { SocketTypes, Zmq } from './suiteApi.ts'

/** The names of the socket classes. */
export type SocketName = keyof SocketTypes
export type SocketOf<Name extends SocketName> = InstanceType<SocketTypes[Name]>
export type OptionsOf<Name extends SocketName> = NonNullable<
  ConstructorParameters<SocketTypes[Name]>[0]
>

/** Values that survive the way to another thread unchanged. */
type Part = string | Uint8Array | null

/**
 * A socket at the other end of a conversation. It may live in this thread or in another one, so
 * every call answers with a promise; apart from that the calls are those of the socket.
 */
export interface FarSocket {
  /** What it is. */
  readonly name: SocketName
  bind(endpoint: string): Promise<void>
  unbind(endpoint: string): Promise<void>
  connect(endpoint: string, options?: { routingId: string }): Promise<void>
  disconnect(endpoint: string): Promise<void>
  subscribe(...prefixes: string[]): Promise<void>
  unsubscribe(...prefixes: string[]): Promise<void>
  join(...groups: string[]): Promise<void>
  leave(...groups: string[]): Promise<void>
  send(message: Part | Part[], options?: { group?: string; routingId?: number }): Promise<void>
  receive(): Promise<Buffer[]>
  /** Receives this many messages, one after the other. */
  take(count: number): Promise<Buffer[][]>
  /** Sends the texts `from` to `from + count - 1`, one after the other. */
  sendNumbers(from: number, count: number): Promise<void>
  /** Answers every message with itself until the socket is closed. */
  echo(): Promise<void>
  set(options: Record<string, unknown>): Promise<void>
  get(name: string): Promise<unknown>
  /** Shuts down the context of the socket, from there. */
  shutdownContext(): Promise<void>
  close(): Promise<void>
}

/** Where far sockets live. */
export interface FarSide {
  open(name: SocketName, options?: Record<string, unknown>): Promise<FarSocket>
  /** Closes every socket opened here, dropping what they still have to send. */
  closeAll(): Promise<void>
}

/** A far side that is a thread of its own. */
export interface FarThread extends FarSide {
  /** Stops the thread wherever it is. */
  terminate(): Promise<void>
}

/** What holds for one way of joining sockets and not for another. */
export interface Features {
  /** The far side is another thread: it goes on while this one is blocked. */
  threads: boolean
  /** Calls may block until a peer has done something: what joins them is not this thread's work. */
  blocking: boolean
  /** What one socket does has taken effect at its peers when the call returns. */
  immediate: boolean
  /** An endpoint in use is refused; a path goes to who binds it last, as in libzmq. */
  exclusive: boolean
  /** Queues have exactly the room of both ends' high-water marks, with nothing in between. */
  exactHighWaterMark: boolean
  /** Names live in the process: no handshake, no events but `end`, no address to resolve. */
  inproc: boolean
}

/** One way of joining sockets, given to every topic of the contract. */
export interface Subject {
  name: string
  zmq: Zmq
  /** A fresh endpoint that nobody has used. */
  endpoint(): string
  far: FarSide
  features: Features
  /** The URL at which a thread finds this module. */
  module: string
  /** Starts one more thread with a far side of its own, where threads can take part. */
  startThread?: () => Promise<FarThread>
}
