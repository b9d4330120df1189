import { SocketError } from '@ringpost/core'
import { socketTypeId, type Site } from '@ringpost/core/internal'
import type { Carrier, Running } from '../stream/carrier.ts'
import { addressedDatagrams } from './addressedDatagrams.ts'
import { DatagramDialer } from './datagramDialer.ts'
import type { DatagramForm } from './datagramForm.ts'
import { DatagramListener } from './datagramListener.ts'
import { JoinedGroups } from './groupDatagrams.ts'
import { parseUdpBinding, parseUdpTarget, type UdpTarget } from './udpAddress.ts'

/** What the system keeps of it is a byte. */
const MOST_HOPS = 255

/** UDP, for DGRAM and DISH that bind, and RADIO that connects. @see zmq_udp(7) */
export const udp: Carrier = {
  isConnectionless: true,

  listen(address, site): Running {
    const form = formOf(site)
    return DatagramListener.open(parseUdpBinding(address, site.options.ipv6), site, form)
  },

  check(address, site) {
    targetOf(address, site)
  },

  dial(address, site, pipeName) {
    return new DatagramDialer(site, `udp://${address}`, pipeName!, targetOf(address, site))
  },
}

/** @throws {SocketError} `ENOCOMPATPROTO` */
function formOf({ options }: Site): DatagramForm {
  if (options.type === socketTypeId.Datagram) return addressedDatagrams
  if (options.type === socketTypeId.Dish) return new JoinedGroups()
  throw new SocketError('ENOCOMPATPROTO')
}

/** @throws {SocketError} `ENOCOMPATPROTO`, `EINVAL`, `ENODEV` */
function targetOf(address: string, { options }: Site): UdpTarget {
  if (options.type !== socketTypeId.Radio) throw new SocketError('ENOCOMPATPROTO')
  const target = parseUdpTarget(address)
  if (target.multicast !== undefined && options.multicastHops > MOST_HOPS) {
    throw new SocketError('EINVAL', {
      message: `Invalid argument: multicastHops of ${options.multicastHops}`,
    })
  }
  return target
}
