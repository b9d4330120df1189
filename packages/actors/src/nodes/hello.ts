import { ActorError } from '../errors.ts'
import { PROTOCOL, VERSION, type Message } from './protocol/message.ts'

/** What a node says of itself, first of all. */
export interface Hello {
  /** Of this life of it: 32 hexadecimal digits, by chance. */
  readonly incarnation: string
  /** Where others can connect to it; empty for nowhere. */
  readonly address: string
  /** For people. */
  readonly name: string
  /** Paths that it may be called at. */
  readonly actors: readonly string[]
  /** Definitions that it spawns when asked. */
  readonly exports: readonly string[]
  /** The largest message that it takes, in bytes. */
  readonly maxBytes: number
  /** It reads msgpack without Ringpost's extensions. */
  readonly isPlain: boolean
  /**
   * To be shown by who connects when it comes again, for incarnations are no secret. It may have chosen it when it
   * came for the first time; if that was empty, who listens has.
   */
  readonly ticket: string
  /** Another one, by chance, each time that it counts the other as gone; empty if it does not tell. */
  readonly epoch: string
  /** It is told how long a stop may take. */
  readonly takesGrace: boolean
}

/** What one takes that does not say. */
const DEFAULT_MAX_BYTES = 1024 * 1024
/** A failure has to fit. */
const LEAST_MAX_BYTES = 64 * 1024
/** Names and paths that are listed in a hello. */
const MOST_LISTED = 1000
const MOST_TEXT = 512

/** As it travels. */
export const toldHello = (hello: Hello): object => ({
  node: hello.incarnation,
  address: hello.address,
  name: hello.name,
  actors: hello.actors.slice(0, MOST_LISTED),
  exports: hello.exports.slice(0, MOST_LISTED),
  maxBytes: hello.maxBytes,
  plain: hello.isPlain,
  ticket: hello.ticket,
  epoch: hello.epoch,
  grace: hello.takesGrace,
})

/**
 * The hello that another node has said.
 *
 * @throws {ActorError} `EBADMSG`: another protocol or version, or it says no incarnation
 */
export function helloOf({ text, count }: Message, told: unknown): Hello {
  if (text !== PROTOCOL || count !== VERSION)
    throw new ActorError(
      'EBADMSG',
      `This node speaks version ${VERSION} of the protocol ${PROTOCOL}`,
    )
  const about = (typeof told === 'object' && told !== null ? told : {}) as Record<string, unknown>
  const { node, address, maxBytes } = about
  if (typeof node !== 'string' || !/^[0-9a-f]{32}$/.test(node))
    throw new ActorError('EBADMSG', 'A hello needs `node`: 32 hexadecimal digits')
  return {
    incarnation: node,
    address: isEndpoint(address) ? address : '',
    name: textOf(about.name),
    actors: textsOf(about.actors),
    exports: textsOf(about.exports),
    maxBytes: Math.max(
      LEAST_MAX_BYTES,
      typeof maxBytes === 'number' ? maxBytes : DEFAULT_MAX_BYTES,
    ),
    isPlain: about.plain === true,
    ticket: textOf(about.ticket),
    epoch: textOf(about.epoch),
    takesGrace: about.grace === true,
  }
}

const isEndpoint = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MOST_TEXT && /^(tcp|ipc):\/\/[^\s#]+$/.test(value)

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, MOST_TEXT) : ''

const textsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.slice(0, MOST_LISTED).filter((text): text is string => typeof text === 'string')
    : []
