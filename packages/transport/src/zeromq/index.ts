/**
 * The main module of zeromq.js 6, name by name. Everything beyond it is in `@ringpost/transport`,
 * whose classes these are.
 *
 * It has no default export and no `await` at its top, so that `require` gives these names and no more.
 */
import '../index.ts'

export {
  Context,
  Dealer,
  Observer,
  Pair,
  Proxy,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Socket,
  Stream,
  Subscriber,
  XPublisher,
  XSubscriber,
  context,
  version,
  type EventOfType,
  type EventType,
  type RouterConnectOptions,
  type SocketEvent as Event,
  type StreamConnectOptions,
} from '@ringpost/core'
export { capability } from '../capability.ts'
export { curveKeyPair } from '../mechanism/curveKeys.ts'
export type {
  EventSubscriber,
  Message,
  MessageLike,
  Readable,
  SocketOptions,
  Writable,
} from './types.ts'
