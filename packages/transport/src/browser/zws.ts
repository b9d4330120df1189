import { SocketError } from './errors.ts'

/** One or more frames. */
export type Message = Uint8Array[]
/** What may be sent: text is UTF-8. */
export type MessageLike = string | Uint8Array | readonly (string | Uint8Array)[]

/**
 * The only subprotocol that a browser can name: those of the mechanisms have a slash, which is no token
 * of HTTP. Each side's first message is its routing id.
 *
 * @see RFC 45/ZWS "No Mechanism"; https://websockets.spec.whatwg.org
 */
export const SUBPROTOCOL = 'ZWS2.0'

/** The first byte of each WebSocket message. */
export const flag = { last: 0, more: 1, command: 2 } as const

const encoder = new TextEncoder()

export const bytesOf = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? encoder.encode(text) : text

/** The frames of a message, as bytes of their own: the sender may change what it gave. */
export function messageOf(message: MessageLike): Message {
  const parts = typeof message === 'string' || message instanceof Uint8Array ? [message] : message
  if (parts.length === 0) throw new SocketError('EINVAL', 'A message has at least one frame')
  return parts.map((part) => bytesOf(part).slice())
}

/** A byte, and bytes behind it. */
export function prefixed(first: number, rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(1 + rest.length)
  whole[0] = first
  whole.set(rest, 1)
  return whole
}
