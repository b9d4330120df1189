import { isIP } from 'node:net'
import type { DatagramForm } from './datagramForm.ts'
import { hostAndPort } from './udpAddress.ts'

/** The last colon parts host and port; an address of version 6 may stand in brackets. */
const addressForm = /^\[?(?<host>.+?)\]?:(?<port>\d{1,5})$/

/** DGRAM: a frame says where a datagram goes or comes from, the other one is the datagram. */
export const addressedDatagrams: DatagramForm = {
  datagramOf([address, data]) {
    const { host, port } = addressForm.exec(String(address))?.groups ?? {}
    // What cannot be delivered is lost, as if the network had lost it; names are not looked up.
    if (host === undefined || isIP(host) === 0 || !(Number(port) > 0 && Number(port) < 65_536)) {
      return undefined
    }
    return { parts: [data!], host, port: Number(port) }
  },

  messageOf: (data, { address, port }) => [Buffer.from(hostAndPort(address, port)), data],
}
