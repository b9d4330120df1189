import type { Context } from '../context/context.ts'
import { parseEndpoint, type Endpoint } from '../endpoint.ts'
import { SocketError } from '../errors.ts'
import type { Binding, Inproc } from '../inproc/inproc.ts'
import type { Thread } from '../thread/thread.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { SocketOptions } from './options.ts'
import type { Pattern, PatternHost } from './pattern.ts'
import { patternOf } from './patterns/patternOf.ts'
import { canTalk } from './peerTypes.ts'
import { Pipe, type PipeOwner, type PipeSettings } from './pipe.ts'
import { transportOf, type Site, type Transport } from '../transport/transport.ts'
import type { SocketEvent } from './observer.ts'
import { Remotes } from './remotes.ts'

const NO_ROUTING_ID = Buffer.alloc(0)

/** Where a socket is bound and connected, and its pipes; its pattern decides what they carry. */
export class Connections implements PipeOwner, PatternHost {
  readonly options: SocketOptions
  readonly pattern: Pattern
  readonly #context: Context
  readonly #thread: Thread
  readonly #inproc: Inproc
  readonly #onChange: () => void
  readonly #pipes = new Set<Pipe>()
  readonly #bindings = new Map<string, Binding>()
  readonly #remotes = new Remotes()
  readonly #tell: (event: SocketEvent) => void
  /** The name by which pipes for connections that others have made come, once there may be some. */
  #door: { readonly site: Site; readonly binding: Binding } | undefined
  readonly #whenClosed: (() => void)[] = []
  /** Why nothing is waited for any more. */
  #ending: SocketError | undefined
  #whenEnding: ((why: SocketError) => void) | undefined
  #dependsOnLoop = false
  #pipeNames = 0
  readonly #dirty: Pipe[] = []
  #dirtyCount = 0
  #socketId = 0
  #isClosed = false

  /**
   * @param onChange called when there may be something to receive, or room to send
   * @param tell what happens to connections
   * @throws {SocketError} `EINVAL`: no such type of socket
   */
  constructor(
    context: Context,
    thread: Thread,
    inproc: Inproc,
    options: SocketOptions,
    onChange: () => void,
    tell: (event: SocketEvent) => void,
  ) {
    this.#context = context
    this.#thread = thread
    this.#inproc = inproc
    this.options = options
    this.#onChange = onChange
    this.#tell = tell
    this.pattern = patternOf(options.type, this)
  }

  /** The socket's number, by which other threads reach it; before anything is bound or connected. */
  set socketId(id: number) {
    this.#socketId = id
  }

  /** Whether there are any, or a place where they could come to. */
  get hasAny(): boolean {
    return this.#pipes.size > 0 || this.#bindings.size > 0 || this.#remotes.hasAny
  }

  /** Whether I/O for this socket is done in the event loop of its own thread. */
  get dependsOnLoop(): boolean {
    return this.#dependsOnLoop
  }

  // ---- endpoints

  get bound(): string[] {
    return [...this.#bindings.keys(), ...this.#remotes.bound]
  }

  /** Where it connected to; those that have ended since are gone. */
  get connected(): string[] {
    return [...this.#pipes].flatMap(({ endpoint }) => (endpoint === '' ? [] : endpoint))
  }

  /** @throws {SocketError} `EINVAL`, `ENOCOMPATPROTO` */
  #parse(endpoint: string): Endpoint {
    const parsed = parseEndpoint(endpoint)
    const isDatagram = this.options.type === socketTypeId.Datagram
    if (!isDatagram || parsed.scheme === 'udp') return parsed
    throw new SocketError('ENOCOMPATPROTO', { address: endpoint })
  }

  /** At once over inproc; a transport may take its time. */
  bind(endpoint: string): void | Promise<void> {
    const parsed = this.#parse(endpoint)
    if (parsed.scheme === 'inproc') {
      this.#bindName(endpoint, parsed.address)
      return undefined
    }
    const transport = transportFor(parsed, endpoint)
    return this.#remotes.bind(transport, parsed, this.#site()).then(
      (resolved) => this.#endpointAdded(resolved),
      (error: unknown) => Promise.reject(addressed(error, endpoint)),
    )
  }

  bindSync(endpoint: string): void {
    const parsed = this.#parse(endpoint)
    if (parsed.scheme === 'inproc') {
      this.#bindName(endpoint, parsed.address)
      return
    }
    const transport = transportFor(parsed, endpoint)
    withAddress(endpoint, () => {
      this.#endpointAdded(this.#remotes.bindSync(transport, parsed, this.#site()))
    })
  }

  #bindName(endpoint: string, address: string): void {
    withAddress(endpoint, () => {
      this.#bindings.set(endpoint, this.#inprocBinding(address))
    })
    this.#endpointAdded(endpoint)
  }

  #inprocBinding(name: string): Binding {
    return this.#inproc.bind(name, this.#settings(), this, (pipe) => this.#add(pipe))
  }

  /** At once over inproc; a transport may take its time. */
  unbind(endpoint: string): void | Promise<void> {
    const parsed = this.#parse(endpoint)
    if (parsed.scheme === 'inproc') {
      this.#unbindName(endpoint)
      return undefined
    }
    transportFor(parsed, endpoint)
    return this.#remotes.unbind(endpoint)
  }

  unbindSync(endpoint: string): void {
    const parsed = this.#parse(endpoint)
    if (parsed.scheme === 'inproc') {
      this.#unbindName(endpoint)
      return
    }
    transportFor(parsed, endpoint)
    this.#remotes.unbindSync(endpoint)
  }

  #unbindName(endpoint: string): void {
    const binding = this.#bindings.get(endpoint)
    if (binding === undefined) throw new SocketError('ENOENT', { address: endpoint })
    this.#inproc.unbind(binding)
    this.#bindings.delete(endpoint)
  }

  /** @param routingId what to call the peer; null when it says so itself */
  connect(endpoint: string, routingId: Buffer | null): void {
    const parsed = this.#parse(endpoint)
    withAddress(endpoint, () => {
      if (parsed.scheme === 'inproc') this.#connectName(parsed.address, endpoint, routingId)
      else this.#dial(transportFor(parsed, endpoint), parsed, endpoint, routingId)
    })
    this.#endpointAdded(endpoint)
  }

  #connectName(name: string, endpoint: string, routingId: Buffer | null): void {
    this.#add(this.#newPipe(name, endpoint, routingId))
  }

  /** A pipe that waits at a name, and that the pattern does not know yet. */
  #newPipe(name: string, endpoint: string, routingId: Buffer | null): Pipe {
    const pipe = this.#inproc.connect(name, this.#settings(), this)
    pipe.endpoint = endpoint
    if (routingId !== null) pipe.routingId = routingId
    return pipe
  }

  #dial(transport: Transport, parsed: Endpoint, endpoint: string, routingId: Buffer | null): void {
    if (connectingOnce.has(this.options.type) && this.#remotes.isConnected(endpoint)) return
    const site = this.#site()
    const isConnectionless = transport.isConnectionless === true
    if (this.options.immediate && !isConnectionless) {
      this.#remotes.connected(endpoint, transport.connect(parsed, site, undefined))
      return
    }
    const name = `${site.name}.${++this.#pipeNames}`
    // It waits there before anybody dials: another thread may have a connection for it at once. And
    // nothing is sent into it before it is certain that somebody will.
    const pipe = this.#newPipe(name, endpoint, routingId)
    pipe.isUnfiltered = isConnectionless
    try {
      this.#remotes.connected(endpoint, transport.connect(parsed, site, name))
    } catch (error) {
      this.#inproc.close(pipe, 0)
      throw error
    }
    this.#add(pipe)
  }

  disconnect(endpoint: string): void {
    const { scheme } = parseEndpoint(endpoint)
    if (scheme !== 'inproc') transportFor({ scheme }, endpoint)
    const pipes = [...this.#pipes].filter((pipe) => pipe.endpoint === endpoint)
    if (pipes.length === 0 && !this.#remotes.isConnected(endpoint)) {
      throw new SocketError('ENOENT', { address: endpoint })
    }
    for (const pipe of pipes) this.closePipe(pipe)
    // Whoever dials looks at what was left in the pipe.
    this.#remotes.disconnect(endpoint)
  }

  /** What transports get to see; others reach the socket by name from now on. */
  #site(): Site {
    if (this.#door === undefined) {
      // No name of a user's begins so.
      const name = `\0remote ${this.#socketId}`
      this.#door = { site: this.#siteNamed(name), binding: this.#inprocBinding(name) }
      this.#thread.arm()
    }
    return this.#door.site
  }

  #siteNamed(name: string): Site {
    const isConflating = (): boolean => this.#isConflating()
    return {
      context: this.#context,
      thread: this.#thread,
      inproc: this.#inproc,
      options: this.options,
      name,
      get isConflating() {
        return isConflating()
      },
      tell: (event) => this.#tell(event),
      whenClosed: (act) => this.#whenClosed.push(act),
      unlessEnding: (waiting) => this.#unlessEnding(waiting),
      servedHere: () => {
        this.#dependsOnLoop = true
      },
    }
  }

  /** What a bind waits for is not waited for any more. */
  endWaiting(code: 'EAGAIN' | 'ETERM'): void {
    this.#ending ??= new SocketError(code)
    this.#whenEnding?.(this.#ending)
  }

  #unlessEnding<T>(waiting: Promise<T>): Promise<T> {
    const ending = new Promise<never>((_, reject) => {
      if (this.#ending === undefined) this.#whenEnding = reject
      else reject(this.#ending)
    })
    return Promise.race([ending, waiting])
  }

  /** Ends all of them; what was sent lingers. */
  close(): void {
    this.#isClosed = true
    for (const binding of this.#bindings.values()) this.#inproc.unbind(binding)
    this.#bindings.clear()
    if (this.#door !== undefined) this.#inproc.unbind(this.#door.binding)
    this.flush()
    for (const pipe of this.#pipes) this.closePipe(pipe)
    this.#remotes.close()
    for (const act of this.#whenClosed) act()
  }

  #endpointAdded(endpoint: string): void {
    this.options.lastEndpoint = endpoint
    this.#thread.arm()
  }

  #settings(): PipeSettings {
    const options = this.options
    return {
      socketId: this.#socketId,
      socketType: options.type,
      sendHighWaterMark: options.sendHighWaterMark,
      receiveHighWaterMark: options.receiveHighWaterMark,
      routingId: options.routingId ?? NO_ROUTING_ID,
      isConflating: this.#isConflating(),
    }
  }

  #isConflating(): boolean {
    return this.options.conflate && conflating.has(this.options.type)
  }

  // ---- pipes

  /** Takes a pipe that another socket has connected. What fails is nobody's call, and told as an event. */
  accept(pipeId: number): void {
    try {
      this.#add(new Pipe(this.#thread, this, pipeId, 1))
    } catch (error) {
      if (!(error instanceof SocketError && error.code === 'ENOMEM')) throw error
      this.#tell({ type: 'accept:error', address: this.options.lastEndpoint ?? '', error })
    }
  }

  /** @throws {SocketError} `ENOMEM`: there is no room for what the peer is told first; the pipe is closed */
  #add(pipe: Pipe): void {
    this.#pipes.add(pipe)
    try {
      // Whatever `immediate` says: inproc has no connections in the making, only names not bound yet.
      this.pattern.attach(pipe)
    } catch (error) {
      // With half of its subscriptions it would be taken for whole, and connecting again double it.
      this.closePipe(pipe, 0)
      throw error
    }
    this.flush()
    this.#onChange()
    pipe.catchUp()
  }

  pipeAttached(pipe: Pipe): void {
    this.#inproc.stopWaiting(pipe)
    if (!canTalk(this.options.type, pipe.peerType)) {
      pipe.close()
      return
    }
    this.pattern.attached?.(pipe)
    this.flush()
  }

  pipeReadable(pipe: Pipe): void {
    this.pattern.readable(pipe)
    this.flush()
    this.#onChange()
  }

  pipeWritable(pipe: Pipe): void {
    this.pattern.writable(pipe)
    this.#onChange()
  }

  pipeEnded(pipe: Pipe): void {
    this.#inproc.stopWaiting(pipe)
    if (!this.#pipes.delete(pipe)) return
    this.pattern.detach(pipe)
    if (!this.#isClosed) this.#onChange()
  }

  closePipe(pipe: Pipe, lingerMs = this.options.linger): void {
    this.#inproc.close(pipe, lingerMs)
  }

  /** @param routingId without it, of all peers */
  drop(routingId: Uint8Array | undefined): void {
    for (const pipe of this.#pipes) {
      const isMeant = routingId === undefined || pipe.routingId?.equals(routingId) === true
      if (isMeant) this.closePipe(pipe, 0)
    }
  }

  highWaterMarksChanged(): void {
    const { sendHighWaterMark, receiveHighWaterMark } = this.options
    for (const pipe of this.#pipes) {
      pipe.setHighWaterMarks(sendHighWaterMark, receiveHighWaterMark)
      this.pattern.writable(pipe)
    }
  }

  // ---- publishing

  spend(effort: number): void {
    this.#thread.turn.spend(effort)
  }

  flushLater(pipe: Pipe): void {
    if (pipe.isDirty) return
    pipe.markDirty()
    this.#dirty[this.#dirtyCount++] = pipe
  }

  /** Makes readable what the pattern has written. */
  flush(): void {
    const count = this.#dirtyCount
    if (count === 0) return
    // A counter and not the array's length, which takes longer to set.
    this.#dirtyCount = 0
    for (let i = 0; i < count; i++) this.#dirty[i]!.flush()
    if (count > 1) this.#thread.turn.spend(count)
  }
}

const conflating: ReadonlySet<number> = new Set([
  socketTypeId.Pull,
  socketTypeId.Push,
  socketTypeId.Subscriber,
  socketTypeId.Publisher,
  socketTypeId.Dealer,
  socketTypeId.Scatter,
  socketTypeId.Gather,
])

/** Types that have one connection to an endpoint, however often they connect. */
const connectingOnce: ReadonlySet<number> = new Set([
  socketTypeId.Request,
  socketTypeId.Subscriber,
  socketTypeId.Publisher,
  socketTypeId.Dealer,
])

function transportFor({ scheme }: Pick<Endpoint, 'scheme'>, endpoint: string): Transport {
  const transport = transportOf(scheme)
  if (transport !== undefined) return transport
  if (!schemesOfTransport.includes(scheme)) {
    throw new SocketError('EPROTONOSUPPORT', { address: endpoint })
  }
  const message =
    `Protocol not supported: nothing serves ${scheme}:// here; ` +
    'import the sockets from @ringpost/transport'
  throw new SocketError('EPROTONOSUPPORT', { message, address: endpoint })
}

/** What is there to be had. Of other schemes the error says what ZeroMQ's binding says. */
const schemesOfTransport: readonly string[] = ['tcp', 'ipc', 'udp']

/** Says in an error which endpoint it was. */
function withAddress(endpoint: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    throw addressed(error, endpoint)
  }
}

function addressed(error: unknown, endpoint: string): unknown {
  if (!(error instanceof SocketError) || error.address !== undefined) return error
  const { code, message, cause } = error
  return new SocketError(code, { message, address: endpoint, cause })
}
