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

/** The handlers of a definition; of handlers, themselves. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type HandlersOf<T> = T extends ActorDefinition<any, infer H> ? H : T

/** What a handler that streams returns. */
type Streaming = Generator | AsyncGenerator

/** Whether what a handler returns is to be read as a stream; one that always throws returns nothing. */
type IsStreaming<R> = [R] extends [never] ? false : R extends Streaming ? true : false

type MessagesOf<H> = {
  [K in keyof H]: H[K] extends (...args: never[]) => infer R
    ? true extends IsStreaming<R>
      ? never
      : K
    : never
}[keyof H]

type StreamsOf<H> = {
  [K in keyof H]: H[K] extends (...args: never[]) => infer R
    ? true extends IsStreaming<R>
      ? K
      : never
    : never
}[keyof H]

type ArgumentsOf<F> = F extends (...args: infer Args) => unknown ? Args : never
type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never
type ItemOf<F> = F extends (
  ...args: never[]
) => Generator<infer T, unknown, unknown> | AsyncGenerator<infer T, unknown, unknown>
  ? T
  : never

/** Puts a message into the mailbox, or not: it never waits. Returns whether the mailbox took it. */
export type Tell<H> = { readonly [K in MessagesOf<H>]: (...args: ArgumentsOf<H[K]>) => boolean }

/** Puts a message into the mailbox as soon as there is room. */
export type Send<H> = {
  readonly [K in MessagesOf<H>]: (...args: ArgumentsOf<H[K]>) => Promise<void>
}

/** Asks and awaits what the handler returns. */
export type Ask<H> = {
  readonly [K in MessagesOf<H>]: (...args: ArgumentsOf<H[K]>) => Promise<ResultOf<H[K]>>
}

/** Reads what a generator yields, no faster than the reader takes it. */
export type Stream<H> = {
  readonly [K in StreamsOf<H>]: (
    ...args: ArgumentsOf<H[K]>
  ) => AsyncGenerator<ItemOf<H[K]>, void, void>
}
