import { once } from 'node:events'
import net, { type Socket } from 'node:net'

/** A key of 16 bytes, and a mask that changes nothing. */
const KEY = 'x3JJHMbDL1EzLkh9GBhXDw=='
const MASK = Buffer.alloc(4)

export interface BareOptions {
  readonly subprotocol?: string
  /** Of a page. */
  readonly origin?: string
  /** Lines of the request, in the place of the usual ones. */
  readonly request?: string
}

/** Bytes as they lie in a frame from a client, of up to 125 bytes. */
export const frameOf = (first: number, payload: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(payload as Uint8Array)
  return Buffer.concat([Buffer.of(first, 0x80 | bytes.length), MASK, bytes])
}

/** READY of a type, as a message of ZWS. */
export function readyOf(type: string): Buffer {
  const name = Buffer.from('\u0005READY\u000bSocket-Type')
  const length = Buffer.of(0, 0, 0, type.length)
  return frameOf(0x82, Buffer.concat([Buffer.of(2), name, length, Buffer.from(type)]))
}

/** A client that is upgraded to a WebSocket, and then sends whatever bytes it is told to. */
export class BareWebSocket {
  readonly stream: Socket
  #received = Buffer.alloc(0)
  readonly #waiting = new Set<() => void>()
  /** Resolves when there is no connection any more. */
  readonly closed: Promise<void>

  private constructor(stream: Socket) {
    this.stream = stream
    // Whatever it is, its end follows.
    stream.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        resolve()
        this.#look()
      })
    })
    stream.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#look()
    })
  }

  /** Connects, and asks; what is answered is still to be read. */
  static async ask(endpoint: string, options: BareOptions = {}): Promise<BareWebSocket> {
    const { hostname, port, pathname } = new URL(endpoint)
    const stream = net.connect(Number(port), hostname)
    await once(stream, 'connect')
    const bare = new BareWebSocket(stream)
    const { subprotocol = 'ZWS2.0/NULL', origin, request } = options
    const usual = [
      `GET ${pathname} HTTP/1.1`,
      'Host: here',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${KEY}`,
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Protocol: ${subprotocol}`,
      ...(origin === undefined ? [] : [`Origin: ${origin}`]),
    ].join('\r\n')
    stream.write(`${request ?? usual}\r\n\r\n`)
    return bare
  }

  /** As `ask`, and the answer is read: the connection is upgraded. */
  static async open(endpoint: string, options: BareOptions = {}): Promise<BareWebSocket> {
    const bare = await BareWebSocket.ask(endpoint, options)
    const head = await bare.head()
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(head)
    return bare
  }

  /** The head of the answer. */
  async head(): Promise<string> {
    await this.#until(() => this.#received.includes('\r\n\r\n'))
    const end = this.#received.indexOf('\r\n\r\n') + 4
    return String(this.#take(end))
  }

  /** The next frame, of up to 125 bytes: its first byte and its payload. */
  async frame(): Promise<{ first: number; payload: Buffer }> {
    await this.#until(() => this.#received.length >= 2)
    await this.#until(() => this.#received.length >= 2 + this.#received[1]!)
    const [first] = this.#received
    const frame = this.#take(2 + this.#received[1]!)
    return { first: first!, payload: frame.subarray(2) }
  }

  write(...chunks: readonly Uint8Array[]): void {
    this.stream.write(Buffer.concat(chunks))
  }

  close(): void {
    this.stream.destroy()
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return taken
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.stream.closed) throw new Error('the connection has ended')
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #look(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
