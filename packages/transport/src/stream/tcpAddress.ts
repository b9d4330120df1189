import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { SocketError } from '@ringpost/core'

/** Where to listen, or where a connection is to come from. */
export interface LocalAddress {
  readonly host: string
  readonly family: 4 | 6
  /** 0 for any that is free. */
  readonly port: number
}

/** Where to connect to. */
export interface RemoteAddress {
  /** An address or a name that is looked up at each attempt. */
  readonly host: string
  readonly port: number
  readonly source: LocalAddress | undefined
}

/** The last colon parts host and port; an address of version 6 stands in brackets. */
const form = /^(?:\[(?<six>[^\]]*)\]|(?<host>[^[\]]*)):(?<port>[^:]*)$/

/**
 * An address to listen at: an interface by address or name, or `*`; a port, or `*`.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`: no such interface
 * @see zmq_tcp(7)
 */
export function parseLocalAddress(text: string, ipv6: boolean): LocalAddress {
  const { host, port } = splitPort(text)
  const number = port === '*' ? 0 : portOf(port)
  if (host === '*') return { host: ipv6 ? '::' : '0.0.0.0', family: ipv6 ? 6 : 4, port: number }
  const family = isIP(withoutScope(host))
  if (family === 4 || family === 6) return { host, family, port: number }
  return { ...interfaceAddress(host, ipv6), port: number }
}

/**
 * An address to connect to, perhaps behind one to connect from: `source;destination`.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`
 * @see zmq_tcp(7)
 */
export function parseRemoteAddress(text: string, ipv6: boolean): RemoteAddress {
  const semicolon = text.indexOf(';')
  const source = semicolon < 0 ? undefined : parseLocalAddress(text.slice(0, semicolon), ipv6)
  const { host, port } = splitPort(text.slice(semicolon + 1))
  const number = portOf(port)
  if (host === '*' || host === '' || number === 0) throw new SocketError('EINVAL')
  return { host, port: number, source }
}

/** As an endpoint has them: addresses of version 6 in brackets. */
export const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Both as they are written; brackets are taken off. @throws {SocketError} `EINVAL` */
export function splitPort(text: string): { host: string; port: string } {
  const { six, host, port } = form.exec(text)?.groups ?? {}
  const name = six ?? host
  if (name === undefined || name === '' || port === undefined || port === '') {
    throw new SocketError('EINVAL')
  }
  return { host: name, port }
}

/** @throws {SocketError} `EINVAL` */
export function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new SocketError('EINVAL')
  return port
}

/** `fe80::1%eth0` without the part behind the sign. */
const withoutScope = (host: string): string => host.replace(/%.*$/, '')

function interfaceAddress(name: string, ipv6: boolean): { host: string; family: 4 | 6 } {
  const addresses = networkInterfaces()[name] ?? []
  const found =
    addresses.find(({ family }) => ipv6 && family === 'IPv6') ??
    addresses.find(({ family }) => family === 'IPv4')
  if (found === undefined) throw new SocketError('ENODEV')
  return { host: found.address, family: found.family === 'IPv6' ? 6 : 4 }
}
