import { connectNamed, type RouterConnectOptions } from './connectNamed.ts'
import type { MessageLike } from './message.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { StreamOptions } from './optionTypes.ts'
import type { Readable } from './readable.ts'
import type { SharedFrame } from './sharedFrame.ts'
import { SocketBase } from './socket.ts'
import { defineOptions, type OptionsOf, type TypedSocket } from './typedSocket.ts'
import type { Writable } from './writable.ts'

const NamedDataSocket = SocketBase as unknown as TypedSocket<
  Writable<readonly [MessageLike, MessageLike]> &
    Readable<[Buffer, Buffer], [SharedFrame, SharedFrame]>
>

/** What may be said when a STREAM connects. */
export type StreamConnectOptions = RouterConnectOptions

/**
 * Talks with peers that do not speak ZMTP, over a transport that is a stream of bytes. Messages are
 * `[routingId, data]`, both ways; data comes in pieces of any size, as the stream gives them.
 *
 * An empty `data` is received when a peer connects and when it leaves (see `notify`); to send one
 * closes the connection. Sending fails with `EHOSTUNREACH` when there is no such peer, with `EINVAL`
 * when a message has more than two frames, and waits while the peer is at its high-water mark.
 *
 * @see zmq_socket(3), "Native pattern"
 */
export class Stream extends NamedDataSocket {
  constructor(options?: OptionsOf<StreamOptions>) {
    super(socketTypeId.Stream, options)
  }

  /**
   * Connects to an endpoint, which need not be bound yet.
   *
   * @throws {TypeError} the routing id is neither text nor bytes
   * @throws {SocketError} as `connect` of every socket, and `EINVAL` when the routing id is empty or
   *   another peer has it
   * @see zmq_connect(3)
   */
  override connect(endpoint: string, options: StreamConnectOptions = {}): void {
    connectNamed(this, socketTypeId.Stream, options, () => super.connect(endpoint))
  }
}
export interface Stream extends StreamOptions {}
defineOptions(socketTypeId.Stream, Stream.prototype)
