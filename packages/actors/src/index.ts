export type { Ask, Factory, Handlers, HandlersOf, Send, Stream, Tell } from './definition/types.ts'
export { defineActor, ActorDefinition } from './definition/definition.ts'
export type { SpawnOptions } from './definition/spawnOptions.ts'
export { ActorError, type ActorErrorCode } from './errors.ts'
export type { ActorContext } from './host/actorContext.ts'
export type { DeadLetter, DeadLetterReason } from './host/deadLetters.ts'
export type { Down, HostLoss } from './host/down.ts'
export type { Ending, EndingHook } from './host/incarnation.ts'
export type { StopOptions } from './host/life.ts'
export { ActorHandle, ActorRef, type CallOptions } from './host/ref.ts'
export type { Dial } from './nodes/gateway.ts'
export type { NodeLimits } from './nodes/limits.ts'
export type { Listening } from './nodes/listening.ts'
export type { ConnectOptions, Exports, ListenOptions } from './nodes/nodeOptions.ts'
export type { RemoteNode } from './nodes/remoteNode.ts'
export type { ActorFailure } from './supervision/failures.ts'
export type {
  Backoff,
  Directive,
  During,
  FailedChild,
  Strategy,
  SupervisionOptions,
} from './supervision/options.ts'
export { ActorSystem, createSystem, type CloseOptions, type SystemOptions } from './system/system.ts'
export type { HostEvent, ReplacementOptions } from './system/threads.ts'
