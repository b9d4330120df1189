import type { Context } from '../context/context.ts'
import { SocketBase, type BatchOptions, type TimeoutOptions } from './socket.ts'
import type { MessageLike } from './message.ts'
import { defineOptionProperties } from './optionProperties.ts'
import { socketTypeId, type SocketTypeName } from './optionDefinition.ts'
import type { PullOptions, PushOptions, SocketInformation } from './optionTypes.ts'
import type { SharedBatch } from './sharedBatch.ts'
import type { SharedFrame } from './sharedFrame.ts'

type Message = MessageLike | readonly MessageLike[]

/** Sockets that send. All of it fails with SocketError. */
export interface Writable {
  /**
   * Sends a message, waiting while there is nobody to take it or they are at their high-water mark.
   *
   * Throws `EBUSY` while another send waits, `EBADF` when closed; rejects with `EAGAIN` after
   * `sendTimeout`, and with what the socket's type refuses.
   */
  send(message: Message): Promise<void>
  /** As `send`, blocking the thread. @throws {SocketError} `EAGAIN` after the timeout */
  sendSync(message: Message, options?: TimeoutOptions): void
  /** Sends a batch of messages, made readable together: the fastest way. */
  sendMany(messages: readonly Message[]): Promise<void>
  sendManySync(messages: readonly Message[], options?: TimeoutOptions): void
}

/** Sockets that receive. All of it fails with SocketError. */
export interface Readable<M = Buffer[]> {
  /**
   * The next message, as its frames.
   *
   * Throws `EBUSY` while another receive waits, `EBADF` when closed; rejects with `EAGAIN` after
   * `receiveTimeout`, and with what the socket's type refuses.
   */
  receive(): Promise<M>
  /** As `receive`, blocking the thread. @throws {SocketError} `EAGAIN` after the timeout */
  receiveSync(options?: TimeoutOptions): M
  /** Waits for a message, and returns all that are there: the fastest way. */
  receiveMany(options?: BatchOptions): Promise<M[]>
  receiveManySync(options?: TimeoutOptions & BatchOptions): M[]
  /** The next message with its large frames left in shared memory, until they are released. */
  receiveShared(): Promise<SharedFrame[]>
  receiveSharedSync(options?: TimeoutOptions): SharedFrame[]
  /** As `receiveMany`, with nothing copied: the messages are lent until the batch is released. */
  receiveManyShared(options?: BatchOptions): Promise<SharedBatch>
  receiveManySharedSync(options?: TimeoutOptions & BatchOptions): SharedBatch
  /** Message after message, until the socket is closed. */
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>
}

type Hidden = keyof Writable | keyof Readable
type Plain = Omit<SocketBase, Hidden | 'options' | 'accept' | 'shutDown' | 'terminate'>

/** Any socket: what all types have in common. */
export interface Socket extends Plain {}
export const Socket = SocketBase as unknown as abstract new (
  type: number,
  options?: object,
) => Socket

type Base<Face> = abstract new (type: number, options?: object) => Socket & Face
const ReadableSocket = SocketBase as unknown as Base<Readable>
const WritableSocket = SocketBase as unknown as Base<Writable>

/** What a constructor takes: any option that can be set, and the context. */
export type OptionsOf<O> = Partial<Omit<O, keyof SocketInformation>> & { context?: Context }

const define = (type: SocketTypeName, prototype: object): void =>
  defineOptionProperties(prototype as SocketBase, socketTypeId[type])

/** Distributes messages to PULL sockets, each to one, in turn. @see RFC 30/PIPELINE */
export class Push extends WritableSocket {
  constructor(options?: OptionsOf<PushOptions>) {
    super(socketTypeId.Push, options)
  }
}
export interface Push extends PushOptions {}
define('Push', Push.prototype)

/** Collects messages from PUSH sockets, taking them in turn. @see RFC 30/PIPELINE */
export class Pull extends ReadableSocket {
  constructor(options?: OptionsOf<PullOptions>) {
    super(socketTypeId.Pull, options)
  }
}
export interface Pull extends PullOptions {}
define('Pull', Pull.prototype)
