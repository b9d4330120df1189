export {
  defineActor,
  ActorDefinition,
  type DefinitionOptions,
  type SpawnOptions,
} from './definition/definition.ts'
export type { MailboxOptions, Overflow } from './definition/mailboxOptions.ts'
export type { Ask, Factory, Handlers, Send, Stream, Tell } from './definition/types.ts'
export { ActorError, type ActorErrorCode } from './errors.ts'
export type { ActorContext } from './host/actorContext.ts'
export type { Down } from './host/down.ts'
export type { DeadLetter, DeadLetterReason, SystemEvent, SystemEventType } from './host/events.ts'
export type { ActorLog, Logger, LogLevel, LogMethod } from './host/logger.ts'
export type { Message } from './host/message.ts'
export type { Priority } from './host/priorityMailbox.ts'
export type { ActorTimers } from './host/timers.ts'
export { ActorHandle, ActorRef, type CallOptions } from './host/ref.ts'
export type { SystemEvents } from './host/systemEvents.ts'
export { ActorSystem, createSystem, type SystemOptions } from './system/system.ts'
