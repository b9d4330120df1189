import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { systemError } from '../stream/listenAt.ts'
import type { Multicast } from './udpAddress.ts'

export interface UdpPlace {
  readonly host: string
  readonly family: 4 | 6
  readonly port: number
  /** Whether others may bind the same. */
  readonly isShared: boolean
}

/** Addresses need not be looked up: so the system binds when it is asked to, and not later. */
const asItIs = (
  address: string,
  _: unknown,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void => found(null, address, isIP(address))

/**
 * A socket of the system's that is bound when the call returns.
 *
 * @param prepare what else is to succeed
 * @throws {SocketError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `ENODEV`, `EINVAL`
 */
export function openUdp(place: UdpPlace, prepare: (udp: UdpSocket) => void): UdpSocket {
  const { host, family, port, isShared } = place
  const type = family === 6 ? 'udp6' : 'udp4'
  const udp = createSocket({ type, reuseAddr: isShared, lookup: asItIs })
  let refusal: Error | undefined
  const refused = (error: Error): void => {
    refusal = error
  }
  udp.on('error', refused)
  try {
    udp.bind({ address: host, port, exclusive: true })
    if (refusal === undefined) prepare(udp)
  } catch (error) {
    refusal = error as Error
  }
  udp.off('error', refused)
  if (refusal === undefined) return udp
  udp.close()
  throw systemError(refusal)
}

/** Takes part in a group. @throws what the system says */
export function joinGroup(udp: UdpSocket, multicast: Multicast, isLooped: boolean): void {
  udp.addMembership(multicast.group, multicast.interface)
  // Whose choice it is whether a machine hears itself: on Windows the receiver's.
  udp.setMulticastLoopback(isLooped)
}

/** How what is sent to a group leaves. @throws what the system says */
export function sendToGroup(
  udp: UdpSocket,
  multicast: Multicast,
  hops: number,
  isLooped: boolean,
): void {
  udp.setMulticastLoopback(isLooped)
  udp.setMulticastTTL(hops)
  if (multicast.interface !== undefined) udp.setMulticastInterface(multicast.interface)
}
