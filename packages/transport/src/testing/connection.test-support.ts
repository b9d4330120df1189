import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { WireError } from '../errors.ts'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import type { Peer, Self } from '../mechanism/peer.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { GreetingExchange, requireMechanism } from '../wire/greeting.ts'

/** How one side of a connection is made. */
export interface Role {
  readonly self: Self
  readonly mechanism: 'NULL' | 'PLAIN' | 'CURVE'
  readonly asServer: boolean
  make(events: HandshakeEvents): Mechanism
}

/**
 * The pieces of the wire put together over a real socket, with nothing that an engine has beside
 * them: no pipes, no timers, no heartbeats.
 */
export class Connection implements HandshakeEvents {
  readonly #socket: Socket
  readonly #role: Role
  readonly #greeting: GreetingExchange
  readonly #encoder = new FrameEncoder()
  readonly #decoder = new FrameDecoder()
  #mechanism: Mechanism | undefined
  #isTraffic = false
  readonly #messages = new Inbox<Buffer[]>()
  /** Bodies of commands after the handshake. */
  readonly #commands = new Inbox<Buffer>()
  readonly peer: Promise<Peer>
  #resolve!: (peer: Peer) => void
  #reject!: (error: Error) => void

  constructor(socket: Socket, role: Role) {
    this.#socket = socket
    this.#role = role
    const { self, mechanism, asServer } = role
    this.#greeting = new GreetingExchange({ ...self, mechanism, asServer, acceptVersion2: false })
    this.peer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    socket.write(this.#greeting.open())
    socket.on('data', (chunk) => this.#attempt(() => this.#take(chunk)))
    socket.on('error', (error) => this.#reject(error))
    socket.on('close', () => this.#reject(new Error('the peer has closed')))
  }

  static async to(port: number, role: Role): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Connection(socket, role)
  }

  sendMessage(message: readonly Uint8Array[]): void {
    this.#encoder.addMessage(message)
    this.#flush()
  }

  /** A command, of the mechanism or of traffic. */
  send(body: Buffer): void {
    this.#encoder.addCommand(body)
    this.#flush()
  }

  async receive(): Promise<Buffer[]> {
    return this.#messages.next()
  }

  async receiveCommand(): Promise<Buffer> {
    return this.#commands.next()
  }

  close(): void {
    this.#mechanism?.close()
    this.#socket.destroy()
  }

  ready(peer: Peer): void {
    this.#encoder.startTraffic(peer.cipher)
    this.#decoder.startTraffic({ cipher: peer.cipher })
    this.#isTraffic = true
    this.#resolve(peer)
  }

  failed(error: Error): void {
    this.#reject(error)
    this.#socket.end()
  }

  #attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.failed(error)
    }
  }

  #take(chunk: Buffer): void {
    if (this.#mechanism !== undefined) {
      this.#decoder.push(chunk)
      this.#read()
      return
    }
    const { reply, peer, rest } = this.#greeting.receive(chunk)
    if (reply !== undefined) this.#socket.write(reply)
    if (peer === undefined) return
    if (peer.version === '2.0') throw new Error('a peer of ZMTP 2.0')
    requireMechanism(this.#role.mechanism, peer.mechanism)
    this.#mechanism = this.#role.make(this)
    this.#mechanism.start()
    this.#decoder.push(rest)
    this.#read()
  }

  #read(): void {
    while (!this.#isTraffic) {
      const command = this.#decoder.readCommand()
      if (command === undefined) return
      this.#mechanism!.receive(command)
    }
    for (;;) {
      const messages: Buffer[][] = []
      const count = this.#decoder.read(messages, 100)
      for (const message of messages) this.#messages.add(message)
      const command = this.#decoder.takeCommand()
      if (command !== undefined) this.#commands.add(command)
      else if (count === 0) return
    }
  }

  #flush(): void {
    this.#socket.cork()
    for (const chunk of this.#encoder.take()) this.#socket.write(chunk)
    this.#socket.uncork()
  }
}

/** What has come, for whoever asks for it. */
class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiting: ((item: T) => void)[] = []

  add(item: T): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#items.push(item)
    else waiting(item)
  }

  async next(): Promise<T> {
    return this.#items.shift() ?? new Promise((resolve) => this.#waiting.push(resolve))
  }
}

/** Takes one connection after the other. */
export class Listener {
  readonly #server: Server
  readonly #role: Role
  readonly #connections: Connection[] = []

  private constructor(role: Role) {
    this.#role = role
    this.#server = createServer()
  }

  static async start(role: Role): Promise<Listener> {
    const listener = new Listener(role)
    listener.#server.listen(0, '127.0.0.1')
    await once(listener.#server, 'listening')
    return listener
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async accept(): Promise<Connection> {
    const [socket] = (await once(this.#server, 'connection')) as [Socket]
    const connection = new Connection(socket, this.#role)
    this.#connections.push(connection)
    return connection
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
    this.#server.close()
  }
}
