export type { Ask, Factory, Handlers, HandlersOf, Send, Stream, Tell } from './definition/types.ts'
export { defineActor, ActorDefinition } from './definition/definition.ts'
export type { MailboxOptions, Overflow } from './definition/mailboxOptions.ts'
export type { DefinitionOptions, SpawnOptions } from './definition/spawnOptions.ts'
export { ActorError, type ActorErrorCode } from './errors.ts'
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
