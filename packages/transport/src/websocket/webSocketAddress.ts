import { SocketError } from '@ringpost/core'
import {
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
 * Where to connect to: as for TCP, and perhaps a path behind it; without a port the scheme's own.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`
 */
export function parseDialled(text: string, ipv6: boolean, usualPort: number): Parts<RemoteAddress> {
  const { host, path } = split(text)
  const hasPort = /:[^\]:]*$/.test(host)
  const address = parseRemoteAddress(hasPort ? host : `${host}:${usualPort}`, ipv6)
  // Where the connection comes from is not the server's to know.
  return { address, path, host: host.slice(host.indexOf(';') + 1) }
}

function split(text: string): { host: string; path: string | undefined } {
  const slash = text.indexOf('/')
  if (slash < 0) return { host: text, path: undefined }
  const path = text.slice(slash)
  if (!pathForm.test(path)) throw new SocketError('EINVAL')
  return { host: text.slice(0, slash), path }
}
