import { SocketError } from './errors.ts'
import type { SocketEvent } from './events.ts'
import { openWebSocket, type WebSocketLike } from './platform.ts'
import { Receipts } from './receipts.ts'
import { flag, type Message, prefixed } from './zws.ts'

/** So much the platform may hold unsent before more waits in the socket. */
const MOST_UNSENT_BYTES = 1_048_576
/** Of one message. */
const MOST_FRAMES = 65_536
/** Close codes an application may give. @see RFC 6455 section 7.4.2 */
const closeCode = { normal: 1000, protocolError: 4002, tooMany: 4008 } as const

export interface ConnectionSettings {
  readonly routingId: Uint8Array
  readonly reconnectInterval: number
  readonly reconnectMaxInterval: number
}

export interface ConnectionEvents {
  /** Messages may flow. */
  ready(connection: Connection): void
  /** @returns false when there is no room for more: the connection is given up until `resume` */
  received(connection: Connection, message: Message): boolean
  /** Something has come: there may be room for what waits to be sent. */
  heard(): void
  /** Messages may flow no more. */
  lost(connection: Connection): void
  tell(event: SocketEvent): void
}

/** A connection to one endpoint, made again and again. */
export class Connection {
  readonly endpoint: string
  readonly #settings: ConnectionSettings
  readonly #events: ConnectionEvents
  #stream: WebSocketLike | undefined
  #receipts = new Receipts()
  #frames: Message = []
  #isConnected = false
  #isReady = false
  #isClosed = false
  #isResting = false
  #interval: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(endpoint: string, settings: ConnectionSettings, events: ConnectionEvents) {
    this.endpoint = endpoint
    this.#settings = settings
    this.#events = events
    this.#interval = settings.reconnectInterval
    this.#open()
  }

  /** Whether it takes a message now: what either the platform or the peer says is unsent is not more than that. */
  get hasRoom(): boolean {
    if (!this.#isReady) return false
    const { bufferedAmount } = this.#stream!
    return Math.min(bufferedAmount, this.#receipts.openBytes) < MOST_UNSENT_BYTES
  }

  /** Whether it will have room, and nothing will tell when: the peer gives no receipts, and the platform is silent. */
  get isSilent(): boolean {
    return this.#isReady && !this.hasRoom && !this.#receipts.areGiven
  }

  send(message: readonly Uint8Array[]): void {
    const last = message.length - 1
    message.forEach((frame, i) => this.#send(i < last ? flag.more : flag.last, frame))
    this.#ask()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#stream?.close(closeCode.normal)
  }

  /** There is room again. */
  resume(): void {
    if (!this.#isResting) return
    this.#isResting = false
    if (this.#stream === undefined && !this.#isClosed) this.#retry()
  }

  #send(kind: number, body: Uint8Array): void {
    this.#stream!.send(prefixed(kind, body))
    this.#receipts.sent(body.length)
  }

  #ask(): void {
    const question = this.#receipts.question()
    if (question !== undefined) this.#stream!.send(prefixed(flag.command, question))
  }

  #open(): void {
    const stream = openWebSocket(this.endpoint)
    this.#stream = stream
    this.#receipts = new Receipts()
    stream.onopen = () => {
      this.#isConnected = true
      this.#tell('connect')
      this.#send(flag.last, this.#settings.routingId)
    }
    stream.onmessage = ({ data }) => this.#attempt(() => this.#arrived(data))
    // Why there was no connection the platform keeps to itself.
    stream.onclose = () => this.#ended()
  }

  /** Gives the connection up where the peer is at fault: it would be again. */
  #attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      this.#fail(error)
      this.#isClosed = true
      this.#stream?.close(closeCode.protocolError)
    }
  }

  #fail(error: SocketError): void {
    this.#stopReading()
    this.#events.tell({ type: 'error', address: this.endpoint, error })
  }

  #arrived(data: ArrayBuffer | string): void {
    if (typeof data === 'string') throw new SocketError('EPROTO', 'A text')
    const bytes = new Uint8Array(data)
    const kind = bytes[0]
    const body = bytes.subarray(1)
    if (!this.#isReady) {
      if (kind !== flag.last) throw new SocketError('EPROTO', 'The peer gives no routing id')
      this.#ready()
    } else if (kind === flag.more) {
      if (this.#frames.push(body) >= MOST_FRAMES) throw new SocketError('EPROTO', 'Too many frames')
    } else if (kind === flag.last) {
      this.#frames.push(body)
      const message = this.#frames
      this.#frames = []
      if (!this.#events.received(this, message)) this.#rest()
    } else if (kind === flag.command) {
      this.#receipts.read(body)
    } else {
      throw new SocketError('EPROTO', `The flag ${kind}`)
    }
    if (!this.#isReady) return
    this.#receipts.came(body.length)
    this.#ask()
    this.#events.heard()
  }

  #ready(): void {
    this.#isReady = true
    this.#interval = this.#settings.reconnectInterval
    this.#events.ready(this)
    this.#tell('handshake')
  }

  /** The platform cannot be told to wait: what comes would fill the memory. */
  #rest(): void {
    this.#isResting = true
    this.#fail(new SocketError('ENOBUFS'))
    this.#stream!.close(closeCode.tooMany)
  }

  #stopReading(): void {
    if (this.#stream !== undefined) this.#stream.onmessage = null
    if (!this.#isReady) return
    this.#isReady = false
    this.#events.lost(this)
  }

  #ended(): void {
    this.#stopReading()
    this.#stream = undefined
    this.#frames = []
    if (this.#isConnected) this.#tell('disconnect')
    this.#isConnected = false
    if (!this.#isClosed && !this.#isResting) this.#retry()
  }

  /** As other dialers do: see `reconnectInterval`. */
  #retry(): void {
    const { reconnectInterval, reconnectMaxInterval } = this.#settings
    if (reconnectInterval < 0) return
    const doubles = reconnectMaxInterval > reconnectInterval
    const interval = this.#interval + (doubles ? 0 : Math.random() * reconnectInterval)
    if (doubles) this.#interval = Math.min(Math.max(interval, 1) * 2, reconnectMaxInterval)
    this.#events.tell({ type: 'connect:retry', address: this.endpoint, interval })
    this.#timer = setTimeout(() => this.#open(), interval)
  }

  #tell(type: 'connect' | 'handshake' | 'disconnect'): void {
    this.#events.tell({ type, address: this.endpoint })
  }
}
