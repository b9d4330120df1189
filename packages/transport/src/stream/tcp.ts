import net, { type AddressInfo, type Socket as Stream, type TcpNetConnectOpts } from 'node:net'
import type { Site, SocketSettings } from '@ringpost/core/internal'
import { connectionSettings } from '../engine/connectionSettings.ts'
import type { Carrier } from './carrier.ts'
import { StreamDialer } from './dialer.ts'
import { listenAt } from './listenAt.ts'
import { StreamListener } from './listener.ts'
import { Wire } from './wire.ts'
import type { Credentials, Target } from '../socks/negotiation.ts'
import { throughProxy } from '../socks/throughProxy.ts'
import {
  hostAndPort,
  lookUpLocalAddress,
  parseLocalAddress,
  parseRemoteAddress,
  portOf,
  splitPort,
  type RemoteAddress,
} from './tcpAddress.ts'

/** TCP between processes and machines. @see zmq_tcp(7) */
export const tcp: Carrier = {
  lookUp: (address, { options }) => lookUpLocalAddress(address, options.ipv6),

  listen,

  check(address, site) {
    parseRemoteAddress(address, site.options.ipv6)
    proxyOf(site.options)
    connectionSettings(site)
  },

  dial(address, site, pipeName) {
    const { options } = site
    const remote = parseRemoteAddress(address, options.ipv6)
    const proxy = proxyOf(options)
    const prelude = proxy === undefined ? undefined : throughProxy(remote, credentialsOf(options))
    const nearest = { ...remote, ...proxy }
    const endpoint = `tcp://${address}`
    return new StreamDialer(site, endpoint, pipeName, () => connect(nearest, site), { prelude })
  },
}

/** Where to connect to in the place of others. @throws {SocketError} `EINVAL` */
function proxyOf({ socksProxy }: SocketSettings): Target | undefined {
  if (socksProxy === null || socksProxy === '') return undefined
  const { host, port } = splitPort(socksProxy)
  return { host, port: portOf(port) }
}

function credentialsOf({ socksUsername, socksPassword }: SocketSettings): Credentials | undefined {
  if (socksUsername === null) return undefined
  return { username: socksUsername, password: socksPassword ?? '' }
}

function listen(text: string, site: Site): StreamListener {
  const { options } = site
  const local = parseLocalAddress(text, options.ipv6)
  const server = listenAt(local, options.backlog)
  const { address, port } = server.address() as AddressInfo
  return new StreamListener(server, `tcp://${hostAndPort(address, port)}`, site, {
    isWelcome: welcome(options.tcpAcceptFilters),
  })
}

const connect = (remote: RemoteAddress, { options }: Site): Wire =>
  Wire.connect(tcpConnectOptions(remote, options))

/** What connects to an address as a socket's options say. */
export function tcpConnectOptions(
  { host, port, source }: RemoteAddress,
  options: SocketSettings,
): TcpNetConnectOpts {
  return {
    host,
    port,
    // Of version 6 only when it is asked for, as in libzmq.
    family: options.ipv6 ? 0 : 4,
    noDelay: true,
    ...(source === undefined ? {} : { localAddress: source.host, localPort: source.port }),
  }
}

/** Whom the filters let in: all when there are none. @see ZMQ_TCP_ACCEPT_FILTER */
export function welcome(filters: readonly string[]): ((stream: Stream) => boolean) | undefined {
  if (filters.length === 0) return undefined
  const list = new net.BlockList()
  for (const filter of filters) {
    const [address, bits] = filter.split('/')
    const family = net.isIPv6(address!) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address!, family)
    else list.addSubnet(address!, Number(bits), family)
  }
  return ({ remoteAddress, remoteFamily }) =>
    remoteAddress !== undefined &&
    list.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4')
}
