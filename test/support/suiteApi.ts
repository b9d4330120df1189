/**
 * The API that the contract suite is written against, as types: what a module must provide to be
 * a subject of it.
 */
export type Frame = Buffer
export type MessageLike =
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | string
  | number
  | null
  | SharedFrame
interface TimeoutOptions {
  timeout?: number
}
export interface SharedFrame {
  readonly data: Buffer
  readonly length: number
  set(source: ArrayBufferView, offset?: number): void
  release(): void
}
interface SharedBatch extends Iterable<Buffer[]> {
  readonly messages: readonly Buffer[][]
  readonly length: number
  release(): void
}
export interface ObserverEvent {
  type: string
  address?: string
}
interface Observer {
  readonly closed: boolean
  close(): void
  receive(): Promise<ObserverEvent>
  on(type: string, listener: (event: ObserverEvent) => void): unknown
  off(type: string, listener: (event: ObserverEvent) => void): unknown
  [Symbol.asyncIterator](): AsyncIterator<ObserverEvent>
}
export interface Context {
  readonly handle: unknown
  allocate(size: number): SharedFrame
  shutdown(): void
  readonly memory: { usedBytes: number; reservedBytes: number }
  blocky: boolean
  ioThreads: number
  maxMessageSize: number
  maxSockets: number
  readonly maxSocketsLimit: number
  ipv6: boolean
  threadPriority: number
  threadSchedulingPolicy: number
  getBoolOption(id: number): boolean
  setBoolOption(id: number, value: boolean): void
  getInt32Option(id: number): number
  setInt32Option(id: number, value: number): void
}
interface SocketOptions {
  context: Context
  linger: number
  immediate: boolean
  reconnectInterval: number
  reconnectMaxInterval: number
  backlog: number
  maxMessageSize: number
  handshakeInterval: number
  heartbeatInterval: number
  heartbeatTimeToLive: number
  heartbeatTimeout: number
  connectTimeout: number
  ipv6: boolean
  affinity: number
}
export interface Socket extends SocketOptions {
  readonly closed: boolean
  readonly readable: boolean
  readonly writable: boolean
  readonly events: Observer
  readonly lastEndpoint: string | null
  readonly type: number
  readonly threadSafe: boolean
  readonly securityMechanism: string | null
  bind(endpoint: string): Promise<void>
  bindSync(endpoint: string): void
  unbind(endpoint: string): Promise<void>
  unbindSync(endpoint: string): void
  connect(endpoint: string): void
  disconnect(endpoint: string): void
  close(): void
}
interface SendOptions {
  sendHighWaterMark: number
  sendTimeout: number
  sendBufferSize: number
  multicastHops: number
}
interface ReceiveOptions {
  receiveHighWaterMark: number
  receiveTimeout: number
  receiveBufferSize: number
}
type Sent = MessageLike | MessageLike[]
export interface Writable<M = Sent, O = undefined> extends SendOptions {
  send(message: M, ...options: O extends undefined ? [] : [O]): Promise<void>
  sendSync(
    message: M,
    ...options: O extends undefined ? [TimeoutOptions?] : [O & TimeoutOptions]
  ): void
  /** Where a message has a target, it is given with it, as a pair. */
  sendMany(messages: (O extends undefined ? M : [M, O])[]): Promise<void>
  sendManySync(messages: (O extends undefined ? M : [M, O])[], options?: TimeoutOptions): void
}
export interface Readable<M = Frame[]> extends ReceiveOptions {
  receive(): Promise<M>
  receiveSync(options?: TimeoutOptions): M
  receiveMany(options?: { max?: number }): Promise<M[]>
  receiveManySync(options?: TimeoutOptions & { max?: number }): M[]
  receiveShared(): Promise<SharedFrame[]>
  receiveSharedSync(options?: TimeoutOptions): SharedFrame[]
  receiveManyShared(options?: { max?: number }): Promise<SharedBatch>
  receiveManySharedSync(options?: TimeoutOptions & { max?: number }): SharedBatch
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>
}
interface Routed {
  routingId: string | null
  probeRouter: boolean
}
interface Greeting {
  helloMessage: string | null
}
interface Farewell {
  disconnectMessage: string | null
}
interface Pair extends Socket, Writable, Readable {}
export interface Publisher extends Socket, Writable {
  noDrop: boolean
  conflate: boolean
  invertMatching: boolean
}
interface Subscriber extends Socket, Readable {
  conflate: boolean
  invertMatching: boolean
  subscribe(...prefixes: (Buffer | string)[]): void
  unsubscribe(...prefixes: (Buffer | string)[]): void
}
interface Request extends Socket, Writable, Readable, Routed {
  correlate: boolean
  relaxed: boolean
}
interface Reply extends Socket, Writable, Readable {
  routingId: string | null
}
interface Dealer extends Socket, Writable, Readable, Routed, Greeting {
  conflate: boolean
}
interface Router extends Socket, Writable, Readable, Routed, Greeting, Farewell {
  notifyPeers: null | 'connect' | 'disconnect' | 'both'
  mandatory: boolean
  handover: boolean
  connect(endpoint: string, options?: { routingId?: string }): void
}
export interface Pull extends Socket, Readable {
  conflate: boolean
}
export interface Push extends Socket, Writable {
  conflate: boolean
}
interface XPublisher extends Socket, Writable, Readable {
  noDrop: boolean
  manual: boolean
  manualLastValue: boolean
  onlyFirstSubscribe: boolean
  readonly topicsCount: number
  setStringOption(id: number, value: string | Buffer | null): void
  welcomeMessage: string | null
  invertMatching: boolean
  verbosity: null | 'allSubs' | 'allSubsUnsubs'
}
interface XSubscriber extends Socket, Writable, Readable {
  verboseUnsubscribe: boolean
  onlyFirstSubscribe: boolean
  readonly topicsCount: number
}
interface Client extends Socket, Writable<MessageLike>, Readable<[Frame]>, Greeting {}
interface Server
  extends
    Socket,
    Writable<MessageLike, { routingId: number }>,
    Readable<[Frame, { routingId: number }]>,
    Greeting,
    Farewell {}
interface Radio extends Socket, Writable<MessageLike, { group: Buffer | string }> {}
interface Dish extends Socket, Readable<[Frame, { group: Buffer }]> {
  join(...groups: (Buffer | string)[]): void
  leave(...groups: (Buffer | string)[]): void
}
interface Scatter extends Socket, Writable<MessageLike> {
  conflate: boolean
}
interface Gather extends Socket, Readable<[Frame]> {
  conflate: boolean
}
interface Peer
  extends
    Socket,
    Writable<MessageLike, { routingId: number }>,
    Readable<[Frame, { routingId: number }]> {
  /** The number of the new connection. */
  connectPeer(endpoint: string): number
}
interface Channel extends Socket, Writable<MessageLike>, Readable<[Frame]> {}
export interface Proxy {
  readonly frontEnd: Socket
  readonly backEnd: Socket
  run(): Promise<void>
  pause(): void
  resume(): void
  terminate(): void
}

type Optional<T> = { [Key in keyof T]?: T[Key] | undefined }
type Make<S> = new (options?: Optional<S>) => S

export interface SocketTypes {
  Pair: Make<Pair>
  Publisher: Make<Publisher>
  Subscriber: Make<Subscriber>
  Request: Make<Request>
  Reply: Make<Reply>
  Dealer: Make<Dealer>
  Router: Make<Router>
  Pull: Make<Pull>
  Push: Make<Push>
  XPublisher: Make<XPublisher>
  XSubscriber: Make<XSubscriber>
  Client: Make<Client>
  Server: Make<Server>
  Radio: Make<Radio>
  Dish: Make<Dish>
  Scatter: Make<Scatter>
  Gather: Make<Gather>
  Peer: Make<Peer>
  Channel: Make<Channel>
}
export interface Zmq extends SocketTypes {
  Context: (new (options?: Partial<Context>) => Context) & { from(handle: never): Context }
  Proxy: new (frontEnd: Socket, backEnd: Socket, capture?: Socket) => Proxy
  context: Context
  version: string
  capability: Record<string, boolean>
}

/** A module under test, seen as the suite sees it: each binding has types of its own. */
export const asZmq = (module: object): Zmq => module as Zmq
