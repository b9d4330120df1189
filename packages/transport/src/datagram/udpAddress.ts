import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { SocketError } from '@ringpost/core'
import { parseLocalAddress, portOf, splitPort } from '../stream/tcpAddress.ts'

type Family = 4 | 6

/** A group of receivers, and by which interface it is reached. */
export interface Multicast {
  readonly group: string
  /** As the system is told: an address of version 4, `::%name` for version 6; undefined for its choice. */
  readonly interface: string | undefined
}

/** Where datagrams are to come in. */
export interface UdpBinding {
  /** What the system is to bind. */
  readonly host: string
  readonly family: Family
  /** 0 for any that is free. */
  readonly port: number
  readonly multicast: Multicast | undefined
  /** The endpoint, without its port. */
  readonly name: string
}

/** Where datagrams are to go. */
export interface UdpTarget {
  /** An address, or a name that is looked up. */
  readonly host: string
  readonly port: number
  readonly multicast: Multicast | undefined
}

const multicasts = new BlockList()
multicasts.addSubnet('224.0.0.0', 4, 'ipv4')
multicasts.addSubnet('ff00::', 8, 'ipv6')

/** Whether it is the address of a group. Names are none. */
export function isMulticast(host: string): boolean {
  const family = isIP(host)
  return family !== 0 && multicasts.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/** An address as an endpoint has it: of version 6 in brackets. */
export const hostAndPort = (host: string, port: number): string => `${bracketed(host)}:${port}`

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/**
 * Where to take datagrams in: as for TCP, or a group of receivers, perhaps behind an interface:
 * `interface;group:port`.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`: no such interface
 * @see zmq_udp(7)
 */
export function parseUdpBinding(text: string, ipv6: boolean): UdpBinding {
  const { device, host, port } = partsOf(text)
  if (!isMulticast(host)) {
    if (device !== undefined) throw new SocketError('EINVAL')
    const local = parseLocalAddress(text, ipv6)
    return { ...local, multicast: undefined, name: `udp://${bracketed(local.host)}` }
  }
  const family = isIP(host) as Family
  const multicast = { group: host, interface: interfaceOf(device, family) }
  const prefix = device === undefined ? '' : `${device};`
  return {
    host: hostToBind(multicast, family),
    family,
    port: port === '*' ? 0 : portOf(port),
    multicast,
    name: `udp://${prefix}${bracketed(host)}`,
  }
}

/**
 * Where to send datagrams to: an address, a name, or a group, perhaps behind an interface.
 *
 * @throws {SocketError} `EINVAL`, `ENODEV`: no such interface
 * @see zmq_udp(7)
 */
export function parseUdpTarget(text: string): UdpTarget {
  const { device, host, port: portText } = partsOf(text)
  const port = portOf(portText)
  if (host === '*' || port === 0) throw new SocketError('EINVAL')
  if (isMulticast(host)) {
    const multicast = { group: host, interface: interfaceOf(device, isIP(host) as Family) }
    return { host, port, multicast }
  }
  if (device !== undefined) throw new SocketError('EINVAL')
  return { host, port, multicast: undefined }
}

function partsOf(text: string): { device: string | undefined; host: string; port: string } {
  const semicolon = text.lastIndexOf(';')
  const device = semicolon < 0 ? undefined : text.slice(0, semicolon)
  return { device, ...splitPort(text.slice(semicolon + 1)) }
}

/**
 * The group itself, so that nothing comes but what is for it: bound to all addresses, a socket gets
 * what other groups of the same port are sent. Windows binds no group.
 */
function hostToBind(multicast: Multicast, family: Family): string {
  if (family === 4) return process.platform === 'win32' ? '0.0.0.0' : multicast.group
  const scope = multicast.interface?.slice('::'.length)
  // Without an interface it is not known which of the groups of this address is meant.
  return scope === undefined || process.platform === 'win32' ? '::' : multicast.group + scope
}

/** @throws {SocketError} `EINVAL`: an address that is of another version, or a group; `ENODEV` */
function interfaceOf(device: string | undefined, family: Family): string | undefined {
  if (device === undefined || device === '*') return undefined
  const own = device.replace(/^\[(.*)\]$/, '$1')
  const version = isIP(own)
  if (isMulticast(own) || (version !== 0 && version !== family)) throw new SocketError('EINVAL')
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const found = addresses.find(
      (each) =>
        each.family === (family === 6 ? 'IPv6' : 'IPv4') && (name === own || each.address === own),
    )
    if (found === undefined) continue
    if (family === 4) return found.address
    return `::%${process.platform === 'win32' ? found.scopeid : name}`
  }
  throw new SocketError('ENODEV')
}
