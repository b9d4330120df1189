import { SocketError } from '@ringpost/core'
import { socketTypeId, type Site } from '@ringpost/core/internal'
import type { Carrier } from '../stream/carrier.ts'
import { parseLocalAddress } from '../stream/tcpAddress.ts'
import { DatagramListener } from './datagramListener.ts'

/** UDP, for DGRAM. @see zmq_udp(7) */
export const udp: Carrier = {
  async listen(address, site) {
    requireDatagrams(site)
    return DatagramListener.open(parseLocalAddress(address, site.options.ipv6), site)
  },

  check() {
    throw new SocketError('ENOCOMPATPROTO')
  },

  dial() {
    throw new SocketError('ENOCOMPATPROTO')
  },
}

function requireDatagrams({ options }: Site): void {
  if (options.type !== socketTypeId.Datagram) throw new SocketError('ENOCOMPATPROTO')
}
