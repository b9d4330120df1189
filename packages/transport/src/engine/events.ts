import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { SocketError, type ErrnoError, type SocketEvent } from '@ringpost/core'
import { WireError, type WireErrorCode } from '../errors.ts'
import { isTlsCode } from './tlsCodes.ts'

/** What libzmq's monitor calls the ways in which a peer breaks the protocol. */
const protocolErrors: Readonly<Partial<Record<WireErrorCode, string>>> = {
  UNSUPPORTED_VERSION: 'ERR_ZMTP_UNSPECIFIED',
  MECHANISM_MISMATCH: 'ERR_ZMTP_MECHANISM_MISMATCH',
  MALFORMED_FRAME: 'ERR_ZMTP_UNSPECIFIED',
  FRAME_TOO_LARGE: 'ERR_ZMTP_UNSPECIFIED',
  TOO_MANY_FRAMES: 'ERR_ZMTP_UNSPECIFIED',
  MALFORMED_COMMAND: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED',
  UNEXPECTED_COMMAND: 'ERR_ZMTP_UNEXPECTED_COMMAND',
  INVALID_METADATA: 'ERR_ZMTP_INVALID_METADATA',
  INCOMPATIBLE_PEER: 'ERR_ZMTP_INVALID_METADATA',
  INVALID_SEQUENCE: 'ERR_ZMTP_INVALID_SEQUENCE',
  CRYPTOGRAPHIC: 'ERR_ZMTP_CRYPTOGRAPHIC',
  KEY_EXCHANGE: 'ERR_ZMTP_KEY_EXCHANGE',
  UPGRADE_FAILED: 'ERR_WS_UNSPECIFIED',
  UNSUPPORTED_DATA: 'ERR_WS_UNSPECIFIED',
}

/** Commands whose malformation it tells apart. */
const tellsMalformed: ReadonlySet<string> = new Set([
  'MESSAGE',
  'HELLO',
  'INITIATE',
  'ERROR',
  'READY',
  'WELCOME',
])

const authenticationErrors: Readonly<Record<number, string>> = {
  300: 'Temporary error',
  400: 'Authentication failure',
  500: 'Internal error',
}

/** What a failed handshake is told as; undefined when it is this side that has left. */
export function handshakeEvent(error: Error | undefined, address: string): SocketEvent | undefined {
  if (error === undefined) return undefined
  if (!(error instanceof WireError)) {
    return { type: 'handshake:error:other', address, error: withErrno(error) }
  }
  if (error.code === 'DENIED') {
    if (error.status === undefined) return undefined
    const { status } = error
    const told = Object.assign(new Error(authenticationErrors[status], { cause: error }), {
      status,
    })
    return { type: 'handshake:error:auth', address, error: told }
  }
  if (error.code === 'AUTHENTICATOR_FAILED' || error.code === 'SERVER_UNAVAILABLE') {
    return { type: 'handshake:error:other', address, error: withErrno(error) }
  }
  const code = protocolError(error)
  const protocol = /^ERR_(?<name>ZAP|ZMTP|WS)/.exec(code)!.groups!.name
  const message = `${protocol} protocol error`
  const told = Object.assign(new Error(message, { cause: error }), { code })
  return { type: 'handshake:error:protocol', address, error: told }
}

function protocolError({ code, command = '' }: WireError): string {
  if (code.startsWith('ZAP_')) return `ERR_${code}`
  if (code === 'MALFORMED_COMMAND' && tellsMalformed.has(command)) {
    return `ERR_ZMTP_MALFORMED_COMMAND_${command}`
  }
  return protocolErrors[code] ?? 'ERR_ZMTP_UNSPECIFIED'
}

/**
 * What the end of a connection is told as, with what the peer did wrong after the handshake, or why this side
 * could not go on.
 */
export function disconnectEvent(
  error: Error | undefined,
  wasReady: boolean,
  address: string,
): SocketEvent {
  const isTold = error instanceof WireError || error instanceof SocketError
  return wasReady && isTold
    ? { type: 'disconnect', address, error }
    : { type: 'disconnect', address }
}

/** The error, if it has the system's number; otherwise one that has, with this one as its cause. */
export function withErrno(error: Error): ErrnoError {
  const { code, errno } = error as Partial<ErrnoError>
  if (typeof code !== 'string' || typeof errno !== 'number') {
    if (typeof code === 'string' && isTlsCode(code)) return tlsError(error)
    return new SocketError('EFAULT', { message: error.message, cause: error })
  }
  // libuv's numbers are those of the system, negated.
  return errno < 0 ? systemError(code, -errno, error) : (error as ErrnoError)
}

/** As libuv calls it where TLS fails while it writes; what it was, in OpenSSL's words. */
function tlsError(cause: Error & { code?: unknown; reason?: unknown }): ErrnoError {
  const { code, reason, message } = cause
  // The message of such an error is what OpenSSL had in its queue, with places in its source.
  const isDump = typeof reason === 'string' && String(code).startsWith('ERR_SSL_')
  return Object.assign(new Error(isDump ? reason : message, { cause }), {
    code: 'EPROTO',
    errno: constants.errno.EPROTO,
  })
}

/**
 * What the system says, as ZeroMQ's binding has it.
 *
 * @param errno the system's number
 */
export function systemError(code: string, errno: number, cause?: Error): ErrnoError {
  const [, words = code] = getSystemErrorMap().get(-errno) ?? []
  const message = words.charAt(0).toUpperCase() + words.slice(1)
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code, errno })
}
