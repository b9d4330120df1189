export { defineActor, ActorDefinition, type SpawnOptions } from './definition/definition.ts'
export type { Ask, Factory, Handlers, Send, Stream, Tell } from './definition/types.ts'
export { ActorError, type ActorErrorCode } from './errors.ts'
export type { ActorContext } from './host/actorContext.ts'
export type { DeadLetter, DeadLetterReason } from './host/deadLetters.ts'
export type { Down } from './host/down.ts'
export { ActorHandle, ActorRef, type CallOptions } from './host/ref.ts'
export { ActorSystem, createSystem, type SystemOptions } from './system/system.ts'
export type { Gathered, GatherOptions } from './many/pool/gather.ts'
export type { ElasticSize, HashKey, PoolOptions, Route } from './many/pool/options.ts'
export { Pool, PoolRef, type Gather } from './many/pool/pool.ts'
export {
  registryKey,
  type HandlersOf,
  type KeyLike,
  type RegistryKey,
} from './many/registry/key.ts'
export type { Registry, WaitOptions } from './many/registry/registry.ts'
export type { Subscription, TopicReader } from './many/topics/subscription.ts'
export type {
  PublishOptions,
  SubscribeOptions,
  TopicListener,
  Topics,
} from './many/topics/topics.ts'
