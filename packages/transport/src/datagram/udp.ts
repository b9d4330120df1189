import { registerTransport, socketTypeId, type Site, type Transport } from '@ringpost/core/internal'
import { SocketError } from '@ringpost/core'
import { parseLocalAddress } from '../stream/tcpAddress.ts'
import { DatagramListener } from './datagramListener.ts'

/** UDP, for DGRAM, in the event loop of the socket's own thread. @see zmq_udp(7) */
const udp: Transport = {
  schemes: ['udp'],

  bind: async (endpoint, site) => {
    check(site)
    site.servedHere()
    return DatagramListener.open(parseLocalAddress(endpoint.address, site.options.ipv6), site)
  },

  bindSync(_endpoint, site) {
    check(site)
    throw new SocketError('ENOTSUP', { message: 'The system binds UDP later: use bind' })
  },

  connect() {
    throw new SocketError('ENOCOMPATPROTO')
  },
}

function check({ options }: Site): void {
  if (options.type !== socketTypeId.Datagram) throw new SocketError('ENOCOMPATPROTO')
}

registerTransport(udp)
