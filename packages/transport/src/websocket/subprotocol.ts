import type { OwnGreeting } from '../wire/greeting.ts'

/** No mechanism: each side's first message is its routing id, and the rest are messages. */
export const PLAIN_ZWS = 'ZWS2.0'

/**
 * What is offered, or taken, as a subprotocol of WebSocket; the better first. `ZWS2.0/CURVE` is of libzmq,
 * and not in the RFC.
 *
 * @see RFC 45/ZWS "Handshake"
 */
export function subprotocolsOf({ mechanism, acceptVersion2 }: OwnGreeting): readonly string[] {
  const named = `ZWS2.0/${mechanism}`
  return acceptVersion2 ? [named, PLAIN_ZWS] : [named]
}

/** The elements of a header that is a list. */
export const listOf = (header: string | undefined): readonly string[] =>
  header === undefined ? [] : header.split(',').map((element) => element.trim())
