import type { MessageLike } from './message.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { DatagramOptions } from './optionTypes.ts'
import type { Readable } from './readable.ts'
import type { SharedFrame } from './sharedFrame.ts'
import { SocketBase } from './socket.ts'
import { defineOptions, type OptionsOf, type TypedSocket } from './typedSocket.ts'
import type { Writable } from './writable.ts'

const AddressedSocket = SocketBase as unknown as TypedSocket<
  Writable<readonly [MessageLike, MessageLike]> &
    Readable<[Buffer, Buffer], [SharedFrame, SharedFrame]>
>

/**
 * Sends and receives datagrams over UDP: messages are `[address, data]`, both ways, with the address
 * as `host:port`. It binds, to one `udp://` endpoint, and does not connect.
 *
 * Datagrams may be lost, and are when the socket is at its high-water mark. Sending waits while it is
 * not bound, and fails with `EINVAL` when a message has not two frames.
 *
 * @see zmq_udp(7)
 */
export class Datagram extends AddressedSocket {
  constructor(options?: OptionsOf<DatagramOptions>) {
    super(socketTypeId.Datagram, options)
  }
}
export interface Datagram extends DatagramOptions {}
defineOptions(socketTypeId.Datagram, Datagram.prototype)
