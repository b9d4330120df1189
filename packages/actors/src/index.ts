export type { Ask, Factory, Handlers, HandlersOf, Send, Stream, Tell } from './definition/types.ts'
export { defineActor, ActorDefinition } from './definition/definition.ts'
export type { MailboxOptions, Overflow } from './definition/mailboxOptions.ts'
export type { DefinitionOptions, SpawnOptions } from './definition/spawnOptions.ts'
export { ActorError, type ActorErrorCode, type SchemaIssue } from './errors.ts'
export { currentTask, type CurrentTask } from './farm/currentTask.ts'
export { Farm, type Outcome } from './farm/farm.ts'
export type { FarmOptions, RunOptions, SpreadOptions, TaskOptions } from './farm/options.ts'
export {
  Pipeline,
  PipelineDraft,
  type PipelineOptions,
  type StageOptions,
} from './farm/pipeline.ts'
export type { Progress, ProgressBar } from './farm/progress.ts'
export { Run } from './farm/run.ts'
export { StageError } from './farm/stageError.ts'
export { defineTask, TaskDefinition, type ModuleFunction } from './farm/work.ts'
export type { ActorContext } from './host/actorContext.ts'
export type { Down, HostLoss } from './host/down.ts'
export type { DeadLetter, DeadLetterReason, SystemEvent, SystemEventType } from './host/events.ts'
export type { Ending, EndingHook } from './host/incarnation.ts'
export type { StopOptions } from './host/life.ts'
export type { ActorLog, Logger, LogLevel, LogMethod } from './host/logger.ts'
export type { Message } from './host/message.ts'
export type { Priority } from './host/priorityMailbox.ts'
export { ActorHandle, ActorRef, type CallOptions } from './host/ref.ts'
export type { SystemEvents } from './host/systemEvents.ts'
export type { ActorTimers } from './host/timers.ts'
export type { Dial } from './nodes/gateway.ts'
export type { NodeLimits } from './nodes/limits.ts'
export type { Listening } from './nodes/listening.ts'
export type { ConnectOptions, Exports, ListenOptions } from './nodes/nodeOptions.ts'
export type { NodeTopics } from './nodes/nodeTopics.ts'
export type { NodeDown, RemoteNode } from './nodes/remoteNode.ts'
export type { TopicRights } from './nodes/topicsDesk.ts'
export type { ActorSchema, ArgumentSchemas } from './schema/actorSchema.ts'
export type { StandardSchema } from './schema/standardSchema.ts'
export type { ActorFailure } from './supervision/failures.ts'
export type {
  Backoff,
  Directive,
  During,
  FailedChild,
  Strategy,
  SupervisionOptions,
} from './supervision/options.ts'
export {
  ActorSystem,
  createSystem,
  type CloseOptions,
  type SystemOptions,
} from './system/system.ts'
export type { HostEvent, ReplacementOptions } from './system/hosts.ts'
export type { Gathered, GatherOptions } from './many/pool/gather.ts'
export type { ElasticSize, HashKey, PoolOptions, Route } from './many/pool/options.ts'
export { Pool, PoolRef, type Gather } from './many/pool/pool.ts'
export { registryKey, type KeyLike, type RegistryKey } from './many/registry/key.ts'
export type { Registry, WaitOptions } from './many/registry/registry.ts'
export type { Subscription, TopicReader } from './many/topics/subscription.ts'
export type {
  PublishOptions,
  SubscribeOptions,
  TopicListener,
  Topics,
} from './many/topics/topics.ts'
