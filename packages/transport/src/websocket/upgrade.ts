import { createHash, timingSafeEqual } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import { WireError } from '../errors.ts'
import { listOf } from './subprotocol.ts'

/** What is asked of, and answered to, a client: its header fields and the status. */
type Fields = Readonly<Record<string, string>>

const VERSION = '13'
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Sixteen bytes in base 64. */
const keyForm = /^[A-Za-z0-9+/]{22}==$/

/** How a server proves that it has read a client's key. @see RFC 6455 section 4.2.2 */
export const acceptanceOf = (key: string): string =>
  createHash('sha1')
    .update(key + GUID)
    .digest('base64')

/** A server's answer to a request to upgrade. */
export type UpgradeAnswer =
  | { readonly status: 101; readonly fields: Fields; readonly subprotocol: string }
  | { readonly status: number; readonly fields: Fields; readonly error: WireError }

/** What there is to ask for, and for whom. */
export interface Service {
  /** The only one there is; undefined when all are. */
  readonly path: string | undefined
  /** Those whose pages may come, as in the option `webSocketOrigins`. */
  readonly origins: string | null
  readonly subprotocols: readonly string[]
}

/**
 * Whether a client gets a WebSocket.
 *
 * @see RFC 6455 section 4.2, RFC 45/ZWS "Handshake"
 */
export function answerUpgrade(
  request: Pick<IncomingMessage, 'method' | 'httpVersion' | 'url' | 'headers'>,
  { path, origins, subprotocols }: Service,
): UpgradeAnswer {
  const { method, httpVersion, url, headers } = request
  const key = headers['sec-websocket-key'] ?? ''
  if (method !== 'GET' || httpVersion !== '1.1') {
    return refusal(400, `${method} of HTTP/${httpVersion}`)
  }
  if (!mayCome(headers.origin, origins)) {
    const what = `webSocketOrigins has no ${printable(headers.origin)}`
    return { ...refusal(403, what), error: new WireError('DENIED', what, { status: 400 }) }
  }
  if (path !== undefined && !isSame(url, path)) return refusal(404, `there is no ${printable(url)}`)
  if (headers.host === undefined) return refusal(400, 'no host')
  if (!isUpgrade(headers)) return refusal(400, 'it is no request for a WebSocket')
  if (headers['sec-websocket-version'] !== VERSION) {
    const fields = { 'Sec-WebSocket-Version': VERSION }
    return refusal(426, `version ${printable(headers['sec-websocket-version'])}`, fields)
  }
  if (!keyForm.test(key)) return refusal(400, 'no key of 16 bytes')
  const offered = listOf(headers['sec-websocket-protocol'])
  const subprotocol = offered.find((name) => subprotocols.includes(name))
  if (subprotocol === undefined) {
    const what = `the peer speaks ${printable(offered.join())}, and not ${subprotocols.join()}`
    return { ...refusal(400, what), error: mismatch(what) }
  }
  return {
    status: 101,
    fields: {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': acceptanceOf(key),
      'Sec-WebSocket-Protocol': subprotocol,
    },
    subprotocol,
  }
}

/**
 * A browser says which site's page it is that asks, and no page can have it say another. What names none
 * is a program, which could name any: to keep those out is for mechanisms.
 *
 * @see RFC 6455 section 10.2
 */
function mayCome(origin: string | undefined, origins: string | null): boolean {
  if (origin === undefined) return true
  const allowed = origins?.split(' ') ?? []
  return allowed.includes(origin) || allowed.includes('*')
}

/** Takes as long wherever the two differ: a path may be what others are not to find out. */
const isSame = (asked: string | undefined, path: string): boolean =>
  timingSafeEqual(digestOf(asked ?? ''), digestOf(path))

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** As bytes. Who is refused is to go away. */
export function encodeAnswer({ status, fields }: Pick<UpgradeAnswer, 'status' | 'fields'>): string {
  const all = status === 101 ? fields : { ...fields, Connection: 'close', 'Content-Length': '0' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
}

/**
 * What a client asks with.
 *
 * @param key fresh, 16 bytes in base 64
 */
export const upgradeFields = (
  host: string,
  key: string,
  subprotocols: readonly string[],
): Fields => ({
  Host: host,
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': key,
  'Sec-WebSocket-Protocol': subprotocols.join(),
  'Sec-WebSocket-Version': VERSION,
})

/**
 * Reads the answer to it.
 *
 * @returns the subprotocol that the server has chosen
 * @throws {WireError} `UPGRADE_FAILED`, `MECHANISM_MISMATCH`
 * @see RFC 6455 section 4.1
 */
export function readAnswer(
  { headers }: Pick<IncomingMessage, 'headers'>,
  key: string,
  subprotocols: readonly string[],
): string {
  if (!isUpgrade(headers)) throw failed('the server upgrades to something else')
  if (headers['sec-websocket-accept'] !== acceptanceOf(key)) {
    throw failed('the server has not read the key')
  }
  if (headers['sec-websocket-extensions'] !== undefined) {
    throw failed('the server uses an extension that nobody has asked for')
  }
  const chosen = headers['sec-websocket-protocol']
  if (chosen === undefined || !subprotocols.includes(chosen)) {
    throw mismatch(`the server speaks ${printable(chosen)}, and not ${subprotocols.join()}`)
  }
  return chosen
}

/**
 * What a server means that does not upgrade.
 *
 * | status        | meaning                                                                         |
 * | ------------- | ------------------------------------------------------------------------------- |
 * | 500 and above | of the server, or of what is before it: it may be otherwise the next time       |
 * | others        | of the request: it will be the same                                             |
 */
export function refused(status: number): WireError {
  const message = `the server answers ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()
  return status >= 500 ? new WireError('SERVER_UNAVAILABLE', message) : failed(message)
}

/** The other side does not do as RFC 6455 says. */
export const failed = (what: string, cause?: Error): WireError =>
  new WireError('UPGRADE_FAILED', `no WebSocket: ${what}`, cause === undefined ? {} : { cause })

const mismatch = (what: string): WireError => new WireError('MECHANISM_MISMATCH', what)

function refusal(status: number, what: string, fields: Fields = {}) {
  return { status, fields, error: failed(what) }
}

const isUpgrade = ({ upgrade = '', connection }: IncomingMessage['headers']): boolean =>
  upgrade.toLowerCase() === 'websocket' &&
  listOf(connection).some((option) => option.toLowerCase() === 'upgrade')

const printable = (text: string | undefined): string => JSON.stringify(text?.slice(0, 100) ?? '')
