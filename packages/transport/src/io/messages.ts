import { SocketError, type SocketErrorCode, type SocketEvent } from '@ringpost/core'
import type { SocketSettings } from '@ringpost/core/internal'

/** A socket, as it is when it binds or connects. */
export interface SiteState {
  readonly id: number
  readonly name: string
  readonly isConflating: boolean
  readonly options: SocketSettings
}

/** To the thread that does I/O. Listeners and dialers have numbers in common, and so have sockets. */
export type Order =
  | { do: 'listen'; id: number; site: SiteState; scheme: string; address: string }
  | {
      do: 'dial'
      id: number
      site: SiteState
      scheme: string
      address: string
      pipeName: string | undefined
    }
  | { do: 'close'; id: number; lingerMs: number }
  /** The socket is closed, and so is all that it had: what is still to be sent lingers. */
  | { do: 'finish'; site: number }

/** From the thread that does I/O. */
export type Notice =
  | { tell: 'listening'; id: number; endpoint: string }
  | { tell: 'refused'; id: number; error: PlainError }
  /** Nobody listens there any more; or nobody dials. */
  | { tell: 'closed'; id: number }
  | { tell: 'event'; site: number; event: PlainEvent }
  /** Nothing lingers of a socket that is closed. */
  | { tell: 'finished'; site: number }

/** An error with all that it has; cloning alone would leave out the code. */
export interface PlainError {
  readonly message: string
  readonly stack: string | undefined
  readonly facts: Readonly<Record<string, unknown>>
  readonly cause: PlainError | undefined
}

/** An event whose error is a plain one. */
export interface PlainEvent {
  readonly facts: Readonly<Record<string, unknown>>
  readonly error: PlainError | undefined
}

export function plainError(error: Error): PlainError {
  const { message, stack, cause, ...facts } = Object.assign(
    { message: error.message, stack: error.stack, cause: error.cause },
    error,
  )
  return { message, stack, facts, cause: cause instanceof Error ? plainError(cause) : undefined }
}

function errorOf({ message, stack, facts, cause }: PlainError): Error {
  const error = new Error(message, cause === undefined ? {} : { cause: errorOf(cause) })
  if (stack !== undefined) error.stack = stack
  return Object.assign(error, facts)
}

export function socketErrorOf(plain: PlainError): Error {
  const { message, facts, cause } = plain
  if (facts.name !== 'SocketError') return errorOf(plain)
  const details = cause === undefined ? { message } : { message, cause: errorOf(cause) }
  return new SocketError(facts.code as SocketErrorCode, details)
}

export function plainEvent(event: SocketEvent): PlainEvent {
  const { error, ...facts } = event as SocketEvent & { error?: Error }
  return { facts, error: error === undefined ? undefined : plainError(error) }
}

export function eventOf({ facts, error }: PlainEvent): SocketEvent {
  const event = error === undefined ? facts : { ...facts, error: errorOf(error) }
  return event as unknown as SocketEvent
}
