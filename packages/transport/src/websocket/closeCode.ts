import { isUtf8 } from 'node:buffer'
import { WireError } from '../errors.ts'

/** Why a connection ends. @see RFC 6455 section 7.4.1 */
const closeCode = {
  normal: 1000,
  protocolError: 1002,
  unsupportedData: 1003,
  policyViolation: 1008,
  tooBig: 1009,
  internalError: 1011,
} as const

/** What the peer is told of an error; undefined for none. */
export function closeCodeOf(error: Error | undefined): number {
  if (error === undefined) return closeCode.normal
  if (!(error instanceof WireError)) return closeCode.internalError
  switch (error.code) {
    case 'FRAME_TOO_LARGE':
    case 'TOO_MANY_FRAMES':
    case 'MESSAGE_TOO_LARGE':
      return closeCode.tooBig
    case 'DENIED':
    case 'AUTHENTICATOR_FAILED':
    case 'TOO_MANY_SUBSCRIPTIONS':
      return closeCode.policyViolation
    case 'UNSUPPORTED_DATA':
      return closeCode.unsupportedData
    default:
      return closeCode.protocolError
  }
}

/** The payload of a close frame. */
export const closePayload = (code: number): Buffer => Buffer.of(code >>> 8, code & 0xff)

/** Whether a close frame may carry this: nothing, or a code and a text. */
export function isClosePayload(payload: Buffer): boolean {
  if (payload.length === 0) return true
  return payload.length >= 2 && maySend(payload.readUInt16BE(0)) && isUtf8(payload.subarray(2))
}

/** The codes that may be on a wire: not those that say of a connection how it has ended. */
function maySend(code: number): boolean {
  const isDefined = code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)
  return isDefined || (code >= 3000 && code <= 4999)
}
