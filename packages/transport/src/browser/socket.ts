import { Connection } from './connection.ts'
import { SocketError } from './errors.ts'
import { Events } from './events.ts'
import { Inbox, Outbox } from './queues.ts'
import { bytesOf, type Message, messageOf, type MessageLike } from './zws.ts'

/** So often it is looked whether the platform has sent enough, where the peer does not tell: see `Receipts`. */
const UNSENT_CHECK_MS = 20

/** Options of every socket, as those of the same names elsewhere. */
export interface SocketOptions {
  /** The most messages that wait to be sent; 0 for no limit. Default 1000. */
  sendHighWaterMark?: number
  /** The most messages that wait to be received; 0 for no limit. Default 1000. */
  receiveHighWaterMark?: number
  /** How long a send waits for room, in milliseconds; 0 not at all, -1, the default, for ever. */
  sendTimeout?: number
  /** How long a receive waits, in milliseconds; 0 not at all, -1, the default, for ever. */
  receiveTimeout?: number
  /** Between two attempts to connect, in milliseconds; -1 for a single one. Default 100. */
  reconnectInterval?: number
  /** Up to which that doubles, in milliseconds; 0, the default, adds up to as much at random. */
  reconnectMaxInterval?: number
  /** What a ROUTER calls this socket. Default: a name of its own. */
  routingId?: string | Uint8Array
}

/** What all sockets have: connections, and messages that wait. */
export abstract class Socket {
  /** What happens to the connections. */
  readonly events = new Events()
  /** How long a send waits for room. */
  sendTimeout: number
  /** How long a receive waits. */
  receiveTimeout: number
  /** @internal */
  protected readonly inbox: Inbox
  /** @internal */
  protected readonly outbox: Outbox
  readonly #options: SocketOptions
  readonly #connections = new Map<string, Connection>()
  /** Those that messages may be given to, the next one first. */
  #ready: Connection[] = []
  #check: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(options: SocketOptions = {}) {
    this.#options = options
    this.sendTimeout = options.sendTimeout ?? -1
    this.receiveTimeout = options.receiveTimeout ?? -1
    this.inbox = new Inbox(options.receiveHighWaterMark ?? 1000, () => {
      for (const connection of this.#connections.values()) connection.resume()
    })
    this.outbox = new Outbox(options.sendHighWaterMark ?? 1000)
  }

  get closed(): boolean {
    return this.#isClosed
  }

  /**
   * Connects to an endpoint, `ws://host:port/path` or `wss://`; it need not be bound yet, and a
   * connection that is lost is made again.
   *
   * @throws {SocketError} `EBADF`, `EINVAL`
   */
  connect(endpoint: string): void {
    if (this.#isClosed) throw new SocketError('EBADF')
    if (!/^wss?:\/\/./.test(endpoint)) throw new SocketError('EINVAL')
    if (this.#connections.has(endpoint)) return
    const { routingId = '', reconnectInterval = 100, reconnectMaxInterval = 0 } = this.#options
    const settings = { routingId: bytesOf(routingId), reconnectInterval, reconnectMaxInterval }
    const connection = new Connection(endpoint, settings, {
      ready: (ready) => {
        this.#ready.push(ready)
        this.attached(ready)
        this.flush()
      },
      received: (from, message) => this.received(from, message),
      heard: () => this.flush(),
      lost: (lost) => {
        this.#ready = this.#ready.filter((ready) => ready !== lost)
        this.detached(lost)
      },
      tell: (event) => this.events.tell(event),
    })
    this.#connections.set(endpoint, connection)
  }

  /**
   * Ends a connection; what waits is for others.
   *
   * @throws {SocketError} `EINVAL`: there is none to this endpoint
   */
  disconnect(endpoint: string): void {
    const connection = this.#connections.get(endpoint)
    if (connection === undefined) throw new SocketError('EINVAL')
    this.#connections.delete(endpoint)
    connection.close()
  }

  /** Closes the socket: what was sent goes first, as long as the page lives; calls that wait fail. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.inbox.close()
    this.outbox.close()
    this.flush()
  }

  /** @internal Messages may be given to a connection. */
  protected attached(_connection: Connection): void {
    // Most types need not know.
  }

  /** @internal */
  protected detached(_connection: Connection): void {
    // Most types need not know.
  }

  /** @internal @returns whether there is room for more */
  protected received(_connection: Connection, message: Message): boolean {
    if (!this.#isClosed) this.inbox.add(message)
    return !this.inbox.isFull
  }

  /** @internal Those that messages may be given to. */
  protected get ready(): readonly Connection[] {
    return this.#ready
  }

  /** @internal Gives what waits to the connections in turn, as far as they have room. */
  protected flush(): void {
    clearTimeout(this.#check)
    while (!this.outbox.isEmpty) {
      const at = this.#ready.findIndex(({ hasRoom }) => hasRoom)
      if (at < 0) break
      const [connection] = this.#ready.splice(at, 1)
      this.#ready.push(connection!)
      this.dispatch(connection!, this.outbox.take()!)
    }
    if (!this.outbox.isEmpty) {
      if (!this.#ready.some(({ isSilent }) => isSilent)) return
      this.#check = setTimeout(() => this.flush(), UNSENT_CHECK_MS)
    } else if (this.#isClosed) {
      for (const connection of this.#connections.values()) connection.close()
    }
  }

  /** @internal */
  protected dispatch(connection: Connection, message: Message): void {
    connection.send(message)
  }

  /** @internal */
  protected async enqueue(message: MessageLike): Promise<void> {
    await this.outbox.add(messageOf(message), this.sendTimeout)
    this.flush()
  }
}

/** A socket that receives. */
export abstract class Receiver extends Socket {
  /**
   * The next message.
   *
   * @throws {SocketError} `EAGAIN`, `EBADF`, `EBUSY`
   */
  async receive(): Promise<Message> {
    return this.inbox.take(this.receiveTimeout)
  }

  /** Message by message, until the socket is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void> {
    while (!this.closed) {
      try {
        yield await this.receive()
      } catch (error) {
        if (this.closed && error instanceof SocketError && error.code === 'EBADF') return
        throw error
      }
    }
  }
}

/** A socket that sends to its peers in turn. */
export abstract class Sender extends Socket {
  /**
   * Sends a message; it waits here while there is no connection with room.
   *
   * @throws {SocketError} `EAGAIN`, `EBADF`, `EBUSY`
   */
  async send(message: MessageLike): Promise<void> {
    await this.enqueue(message)
  }
}

/** A socket that sends to its peers in turn, and receives from all. */
export abstract class BothWays extends Receiver {
  /** As `Sender.send`. */
  async send(message: MessageLike): Promise<void> {
    await this.enqueue(message)
  }
}
