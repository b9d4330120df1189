import net, { type AddressInfo, type Socket as Stream, type TcpNetConnectOpts } from 'node:net'
import type { Site, SocketSettings } from '@ringpost/core/internal'
import { connectionSettings } from '../engine/connectionSettings.ts'
import type { Carrier } from './carrier.ts'
import { StreamDialer } from './dialer.ts'
import { listenAt } from './listenAt.ts'
import { StreamListener } from './listener.ts'
import { Wire } from './wire.ts'
import {
  hostAndPort,
  parseLocalAddress,
  parseRemoteAddress,
  type RemoteAddress,
} from './tcpAddress.ts'

/** TCP between processes and machines. @see zmq_tcp(7) */
export const tcp: Carrier = {
  listen,

  check(address, site) {
    parseRemoteAddress(address, site.options.ipv6)
    connectionSettings(site)
  },

  dial(address, site, pipeName) {
    const remote = parseRemoteAddress(address, site.options.ipv6)
    return new StreamDialer(site, `tcp://${address}`, pipeName, () => connect(remote, site))
  },
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

function connect(remote: RemoteAddress, { options }: Site): Wire {
  const wire = Wire.connect(tcpConnectOptions(remote, options))
  keepAlive(wire.stream, options)
  return wire
}

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

/** Has the system probe a connection that is idle, if the socket's options say so. */
export function keepAlive(stream: Stream, options: SocketSettings): void {
  if (options.tcpKeepalive !== 1) return
  stream.setKeepAlive(true, Math.max(options.tcpKeepaliveIdle, 0) * 1000)
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
