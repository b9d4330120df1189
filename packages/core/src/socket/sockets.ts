import type { Context } from '../context/context.ts'
import type { Acceptor } from '../thread/thread.ts'
import { SocketError } from '../errors.ts'
import { patternOfSocket, SocketBase, type BatchOptions, type TimeoutOptions } from './socket.ts'
import type { MessageLike } from './message.ts'
import { defineOptionProperties, writeOptionById } from './optionProperties.ts'
import { socketTypeId, type SocketTypeName } from './optionDefinition.ts'
import type {
  ChannelOptions,
  ClientOptions,
  DealerOptions,
  GatherOptions,
  PairOptions,
  PeerOptions,
  PullOptions,
  PushOptions,
  ReplyOptions,
  RequestOptions,
  RouterOptions,
  ScatterOptions,
  ServerOptions,
  SocketInformation,
} from './optionTypes.ts'
import type { RouterPattern } from './patterns/router.ts'
import type { RoutingTarget, ServerPattern } from './patterns/server.ts'
import type { PatternHost } from './pattern.ts'
import type { PipeOwner } from './pipe.ts'
import type { SharedBatch } from './sharedBatch.ts'
import type { SharedFrame } from './sharedFrame.ts'

type Message = MessageLike | readonly MessageLike[]

type Batch<M, Target> = readonly (Target extends undefined ? M : readonly [M, Target])[]

/**
 * Sockets that send. Wrong use throws a SocketError at once, from promise calls too: `EBUSY` while
 * another send waits, or while the socket binds or a proxy has it; `EBADF` closed; `ETERM` the
 * context was shut down. What a type of socket refuses is told with it.
 */
export interface Writable<M = Message, Target = undefined> {
  /**
   * Sends a message, waiting while there is nobody to take it or they are at their high-water mark.
   *
   * Bytes are copied as soon as there is room: they must not change before the promise is settled. A
   * SharedFrame is handed over.
   *
   * Rejects with SocketError: `EAGAIN` after `sendTimeout`, or when the socket is closed meanwhile;
   * `ENOMEM`; `ETERM`.
   *
   * @param message one frame, or an array of frames; an empty array is not sent
   * @throws {TypeError} there is no message
   * @see zmq_msg_send(3)
   */
  send(message: M, ...target: Target extends undefined ? [] : [Target]): Promise<void>
  /**
   * As `send`, blocking the thread while it waits.
   *
   * @param options.timeout milliseconds to wait, in place of `sendTimeout`; 0 not at all, -1 for ever
   * @throws {SocketError} `EAGAIN` after the timeout, `ENOMEM`, `ETERM`
   */
  sendSync(
    message: M,
    ...options: Target extends undefined ? [TimeoutOptions?] : [Target & TimeoutOptions]
  ): void
  /**
   * Sends messages in a row, made readable together as far as there is room; then it waits for more.
   *
   * Rejects as `send` does. The messages before the one that failed have been sent.
   *
   * @param messages each as for `send`; with its target, where there is one, as a pair
   * @throws {TypeError} it is no array of messages: nothing was sent
   */
  sendMany(messages: Batch<M, Target>): Promise<void>
  /**
   * As `sendMany`, blocking the thread while it waits.
   *
   * @throws {SocketError} as `sendSync`
   */
  sendManySync(messages: Batch<M, Target>, options?: TimeoutOptions): void
}

/**
 * Sockets that receive. Wrong use throws a SocketError at once, from promise calls too: `EBUSY`
 * while another receive waits, or while the socket binds or a proxy has it; `EBADF` closed;
 * `ETERM` the context was shut down. What a type of socket refuses is told with it.
 */
export interface Readable<M = Buffer[]> {
  /**
   * The next message, as its frames, which are private copies.
   *
   * Rejects with SocketError: `EAGAIN` after `receiveTimeout`, or when the socket is closed
   * meanwhile; `ETERM`.
   *
   * @see zmq_msg_recv(3)
   */
  receive(): Promise<M>
  /**
   * As `receive`, blocking the thread while it waits.
   *
   * @param options.timeout milliseconds to wait, in place of `receiveTimeout`; 0 not at all, -1 for
   *   ever
   * @throws {SocketError} `EAGAIN` after the timeout, `ETERM`
   */
  receiveSync(options?: TimeoutOptions): M
  /**
   * Waits for a message, and returns all that are there, up to `max`: of several peers up to 256
   * messages each before it is the next one's turn. Rejects as `receive` does.
   *
   * @throws {SocketError} `EINVAL`: `max` is no number of messages
   */
  receiveMany(options?: BatchOptions): Promise<M[]>
  /** As `receiveMany`, blocking the thread while it waits. @throws {SocketError} as `receiveSync` */
  receiveManySync(options?: TimeoutOptions & BatchOptions): M[]
  /**
   * The next message, its frames left in shared memory until each is released. It counts as read at
   * once. Types that look into messages give small frames as copies. Rejects as `receive` does.
   */
  receiveShared(): Promise<SharedFrame[]>
  /** As `receiveShared`, blocking the thread while it waits. @throws {SocketError} as `receiveSync` */
  receiveSharedSync(options?: TimeoutOptions): SharedFrame[]
  /**
   * As `receiveMany`, with nothing copied: messages of one peer, lent until the batch is released,
   * and unread for the sender until then. There may be more than it holds. Types that look into
   * messages give copies.
   */
  receiveManyShared(options?: BatchOptions): Promise<SharedBatch<M>>
  /** As `receiveManyShared`, blocking the thread while it waits. @throws {SocketError} as `receiveSync` */
  receiveManySharedSync(options?: TimeoutOptions & BatchOptions): SharedBatch<M>
  /**
   * Message after message, as `receive` gives them, until the socket is closed. Leaving the loop
   * leaves the socket open.
   */
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>
}

/** Sockets that say whom a message is from. */
interface RoutedReadable extends Omit<
  Readable<[Buffer, RoutingTarget]>,
  'receiveShared' | 'receiveSharedSync'
> {
  receiveShared(): Promise<[SharedFrame, RoutingTarget]>
  receiveSharedSync(options?: TimeoutOptions): [SharedFrame, RoutingTarget]
}

type Hidden = keyof Writable | keyof Readable
/** What the parts of the library know a socket by. */
type Internal = keyof PipeOwner | keyof PatternHost | keyof Acceptor | 'hasEndpoints'
type Plain = Omit<SocketBase, Hidden | Internal | 'connect'>

/** Any socket: what all types have in common. */
export interface Socket extends Plain {
  /**
   * Connects to an endpoint, which need not be bound yet. May be called for several endpoints.
   *
   * @throws {SocketError} `EINVAL`, `EPROTONOSUPPORT`, `ENAMETOOLONG`, `ENOCOMPATPROTO`
   * @see zmq_connect(3)
   */
  connect(endpoint: string): void
}
export const Socket = SocketBase as unknown as abstract new (
  type: number,
  options?: object,
) => Socket

type Base<Face> = abstract new (type: number, options?: object) => Socket & Face
const ReadableSocket = SocketBase as unknown as Base<Readable>
const WritableSocket = SocketBase as unknown as Base<Writable>
const BothWaySocket = SocketBase as unknown as Base<Writable & Readable>
/** Those of the newer types, whose messages are a single frame. */
const SingleFrameSocket = SocketBase as unknown as Base<Writable<MessageLike> & Readable<[Buffer]>>
const SingleFrameReadable = SocketBase as unknown as Base<Readable<[Buffer]>>
const SingleFrameWritable = SocketBase as unknown as Base<Writable<MessageLike>>
const RoutingSocket = SocketBase as unknown as Base<
  Writable<MessageLike, RoutingTarget> & RoutedReadable
>

/** What a constructor takes: any option that can be set, and the context. */
export type OptionsOf<O> = Partial<Omit<O, keyof SocketInformation>> & { context?: Context }

/** ZeroMQ's number of the option that names the peer at the other end of the next connection. */
const CONNECT_ROUTING_ID = 61

const define = (type: SocketTypeName, prototype: object): void =>
  defineOptionProperties(prototype as SocketBase, socketTypeId[type])

/** Distributes messages to PULL sockets, each to one, in turn. @see RFC 30/PIPELINE */
export class Push extends WritableSocket {
  constructor(options?: OptionsOf<PushOptions>) {
    super(socketTypeId.Push, options)
  }
}
export interface Push extends PushOptions {}
define('Push', Push.prototype)

/** Collects messages from PUSH sockets, taking them in turn. @see RFC 30/PIPELINE */
export class Pull extends ReadableSocket {
  constructor(options?: OptionsOf<PullOptions>) {
    super(socketTypeId.Pull, options)
  }
}
export interface Pull extends PullOptions {}
define('Pull', Pull.prototype)

/** Talks with exactly one other PAIR; whoever else comes is turned away. @see RFC 31/EXPAIR */
export class Pair extends BothWaySocket {
  constructor(options?: OptionsOf<PairOptions>) {
    super(socketTypeId.Pair, options)
  }
}
export interface Pair extends PairOptions {}
define('Pair', Pair.prototype)

/** A PAIR whose messages are a single frame; others fail with `EINVAL`. @see RFC 52/CHANNEL */
export class Channel extends SingleFrameSocket {
  constructor(options?: OptionsOf<ChannelOptions>) {
    super(socketTypeId.Channel, options)
  }
}
export interface Channel extends ChannelOptions {}
define('Channel', Channel.prototype)

/** Distributes messages of a single frame to GATHER sockets, in turn. @see RFC 49/SCATTERGATHER */
export class Scatter extends SingleFrameWritable {
  constructor(options?: OptionsOf<ScatterOptions>) {
    super(socketTypeId.Scatter, options)
  }
}
export interface Scatter extends ScatterOptions {}
define('Scatter', Scatter.prototype)

/** Collects messages of a single frame from SCATTER sockets, in turn. @see RFC 49/SCATTERGATHER */
export class Gather extends SingleFrameReadable {
  constructor(options?: OptionsOf<GatherOptions>) {
    super(socketTypeId.Gather, options)
  }
}
export interface Gather extends GatherOptions {}
define('Gather', Gather.prototype)

/** Asks SERVER sockets, in turn, in single frames and at any time. @see RFC 41/CLISRV */
export class Client extends SingleFrameSocket {
  constructor(options?: OptionsOf<ClientOptions>) {
    super(socketTypeId.Client, options)
  }
}
export interface Client extends ClientOptions {}
define('Client', Client.prototype)

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
define('Server', Server.prototype)

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
define('Peer', Peer.prototype)

/**
 * Asks REP or ROUTER sockets, in turn, one question at a time: a send, a receive, a send, and so on.
 *
 * Out of turn a call waits for its turn, or fails with `EFSM`. @see RFC 28/REQREP
 */
export class Request extends BothWaySocket {
  constructor(options?: OptionsOf<RequestOptions>) {
    super(socketTypeId.Request, options)
  }
}
export interface Request extends RequestOptions {}
define('Request', Request.prototype)

/**
 * Answers REQ and DEALER sockets, taking a question from each in turn: a receive, a send, and so on.
 *
 * Out of turn a call waits for its turn, or fails with `EFSM`. Answers to peers that have gone or
 * have no room are dropped. @see RFC 28/REQREP
 */
export class Reply extends BothWaySocket {
  constructor(options?: OptionsOf<ReplyOptions>) {
    super(socketTypeId.Reply, options)
  }
}
export interface Reply extends ReplyOptions {}
define('Reply', Reply.prototype)

/**
 * Sends to its peers in turn and receives from them in turn, at any time. A REP wants an empty
 * frame before the question. @see RFC 28/REQREP
 */
export class Dealer extends BothWaySocket {
  constructor(options?: OptionsOf<DealerOptions>) {
    super(socketTypeId.Dealer, options)
  }
}
export interface Dealer extends DealerOptions {}
define('Dealer', Dealer.prototype)

/** What may be said when a ROUTER connects. */
export interface RouterConnectOptions {
  /** The name to know the peer by, so that it can be sent to at once: one byte or more. */
  routingId?: string | Uint8Array | null | undefined
}

/**
 * Receives from its peers in turn, each message behind the routing id of its sender, and sends to
 * the one that the first frame names, at any time.
 *
 * What is for nobody, or for somebody at the high-water mark, is dropped; with `mandatory` the first
 * fails with `EHOSTUNREACH` and the second waits. @see RFC 28/REQREP
 */
export class Router extends BothWaySocket {
  constructor(options?: OptionsOf<RouterOptions>) {
    super(socketTypeId.Router, options)
  }

  /**
   * Connects to an endpoint, which need not be bound yet.
   *
   * @throws {TypeError} the routing id is neither text nor bytes
   * @throws {SocketError} as `connect` of every socket, and `EINVAL` when the routing id is empty or
   *   another peer has it
   * @see zmq_connect(3)
   */
  override connect(endpoint: string, options: RouterConnectOptions = {}): void {
    const { routingId } = options
    if (routingId !== null && routingId !== undefined) {
      writeOptionById(this, socketTypeId.Router, 'string', CONNECT_ROUTING_ID, routingId)
    }
    ;(this[patternOfSocket] as RouterPattern).checkNextName()
    super.connect(endpoint)
  }
}
export interface Router extends RouterOptions {}
define('Router', Router.prototype)
