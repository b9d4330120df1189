import { type Command, decodeCommand } from '../wire/command.ts'

/**
 * How libzmq begins the ERROR of PLAIN. Its source says "\x05ERROR", which in C is one character
 * with the number 0x5e and "RROR"; it neither sends nor understands anything else. Other
 * mechanisms' ERROR is right.
 *
 * @see libzmq 4.3.5, plain_common.hpp; seen in testing/sessions/plain-refusal.json
 */
const LIBZMQ_ERROR = Buffer.from('^RROR', 'latin1')

/**
 * The ERROR of a PLAIN server, as clients of libzmq understand it. To those that go by the RFC it
 * is a malformed command; they close, as they would after the right one.
 */
export function encodePlainError(reason: string): Buffer {
  return Buffer.concat([LIBZMQ_ERROR, Buffer.of(reason.length), Buffer.from(reason, 'latin1')])
}

/**
 * A command of PLAIN, also an ERROR of libzmq's.
 *
 * @throws {WireError} `MALFORMED_COMMAND`
 */
export function decodePlainCommand(body: Buffer): Command {
  const length = LIBZMQ_ERROR.length
  if (!body.subarray(0, length).equals(LIBZMQ_ERROR)) return decodeCommand(body)
  return { name: 'ERROR', data: body.subarray(length) }
}
