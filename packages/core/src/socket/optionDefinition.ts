import type { SocketOptions } from './options.ts'

/** The numbers ZeroMQ gives its socket types. */
export const socketTypeId = {
  Pair: 0,
  Publisher: 1,
  Subscriber: 2,
  Request: 3,
  Reply: 4,
  Dealer: 5,
  Router: 6,
  Pull: 7,
  Push: 8,
  XPublisher: 9,
  XSubscriber: 10,
  Stream: 11,
  Server: 12,
  Client: 13,
  Radio: 14,
  Dish: 15,
  Gather: 16,
  Scatter: 17,
  Datagram: 18,
  Peer: 19,
  Channel: 20,
} as const

export type SocketTypeName = keyof typeof socketTypeId

/**
 * What an option holds.
 *
 * | type   | kept as        | given as                         | read as           |
 * | ------ | -------------- | -------------------------------- | ----------------- |
 * | bool   | boolean        | boolean                          | boolean           |
 * | int32… | number         | number, cut to an integer        | number            |
 * | string | string, null   | string, bytes, null              | string, null      |
 * | bytes  | Buffer, null   | string (as UTF-8), bytes, null   | string, null      |
 * | key    | Buffer, null   | 32 bytes or 40 characters of Z85 | Z85, null         |
 */
export type OptionType =
  | 'bool'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'string'
  | 'bytes'
  | 'key'

/** The types by which an option can be read and written by its number. */
export type OptionAccessor = 'bool' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'string'

/** One socket option. */
export interface OptionDefinition {
  /** ZeroMQ's number for it. */
  readonly id: number
  /** The property of the socket; null when it is reached by number or by a method only. */
  readonly name: string | null
  /** Where its value is kept; null when writing it is an act, not a setting. */
  readonly field: keyof SocketOptions | null
  readonly type: OptionType
  readonly access: 'read' | 'write' | 'readWrite'
  /** The socket types with the property; null for all. */
  readonly sockets: ReadonlySet<number> | null
  /** Every type takes it by number, as in libzmq, though it means something to `sockets` alone. */
  readonly everySocketById: boolean
  /** Takes effect at once; the others at the next bind or connect. */
  readonly immediate: boolean
  /** Of the number, or of the bytes of a text. */
  readonly minimum: number
  /** Of the number, or of the bytes of a text. */
  readonly maximum: number
  /** Whether null is a value. */
  readonly nullable: boolean
  /** What the property says in place of the numbers 0, 1, 2…; null when it says the number. */
  readonly choices: readonly (string | null)[] | null
}

/** Reads one option; the key of a method so that sockets show no such name to their users. */
export const readOption: unique symbol = Symbol('readOption')
/** Writes one option. */
export const writeOption: unique symbol = Symbol('writeOption')

/**
 * What an option's property does on its socket: the socket decides whether the option may be
 * touched now, whether to warn, and what follows from a change.
 */
export interface OptionHost {
  [readOption](definition: OptionDefinition): unknown
  [writeOption](definition: OptionDefinition, value: unknown): void
}

/** Emitted as a process warning when an option is set too late for what is already connected. */
export const notImmediateWarning = 'Socket option will not take effect until next connect/bind.'
