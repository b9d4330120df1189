import { SocketError } from '@ringpost/core'
import {
  lookUpLocalAddress,
  parseLocalAddress,
  parseRemoteAddress,
  type LocalAddress,
  type RemoteAddress,
} from '../stream/tcpAddress.ts'

export interface Parts<Address> {
  readonly address: Address
  /** From the slash on; undefined when there is none. */
  readonly path: string | undefined
  /** Host and port as they were written. */
  readonly host: string
}

/** What a request may ask for: what HTTP lets stand in a path and a query. */
const pathForm = /^\/[!"$-~]*$/
/** What a request may say that it asks: other names have a form in ASCII. */
const hostForm = /^[!-~]+$/

/**
 * Where to listen: as for TCP, and perhaps a path behind it.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`
 * @see zmq_ws(7)
 */
export function parseListening(text: string, ipv6: boolean): Parts<LocalAddress> {
  const { host, path } = split(text)
  return { address: parseLocalAddress(host, ipv6), path, host }
}

/**
 * The same where there is a name to be looked up, as it is then; undefined where there is none.
 *
 * Rejects with SocketError `ENODEV`.
 *
 * @throws {SocketError} `EINVAL`
 */
export function lookUpListening(text: string, ipv6: boolean): Promise<string> | undefined {
  const { host, path = '' } = split(text)
  return lookUpLocalAddress(host, ipv6)?.then((found) => found + path)
}

/**
 * Where to connect to: as for TCP, and perhaps a path behind it; without a port the scheme's own.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`
 */
export function parseDialled(text: string, ipv6: boolean, usualPort: number): Parts<RemoteAddress> {
  const { host, path } = split(text)
  const hasPort = /:[^\]:]*$/.test(host)
  const address = parseRemoteAddress(hasPort ? host : `${host}:${usualPort}`, ipv6)
  const asked = host.slice(host.indexOf(';') + 1)
  if (!hostForm.test(asked)) throw new SocketError('EINVAL')
  // Where the connection comes from is not the server's to know, nor through which of this machine's interfaces.
  return { address, path, host: asked.replace(/%[^\]]*/, '') }
}

function split(text: string): { host: string; path: string | undefined } {
  const slash = text.indexOf('/')
  if (slash < 0) return { host: text, path: undefined }
  const path = text.slice(slash)
  if (!pathForm.test(path)) throw new SocketError('EINVAL')
  return { host: text.slice(0, slash), path }
}
