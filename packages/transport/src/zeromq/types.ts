import type {
  Context,
  EventOfType,
  EventType,
  ReceivingOptions,
  SendingOptions,
  Socket,
} from '@ringpost/core'

/** A frame that was received. */
export type Message = Buffer

/** What a frame can be made from; other values are sent as their text. */
export type MessageLike = ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string | number | null

/** Sockets that send: what the classes that do have in common. */
export interface Writable<
  M extends MessageLike | MessageLike[] = MessageLike | MessageLike[],
  O extends [...object[]] = [],
> extends SendingOptions {
  /** Sends a message, waiting while nobody takes it: see `Writable` of `@ringpost/core`. */
  send(message: M, ...options: O): Promise<void>
}

/** Sockets that receive: what the classes that do have in common. */
export interface Readable<M extends object[] = Message[]> extends ReceivingOptions {
  /** The next message: see `Readable` of `@ringpost/core`. */
  receive(): Promise<M>
  /** Message after message, until the socket is closed. Leaving the loop leaves it open. */
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>
}

/** What tells of events. */
export interface EventSubscriber {
  on<E extends EventType>(type: E, listener: (data: EventOfType<E>) => void): EventSubscriber
  off<E extends EventType>(type: E, listener: (data: EventOfType<E>) => void): EventSubscriber
}

/** The options that the constructor of a type of sockets takes, as in `new Dealer({ … })`. */
export type SocketOptions<S extends Socket> = Partial<
  Pick<S, SettableName<S>> & { context: Context }
>

/** The names of properties that are no methods and can be assigned to. */
type SettableName<S> = {
  [Name in keyof S]-?: S[Name] extends (...args: never[]) => unknown
    ? never
    : IsSame<{ [N in Name]: S[N] }, { -readonly [N in Name]: S[N] }> extends true
      ? Name
      : never
}[keyof S]

/** TypeScript takes these two for the same only when their types are, down to `readonly`. */
type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
