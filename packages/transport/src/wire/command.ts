import { WireError } from '../errors.ts'

/**
 * The body of a command's frame.
 *
 *      0             1      1 + n
 *      +-------------+------+---------+
 *      | name length | name | data    |
 *      +-------------+------+---------+
 *
 * | name      | data                                              | when                       |
 * | --------- | ------------------------------------------------- | -------------------------- |
 * | READY     | metadata; encrypted with CURVE                    | ends the handshake         |
 * | ERROR     | reason length (1), reason                         | ends the connection        |
 * | HELLO     | PLAIN: name and password; CURVE: see curve.ts     | a client begins            |
 * | WELCOME   | PLAIN: nothing                                    | its server answers         |
 * | INITIATE  | PLAIN: metadata                                   | the client goes on         |
 * | MESSAGE   | CURVE: an encrypted frame                         | traffic                    |
 * | SUBSCRIBE | a prefix                                          | to a publisher, since 3.1  |
 * | CANCEL    | a prefix that was subscribed to                   | to a publisher, since 3.1  |
 * | JOIN      | a group, up to 255 bytes                          | to a RADIO                 |
 * | LEAVE     | a group that was joined                           | to a RADIO                 |
 * | PING      | time to live (2, tenths of seconds), context (16) | at any time, 3.x           |
 * | PONG      | the context of the PING                           | answers it                 |
 *
 * @see RFC 37/ZMTP, RFC 24/ZMTP-PLAIN, RFC 26/CURVEZMQ
 */
export interface Command {
  readonly name: string
  readonly data: Buffer
}

const LONGEST_GROUP = 255
const LONGEST_CONTEXT = 16
const TTL_BYTES = 2
const TTL_UNIT_MS = 100
const LONGEST_TTL_MS = 0xffff * TTL_UNIT_MS

/** The body of a command. */
export function encodeCommand(name: string, ...data: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name, 'latin1'), ...data])
}

/**
 * Takes a command apart; `data` is a view of `body`.
 *
 * @throws {WireError} `MALFORMED_COMMAND`: its name is empty or cut off
 */
export function decodeCommand(body: Buffer): Command {
  const nameEnd = 1 + (body[0] ?? 0)
  if (nameEnd === 1) throw new WireError('MALFORMED_COMMAND', 'a command without a name')
  if (nameEnd > body.length) throw new WireError('MALFORMED_COMMAND', 'a name is cut off')
  return { name: body.toString('latin1', 1, nameEnd), data: body.subarray(nameEnd) }
}

export function malformedCommand(command: string, what: string): WireError {
  return new WireError('MALFORMED_COMMAND', `${command}: ${what}`, { command })
}

/** A name that a peer gave, for a message: short, and printable. */
export const printableName = (name: string): string => JSON.stringify(name.slice(0, 32))

/** @param reason up to 255 characters of ASCII; libzmq understands `300`, `400` and `500` */
export function encodeError(reason: string): Buffer {
  const bytes = Buffer.from(reason, 'latin1').subarray(0, 255)
  return encodeCommand('ERROR', Buffer.of(bytes.length), bytes)
}

/** @throws {WireError} `MALFORMED_COMMAND` */
export function decodeError(data: Buffer): string {
  const end = 1 + (data[0] ?? 0)
  if (data.length === 0 || end > data.length) throw malformedCommand('ERROR', 'it is cut off')
  return data.toString('latin1', 1, end)
}

/** @param ttlMs after so long without traffic the peer may close; 0 for never, up to 6,553,500 */
export function encodePing(ttlMs: number, context: Uint8Array = new Uint8Array()): Buffer {
  if (!(ttlMs >= 0 && ttlMs <= LONGEST_TTL_MS))
    throw new RangeError(`a time to live of ${ttlMs} ms`)
  if (context.length > LONGEST_CONTEXT) throw new RangeError(`a context of ${context.length} bytes`)
  const ttl = Buffer.alloc(TTL_BYTES)
  ttl.writeUInt16BE(Math.floor(ttlMs / TTL_UNIT_MS))
  return encodeCommand('PING', ttl, context)
}

export interface Ping {
  /** After so long without traffic the connection is to be closed; 0 for never. */
  readonly ttlMs: number
  /** To be sent back. Of one that is too long the first 16 bytes, as in libzmq. */
  readonly context: Buffer
}

/** @throws {WireError} `MALFORMED_COMMAND` */
export function decodePing(data: Buffer): Ping {
  if (data.length < TTL_BYTES) throw malformedCommand('PING', 'it has no time to live')
  return {
    ttlMs: data.readUInt16BE(0) * TTL_UNIT_MS,
    context: data.subarray(TTL_BYTES, TTL_BYTES + LONGEST_CONTEXT),
  }
}

/** @param context the one of the PING that it answers */
export const encodePong = (context: Uint8Array): Buffer =>
  encodeCommand('PONG', context.subarray(0, LONGEST_CONTEXT))

/** @param group up to 255 bytes */
export function encodeGroup(command: 'JOIN' | 'LEAVE', group: Uint8Array): Buffer {
  if (group.length > LONGEST_GROUP) throw new RangeError(`a group of ${group.length} bytes`)
  return encodeCommand(command, group)
}

/** @throws {WireError} `MALFORMED_COMMAND` */
export function decodeGroup(command: 'JOIN' | 'LEAVE', data: Buffer): Buffer {
  if (data.length > LONGEST_GROUP) throw malformedCommand(command, `${data.length} bytes of group`)
  return data
}
