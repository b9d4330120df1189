import { SocketError } from '../errors.ts'

/** Options of a context, for all of its sockets. */
export interface ContextOptions {
  /**
   * Sockets linger by themselves: without it the `linger` of new ones is 0. At its end a process waits for what
   * sockets that linger have sent over tcp and ipc; over inproc it waits for nobody, and what was not
   * received is lost. Default true. Source: ZMQ_BLOCKY.
   */
  blocky: boolean
  /** The number of I/O threads; kept for programs that set it. Default 1. Source: ZMQ_IO_THREADS. */
  ioThreads: number
  /** The most bytes a message may have. Default 2147483647. Source: ZMQ_MAX_MSGSZ. */
  maxMessageSize: number
  /** The most sockets open at a time; one more fails with `EMFILE`. Default 1023. Source: ZMQ_MAX_SOCKETS. */
  maxSockets: number
  /** Let new sockets use IPv6 beside IPv4. Default false. Source: ZMQ_IPV6. */
  ipv6: boolean
  /** The priority of I/O threads; kept for programs that set it. Source: ZMQ_THREAD_PRIORITY. */
  set threadPriority(value: number)
  /** The scheduling of I/O threads; kept for programs that set it. Source: ZMQ_THREAD_SCHED_POLICY. */
  set threadSchedulingPolicy(value: number)
}

/** What a context tells about itself. */
export interface ContextInformation {
  /** The most `maxSockets` is meant to be. Always 65535. Source: ZMQ_SOCKET_LIMIT. */
  readonly maxSocketsLimit: number
}

/** The types by which a context's option can be read and written by its number. */
export type ContextOptionType = 'bool' | 'int32'

/** One option of a context. Its value is a signed 32-bit word, so that threads can share it. */
export interface ContextOptionDefinition {
  /** ZeroMQ's number for it; one number stands for two options, one to read and one to write. */
  readonly id: number
  /** Whether contexts have it as a property. */
  readonly isProperty: boolean
  readonly type: ContextOptionType
  readonly access: 'read' | 'write' | 'readWrite'
  /** Its place among the words of a context's options. */
  readonly word: number
  readonly default: number
  readonly minimum: number
}

const largest = 2 ** 31 - 1

function option(
  id: number,
  word: number,
  type: ContextOptionType,
  initial: number,
  details: Partial<ContextOptionDefinition> = {},
): ContextOptionDefinition {
  return {
    id,
    word,
    type,
    isProperty: true,
    access: 'readWrite',
    default: initial,
    minimum: 0,
    ...details,
  }
}

/**
 * Every option of a context, with the ranges libzmq accepts, by zeromq.js's names.
 *
 * @see zmq_ctx_set(3), zmq_ctx_get(3)
 */
export const contextOptions = {
  ioThreads: option(1, 0, 'int32', 1),
  maxSockets: option(2, 1, 'int32', 1023, { minimum: 1 }),
  maxSocketsLimit: option(3, 2, 'int32', 65_535, { access: 'read' }),
  threadPriority: option(3, 3, 'int32', -1, { access: 'write' }),
  threadSchedulingPolicy: option(4, 4, 'int32', -1, { access: 'write' }),
  maxMessageSize: option(5, 5, 'int32', largest),
  messageStructureSize: option(6, 6, 'int32', 64, { isProperty: false, access: 'read' }),
  threadAffinityCpuAdd: option(7, 7, 'int32', -1, { isProperty: false, access: 'write' }),
  threadAffinityCpuRemove: option(8, 8, 'int32', -1, { isProperty: false, access: 'write' }),
  threadNamePrefix: option(9, 9, 'int32', 0, { isProperty: false, minimum: -(2 ** 31) }),
  zeroCopyReceive: option(10, 10, 'bool', 1, { isProperty: false }),
  ipv6: option(42, 11, 'bool', 0),
  blocky: option(70, 12, 'bool', 1),
} as const satisfies Record<string, ContextOptionDefinition>

const definitions: readonly ContextOptionDefinition[] = Object.values(contextOptions)

/** The words a new context's options start with, in the order of their places. */
export function initialContextWords(): Int32Array {
  const words = new Int32Array(definitions.length)
  for (const definition of definitions) words[definition.word] = definition.default
  return words
}

/**
 * Turns what a user gave, by a property or an accessor, into the word that is kept.
 *
 * @throws {TypeError} it is not of the accessor's type
 * @throws {SocketError} `EINVAL`: out of range
 */
export function encodeContextOption(
  definition: ContextOptionDefinition,
  value: unknown,
  accessor: ContextOptionType = definition.type,
): number {
  const integer = Math.trunc(checkType(accessor, value))
  // Written so that NaN fails too.
  if (!(integer >= definition.minimum && integer <= largest)) throw new SocketError('EINVAL')
  return definition.type === 'bool' ? Number(integer !== 0) : integer
}

/** Turns the word that is kept into what a user reads. */
export function decodeContextOption(
  definition: ContextOptionDefinition,
  word: number,
  accessor: ContextOptionType = definition.type,
): boolean | number {
  return accessor === 'bool' ? word !== 0 : word
}

/** Reads the word of one option; the key of a method, so that contexts show no such name. */
export const readContextWord: unique symbol = Symbol('readContextWord')
/** Writes the word of one option. */
export const writeContextWord: unique symbol = Symbol('writeContextWord')

/** What an option's property does on its context: it reads and writes the shared words. */
export interface ContextOptionHost {
  [readContextWord](definition: ContextOptionDefinition): number
  [writeContextWord](definition: ContextOptionDefinition, word: number): void
}

/** Puts the options onto a context class as properties; what can only be written has no getter. */
export function defineContextProperties(prototype: ContextOptionHost): void {
  for (const [name, definition] of Object.entries<ContextOptionDefinition>(contextOptions)) {
    if (!definition.isProperty) continue
    const get = function get(this: ContextOptionHost) {
      return decodeContextOption(definition, this[readContextWord](definition))
    }
    const set = function set(this: ContextOptionHost, value: unknown) {
      this[writeContextWord](definition, encodeContextOption(definition, value))
    }
    Object.defineProperty(prototype, name, {
      configurable: true,
      ...(definition.access !== 'write' && { get }),
      ...(definition.access !== 'read' && { set }),
    })
  }
}

/**
 * Reads an option by its number, as zeromq.js's `getInt32Option` and `getBoolOption` do.
 *
 * @throws {TypeError} the number is none
 * @throws {SocketError} `EINVAL`: no such option, or one that can only be written
 */
export function readContextOptionById(
  host: ContextOptionHost,
  accessor: ContextOptionType,
  id: number,
): boolean | number {
  checkId(id)
  const definition = definitions.find((known) => known.id === id && known.access !== 'write')
  if (!definition) throw new SocketError('EINVAL')
  return decodeContextOption(definition, host[readContextWord](definition), accessor)
}

/**
 * Writes an option by its number, as zeromq.js's `setInt32Option` and `setBoolOption` do.
 *
 * @throws {TypeError} the number is none, or the value not of the accessor's type
 * @throws {SocketError} `EINVAL`: no such option, one that can only be read, or out of range
 */
export function writeContextOptionById(
  host: ContextOptionHost,
  accessor: ContextOptionType,
  id: number,
  value: unknown,
): void {
  checkId(id)
  checkType(accessor, value)
  const definition = definitions.find((known) => known.id === id && known.access !== 'read')
  if (!definition) throw new SocketError('EINVAL')
  host[writeContextWord](definition, encodeContextOption(definition, value, accessor))
}

function checkId(id: unknown): void {
  if (typeof id !== 'number') throw new TypeError('Identifier must be a number')
}

function checkType(accessor: ContextOptionType, value: unknown): number {
  if (accessor === 'bool') {
    if (typeof value !== 'boolean') throw new TypeError('Option value must be a boolean')
    return Number(value)
  }
  if (typeof value !== 'number') throw new TypeError('Option value must be a number')
  return value
}
