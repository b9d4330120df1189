import { SocketError } from '../errors.ts'
import type { MessageLike } from './message.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { ClientOptions, PeerOptions, ServerOptions } from './optionTypes.ts'
import type { RoutingTarget, ServerPattern } from './patterns/server.ts'
import type { Readable } from './readable.ts'
import { patternOfSocket, SocketBase } from './socket.ts'
import type { SharedFrame } from './sharedFrame.ts'
import {
  defineOptions,
  SingleFrameSocket,
  type OptionsOf,
  type TypedSocket,
} from './typedSocket.ts'
import type { Writable } from './writable.ts'

/** Sockets that say whom a message is from. */
type RoutedReadable = Readable<[Buffer, RoutingTarget], [SharedFrame, RoutingTarget]>
const RoutingSocket = SocketBase as unknown as TypedSocket<
  Writable<MessageLike, RoutingTarget> & RoutedReadable
>

/** Asks SERVER sockets, in turn, in single frames and at any time. @see RFC 41/CLISRV */
export class Client extends SingleFrameSocket {
  constructor(options?: OptionsOf<ClientOptions>) {
    super(socketTypeId.Client, options)
  }
}
export interface Client extends ClientOptions {}
defineOptions(socketTypeId.Client, Client.prototype)

/**
 * Answers CLIENT sockets: a message comes with the number of its sender, and goes to the number
 * given with it, at any time and any number of times.
 *
 * Sending fails with `EHOSTUNREACH` when nobody has the number, and waits when that client is at
 * its high-water mark. @see RFC 41/CLISRV
 */
export class Server extends RoutingSocket {
  constructor(options?: OptionsOf<ServerOptions>) {
    super(socketTypeId.Server, options)
  }
}
export interface Server extends ServerOptions {}
defineOptions(socketTypeId.Server, Server.prototype)

/** As SERVER, among equals: each PEER knows the others by numbers of its own. @see zmq_socket(3) */
export class Peer extends RoutingSocket {
  constructor(options?: OptionsOf<PeerOptions>) {
    super(socketTypeId.Peer, options)
  }

  /**
   * As other sockets' `connect`, and returns the number of the peer at the other end; 0 with the
   * option `immediate`, for there is no peer yet.
   */
  override connect(endpoint: string): number {
    super.connect(endpoint)
    return this.immediate ? 0 : (this[patternOfSocket] as ServerPattern).lastRoutingId
  }

  /**
   * As `connect`, where the number is needed.
   *
   * @throws {SocketError} as `connect`; `EFAULT` with the option `immediate`
   * @see zmq_connect_peer(3)
   */
  connectPeer(endpoint: string): number {
    if (this.immediate) throw new SocketError('EFAULT')
    return this.connect(endpoint)
  }
}
export interface Peer extends PeerOptions {}
defineOptions(socketTypeId.Peer, Peer.prototype)
