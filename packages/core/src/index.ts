export { context } from './context/default.ts'
export { Context, type ContextHandle, type ContextMemory } from './context/context.ts'
export type { ContextInformation } from './context/contextOptions.ts'
export { SocketError, type SocketErrorCode } from './errors.ts'
export type { MessageLike } from './socket/message.ts'
export {
  Observer,
  type AuthError,
  type ErrnoError,
  type EventOfType,
  type EventType,
  type ProtoError,
  type SocketEvent,
} from './socket/observer.ts'
export { SharedBatch } from './socket/sharedBatch.ts'
export { SharedFrame } from './socket/sharedFrame.ts'
export { Proxy } from './proxy/proxy.ts'
export type { ProxyStatistics, Traffic } from './proxy/traffic.ts'
export * from './socket/sockets.ts'
export * from './socket/publishingSockets.ts'
export { capability, ringpostVersion, version, type Capability } from './version.ts'
export type * from './socket/constructorOptions.ts'
export type {
  CommonOptions,
  ConflatingOptions,
  FarewellOptions,
  GreetingOptions,
  HiccupOptions,
  LosslessOptions,
  MatchingOptions,
  ProbingOptions,
  ReceivingOptions,
  RoutedOptions,
  SendingOptions,
  SocketInformation,
  SubscriptionReadingOptions,
  TopicInformation,
} from './socket/optionTypes.ts'
