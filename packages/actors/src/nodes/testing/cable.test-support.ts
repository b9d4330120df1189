import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What joins two nodes over tcp, and can be cut, or hold up what goes through it. */
export class Cable {
  readonly endpoint: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #target: { port: number }
  #isCut = false
  #isHeld = false

  private constructor(server: Server, target: { port: number }) {
    this.#server = server
    this.#target = target
    this.endpoint = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`
    server.on('connection', (socket) => this.#join(socket))
  }

  /** @param endpoint where what comes goes on to */
  static async to(endpoint: string): Promise<Cable> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Cable(server, { port: portOf(endpoint) })
  }

  /** Ends all connections; new ones end at once until `mend`. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** @param endpoint where it leads to now, if not to the same */
  mend(endpoint?: string): void {
    if (endpoint !== undefined) this.#target.port = portOf(endpoint)
    this.#isCut = false
  }

  /** Nothing gets through any more, over later connections neither, and nobody is told. */
  hold(): void {
    this.#isHeld = true
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data')
      socket.pause()
    }
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(socket: Socket): void {
    if (this.#isCut) {
      socket.destroy()
      return
    }
    if (this.#isHeld) {
      this.#sockets.add(socket)
      // However it ends, there is no other side to be told.
      socket.on('error', () => this.#sockets.delete(socket))
      return
    }
    const other = connect(this.#target.port, '127.0.0.1')
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (bytes: Buffer) => to.write(bytes))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}

const portOf = (endpoint: string): number => Number(/:(\d+)$/.exec(endpoint)![1])
