import net, { type AddressInfo, type Server } from 'node:net'
import tls from 'node:tls'
import { SocketError } from '@ringpost/core'
import { socketTypeId, type Site } from '@ringpost/core/internal'
import { connectionSettings } from '../engine/connectionSettings.ts'
import { faultOf } from '../fault.ts'
import type { Carrier } from '../stream/carrier.ts'
import { StreamDialer } from '../stream/dialer.ts'
import { listenAt } from '../stream/listenAt.ts'
import { StreamListener } from '../stream/listener.ts'
import { tcpConnectOptions, welcome } from '../stream/tcp.ts'
import { hostAndPort } from '../stream/tcpAddress.ts'
import { Wire } from '../stream/wire.ts'
import { openAsClient } from './clientOpening.ts'
import { clientOptions, secured, serverContext } from './secure.ts'
import { openAsServer } from './serverOpening.ts'
import { lookUpListening, parseDialled, parseListening } from './webSocketAddress.ts'

/** WebSocket between processes, machines and browsers. @see zmq_ws(7), RFC 45/ZWS, RFC 6455 */
export const ws = carrierOf('ws', 80)

/** The same over TLS. */
export const wss = carrierOf('wss', 443)

function carrierOf(scheme: 'ws' | 'wss', usualPort: number): Carrier {
  const isSecure = scheme === 'wss'
  const parse = (text: string, { options }: Site) => {
    const { address, path = '/', host } = parseDialled(text, options.ipv6, usualPort)
    const security = isSecure ? clientOptions(options, address.host) : undefined
    return { address, path, host, security }
  }
  return {
    lookUp: (text, { options }) => lookUpListening(text, options.ipv6),

    listen(text, site) {
      requireFrames(site)
      const { options } = site
      const { address: local, path } = parseListening(text, options.ipv6)
      const context = isSecure ? serverContext(options) : undefined
      const server = listenAt(local, options.backlog, net.createServer({ allowHalfOpen: true }))
      const { address, port } = server.address() as AddressInfo
      const endpoint = `${scheme}://${hostAndPort(address, port)}${path ?? ''}`
      return new StreamListener(server, endpoint, site, {
        isWelcome: welcome(options.tcpAcceptFilters),
        open: openAsServer({ path, origins: options.webSocketOrigins }),
        accept: (from: Server, accepted) => {
          from.on('connection', (stream) => {
            try {
              accepted(Wire.over(context === undefined ? stream : secured(stream, context)))
            } catch (thrown) {
              stream.destroy()
              from.emit('error', faultOf(thrown))
            }
          })
        },
      })
    },

    check(text, site) {
      requireFrames(site)
      parse(text, site)
      connectionSettings(site)
    },

    dial(text, site, pipeName) {
      const { address, path, host, security } = parse(text, site)
      const { options } = site
      const connect = (): Wire => {
        const to = { ...tcpConnectOptions(address, options), allowHalfOpen: true }
        return Wire.over(
          security === undefined ? net.connect(to) : tls.connect({ ...to, ...security }),
        )
      }
      const open = openAsClient(host, path)
      return new StreamDialer(site, `${scheme}://${text}`, pipeName, connect, { open })
    },
  }
}

/** What a STREAM sends has no frames. */
function requireFrames({ options }: Site): void {
  if (options.type === socketTypeId.Stream) throw new SocketError('ENOCOMPATPROTO')
}
