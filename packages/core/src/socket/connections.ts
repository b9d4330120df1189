import { parseEndpoint } from '../endpoint.ts'
import { SocketError } from '../errors.ts'
import type { Binding, Inproc } from '../inproc/inproc.ts'
import type { Thread } from '../thread/thread.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { SocketOptions } from './options.ts'
import type { Pattern, PatternHost } from './pattern.ts'
import { patternOf } from './patterns/patternOf.ts'
import { canTalk } from './peerTypes.ts'
import { Pipe, type PipeOwner, type PipeSettings } from './pipe.ts'

const NO_ROUTING_ID = Buffer.alloc(0)

/** Where a socket is bound and connected, and its pipes; its pattern decides what they carry. */
export class Connections implements PipeOwner, PatternHost {
  readonly options: SocketOptions
  readonly pattern: Pattern
  readonly #thread: Thread
  readonly #inproc: Inproc
  readonly #onChange: () => void
  readonly #pipes = new Set<Pipe>()
  readonly #bindings = new Map<string, Binding>()
  readonly #dirty: Pipe[] = []
  #dirtyCount = 0
  #socketId = 0
  #isClosed = false

  /**
   * @param onChange called when there may be something to receive, or room to send
   * @throws {SocketError} `EINVAL`: no such type of socket
   */
  constructor(thread: Thread, inproc: Inproc, options: SocketOptions, onChange: () => void) {
    this.#thread = thread
    this.#inproc = inproc
    this.options = options
    this.#onChange = onChange
    this.pattern = patternOf(options.type, this)
  }

  /** The socket's number, by which other threads reach it; before anything is bound or connected. */
  set socketId(id: number) {
    this.#socketId = id
  }

  /** Whether there are any, or a place where they could come to. */
  get hasAny(): boolean {
    return this.#pipes.size > 0 || this.#bindings.size > 0
  }

  // ---- endpoints

  get bound(): string[] {
    return [...this.#bindings.keys()]
  }

  /** Where it connected to; those that have ended since are gone. */
  get connected(): string[] {
    return [...this.#pipes].flatMap(({ endpoint }) => (endpoint === '' ? [] : endpoint))
  }

  bind(endpoint: string): void {
    const address = inprocAddress(endpoint)
    withAddress(endpoint, () => {
      const binding = this.#inproc.bind(address, this.#settings(), this, (pipe) => this.#add(pipe))
      this.#bindings.set(endpoint, binding)
    })
    this.#endpointAdded(endpoint)
  }

  unbind(endpoint: string): void {
    inprocAddress(endpoint)
    const binding = this.#bindings.get(endpoint)
    if (binding === undefined) throw new SocketError('ENOENT', { address: endpoint })
    this.#inproc.unbind(binding)
    this.#bindings.delete(endpoint)
  }

  /** @param routingId what to call the peer; null when it says so itself */
  connect(endpoint: string, routingId: Buffer | null): void {
    const address = inprocAddress(endpoint)
    withAddress(endpoint, () => {
      const pipe = this.#inproc.connect(address, this.#settings(), this)
      pipe.endpoint = endpoint
      if (routingId !== null) pipe.routingId = routingId
      this.#add(pipe)
    })
    this.#endpointAdded(endpoint)
  }

  disconnect(endpoint: string): void {
    inprocAddress(endpoint)
    const pipes = [...this.#pipes].filter((pipe) => pipe.endpoint === endpoint)
    if (pipes.length === 0) throw new SocketError('ENOENT', { address: endpoint })
    for (const pipe of pipes) this.closePipe(pipe)
  }

  /** Ends all of them; what was sent lingers. */
  close(): void {
    this.#isClosed = true
    for (const binding of this.#bindings.values()) this.#inproc.unbind(binding)
    this.#bindings.clear()
    this.flush()
    for (const pipe of this.#pipes) this.closePipe(pipe)
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
      isConflating: options.conflate && conflating.has(options.type),
    }
  }

  // ---- pipes

  /** Takes a pipe that another socket has connected. */
  accept(pipeId: number): void {
    this.#add(new Pipe(this.#thread, this, pipeId, 1))
  }

  #add(pipe: Pipe): void {
    this.#pipes.add(pipe)
    // Whatever `immediate` says: inproc has no connections in the making, only names not bound yet.
    this.pattern.attach(pipe)
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
    this.#pipes.delete(pipe)
    this.pattern.detach(pipe)
    if (!this.#isClosed) this.#onChange()
  }

  closePipe(pipe: Pipe): void {
    this.#inproc.close(pipe, this.options.linger)
  }

  highWaterMarksChanged(): void {
    const { sendHighWaterMark, receiveHighWaterMark } = this.options
    for (const pipe of this.#pipes) {
      pipe.setHighWaterMarks(sendHighWaterMark, receiveHighWaterMark)
      this.pattern.writable(pipe)
    }
  }

  // ---- publishing

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

function inprocAddress(endpoint: string): string {
  const { scheme, address } = parseEndpoint(endpoint)
  if (scheme !== 'inproc') throw new SocketError('EPROTONOSUPPORT', { address: endpoint })
  return address
}

/** Says in an error which endpoint it was. */
function withAddress(endpoint: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    throw new SocketError(error.code, { message: error.message, address: endpoint })
  }
}
