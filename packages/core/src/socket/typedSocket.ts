import type { Context } from '../context/context.ts'
import type { Acceptor } from '../thread/thread.ts'
import type { MessageLike } from './message.ts'
import { defineOptionProperties } from './optionProperties.ts'
import type { NumberedOptions } from './numberedOptions.ts'
import type { CommonOptions, Settings, SocketInformation } from './optionTypes.ts'
import type { Readable } from './readable.ts'
import { SocketBase } from './socket.ts'
import type { Writable } from './writable.ts'

type Hidden = keyof Writable | keyof Readable
/** What the parts of the library know a socket by. */
type Internal = keyof Acceptor | 'options' | 'hasEndpoints'
type Plain = Omit<SocketBase, Hidden | Internal | 'connect'>

/**
 * Any socket: what all types have in common; and, for subclasses, the options by number, which are
 * protected.
 */
export interface Socket extends Plain, CommonOptions, NumberedOptions {
  /**
   * Connects to an endpoint, which need not be bound yet. May be called for several endpoints.
   *
   * @throws {SocketError} `EINVAL`, `EPROTONOSUPPORT`, `ENAMETOOLONG`, `ENOCOMPATPROTO`
   * @see zmq_connect(3)
   */
  connect(endpoint: string): void
}
export const Socket = SocketBase as unknown as abstract new (
  type: number,
  options?: object,
) => Socket

/** The base class of a type, seen with what the type can do. */
export type TypedSocket<Face> = abstract new (type: number, options?: object) => Socket & Face

export const ReadableSocket = SocketBase as unknown as TypedSocket<Readable>
export const WritableSocket = SocketBase as unknown as TypedSocket<Writable>
export const BothWaySocket = SocketBase as unknown as TypedSocket<Writable & Readable>
/** Those of the newer types, whose messages are a single frame. */
export const SingleFrameSocket = SocketBase as unknown as TypedSocket<
  Writable<MessageLike> & Readable<[Buffer]>
>

/** What a constructor takes: any option that can be set, and the context. */
export type OptionsOf<O> = Settings<Omit<O, keyof SocketInformation>> & { context?: Context }

/**
 * Puts the options of a type onto its class, as properties. An interface of the class's name tells
 * TypeScript of them: the two are merged on purpose.
 */
export function defineOptions(type: number, prototype: object): void {
  defineOptionProperties(prototype as SocketBase, type)
}
