import type { ActorContext } from '../host/actorContext.ts'
import type { ActorDefinition } from './definition.ts'

/** What a factory returns: a function for each message that the actor understands. */
// `any` so that every signature of a handler matches.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Handlers = { readonly [name: string]: (...args: any[]) => unknown }

/** Makes an actor's handlers; it runs once for each incarnation, on the host of the actor. */
export type Factory<Args extends unknown[], H> = (
  ctx: ActorContext,
  ...args: Args
) => H | Promise<H>

/** What a handler that streams returns. */
type Streaming = Generator | AsyncGenerator

type MessagesOf<H> = {
  [K in keyof H]: H[K] extends (...args: never[]) => infer R
    ? R extends Streaming
      ? never
      : K
    : never
}[keyof H]

type StreamsOf<H> = {
  [K in keyof H]: H[K] extends (...args: never[]) => Streaming ? K : never
}[keyof H]

type ArgumentsOf<F> = F extends (...args: infer Args) => unknown ? Args : never
type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never
type ItemOf<F> = F extends (
  ...args: never[]
) => Generator<infer T, unknown, unknown> | AsyncGenerator<infer T, unknown, unknown>
  ? T
  : never

/** The handlers that are meant where a definition or its handlers are named. */
type HandlersOf<T> = T extends ActorDefinition<infer _Args, infer H> ? H : T

type Telling<H> = { readonly [K in MessagesOf<H>]: (...args: ArgumentsOf<H[K]>) => boolean }
type Sending<H> = { readonly [K in MessagesOf<H>]: (...args: ArgumentsOf<H[K]>) => Promise<void> }
type Asking<H> = {
  readonly [K in MessagesOf<H>]: (...args: ArgumentsOf<H[K]>) => Promise<ResultOf<H[K]>>
}
type Streams<H> = {
  readonly [K in StreamsOf<H>]: (
    ...args: ArgumentsOf<H[K]>
  ) => AsyncGenerator<ItemOf<H[K]>, void, void>
}

/** Puts a message into the mailbox, or not: it never waits. Returns whether the mailbox took it. */
export type Tell<T> = Telling<HandlersOf<T>>

/** Puts a message into the mailbox as soon as there is room. */
export type Send<T> = Sending<HandlersOf<T>>

/** Asks and awaits what the handler returns. */
export type Ask<T> = Asking<HandlersOf<T>>

/** Reads what a generator yields, no faster than the reader takes it. */
export type Stream<T> = Streams<HandlersOf<T>>
