import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { ByteReader } from './byteReader.ts'

/** A peer that is no library: it says what it is told to, byte by byte. */
export class RawPeer {
  readonly #stream: net.Socket
  readonly #received: ByteReader

  constructor(stream: net.Socket) {
    this.#stream = stream
    this.#received = new ByteReader(stream)
    // What becomes of it is seen by whoever reads.
    stream.on('error', () => undefined)
  }

  /** @param endpoint `tcp://host:port` */
  static async connect(endpoint: string): Promise<RawPeer> {
    const { hostname, port } = new URL(endpoint)
    const stream = net.connect(Number(port), hostname)
    await once(stream, 'connect')
    return new RawPeer(stream)
  }

  say(bytes: Buffer): void {
    this.#stream.write(bytes)
  }

  /** The next bytes, so many of them; undefined when it is over before, or cut off. */
  async hear(count: number): Promise<Buffer | undefined> {
    try {
      return await this.#received.take(count)
    } catch (error) {
      // So it ends if the other side has closed with something unread.
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return undefined
      throw error
    }
  }

  close(): void {
    this.#stream.destroy()
  }
}

/** Where sockets connect to a `RawPeer`. */
export class RawListener {
  readonly #server = net.createServer()

  static async start(): Promise<RawListener> {
    const listener = new RawListener()
    listener.#server.listen(0, '127.0.0.1')
    await once(listener.#server, 'listening')
    return listener
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The next one that connects from now on. */
  async accept(): Promise<RawPeer> {
    const [stream] = (await once(this.#server, 'connection')) as [net.Socket]
    return new RawPeer(stream)
  }

  close(): void {
    this.#server.close()
  }
}
