import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { SocketError } from '@ringpost/core'
import { lookUpHost } from './hostName.ts'

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
 * An address to listen at: an interface by address or name, `localhost`, or `*`; a port, or `*`.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`: no such interface
 * @see zmq_tcp(7)
 */
export function parseLocalAddress(text: string, ipv6: boolean): LocalAddress {
  const { host, port } = splitPort(text)
  const number = localPort(port)
  const known = knownHost(host, ipv6)
  if (known === undefined) throw new SocketError('ENODEV')
  return { ...known, port: number }
}

/**
 * The same address where its host is a name to be looked up, as it is then; undefined where there is none.
 *
 * Rejects with SocketError `ENODEV`: nobody knows the name.
 *
 * @throws {SocketError} `EINVAL`
 */
export function lookUpLocalAddress(text: string, ipv6: boolean): Promise<string> | undefined {
  const { host, port } = splitPort(text)
  const number = localPort(port)
  if (knownHost(host, ipv6) !== undefined) return undefined
  return lookUpHost(host, ipv6).then((address) => hostAndPort(address, number))
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

/** @throws {SocketError} `EINVAL` */
const localPort = (port: string): number => (port === '*' ? 0 : portOf(port))

type Host = Pick<LocalAddress, 'host' | 'family'>

/** What is bound for what stands in place of a host, where that is known without asking anybody. */
function knownHost(host: string, ipv6: boolean): Host | undefined {
  if (host === '*') return ipv6 ? { host: '::', family: 6 } : { host: '0.0.0.0', family: 4 }
  // Also for who cannot wait for an answer.
  if (host === 'localhost')
    return ipv6 ? { host: '::1', family: 6 } : { host: '127.0.0.1', family: 4 }
  const family = isIP(withoutScope(host))
  return family === 4 || family === 6 ? { host, family } : interfaceAddress(host, ipv6)
}

/** `fe80::1%eth0` without the part behind the sign. */
const withoutScope = (host: string): string => host.replace(/%.*$/, '')

function interfaceAddress(name: string, ipv6: boolean): Host | undefined {
  const addresses = networkInterfaces()[name] ?? []
  const found =
    addresses.find(({ family }) => ipv6 && family === 'IPv6') ??
    addresses.find(({ family }) => family === 'IPv4')
  return found && { host: found.address, family: found.family === 'IPv6' ? 6 : 4 }
}
