import type { RemoteInfo } from 'node:dgram'

/** What is given to the system. */
export interface OutgoingDatagram {
  /** One behind the other. */
  readonly parts: readonly Uint8Array[]
  /** An address. */
  readonly host: string
  readonly port: number
}

/** How the messages of a type of sockets are datagrams. */
export interface DatagramForm {
  /** The datagram for a message of the socket's; undefined when nothing is to be sent for it. */
  datagramOf(message: readonly Buffer[]): OutgoingDatagram | undefined
  /** The message that a datagram is for the socket; undefined when it is none. */
  messageOf(data: Buffer, from: Pick<RemoteInfo, 'address' | 'port'>): Buffer[] | undefined
}
