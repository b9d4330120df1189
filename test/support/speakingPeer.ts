import { once } from 'node:events'
import net from 'node:net'

const flag = { more: 1, long: 2, command: 4 } as const
const LONGEST_SHORT = 255

/** Of version 3.1 with NULL. @see RFC 37/ZMTP */
export const greeting = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]),
  Buffer.from('NULL'.padEnd(20, '\0')),
  Buffer.alloc(32),
])

/** The first bytes of a frame. */
export function headerOf(flags: number, length: number): Buffer {
  if (length <= LONGEST_SHORT) return Buffer.of(flags, length)
  const header = Buffer.alloc(9)
  header[0] = flags | flag.long
  header.writeBigUInt64BE(BigInt(length), 1)
  return header
}

const frame = (flags: number, body: Uint8Array): Buffer =>
  Buffer.concat([headerOf(flags, body.length), body])

export const command = (name: string, data: string | Uint8Array = ''): Buffer =>
  frame(
    flag.command,
    Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.from(data as string)]),
  )

export const message = (...frames: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(
    frames.map((body, index) =>
      frame(index < frames.length - 1 ? flag.more : 0, Buffer.from(body as string)),
    ),
  )

/** A property as READY has it. */
export function property(name: string, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), length, bytes])
}

export const ready = (socketType: string, ...properties: Uint8Array[]): Buffer =>
  command('READY', Buffer.concat([property('Socket-Type', socketType), ...properties]))

/** A peer that speaks ZMTP by hand over TCP, and may say what no library would. */
export class SpeakingPeer {
  readonly stream: net.Socket
  readonly #closed: Promise<unknown>
  #received = Buffer.alloc(0)

  private constructor(stream: net.Socket) {
    this.stream = stream
    // That it is cut off is what tests wait for.
    stream.on('error', () => undefined)
    this.#closed = new Promise((resolve) => stream.once('close', resolve))
  }

  static async to(endpoint: string): Promise<SpeakingPeer> {
    const { hostname, port } = new URL(endpoint)
    const stream = net.connect(Number(port), hostname)
    await once(stream, 'connect')
    return new SpeakingPeer(stream)
  }

  /** One that has said who it is. */
  static async of(socketType: string, endpoint: string): Promise<SpeakingPeer> {
    const peer = await SpeakingPeer.to(endpoint)
    await peer.write(greeting, ready(socketType))
    return peer
  }

  /** Resolves when it is cut off; what still comes is thrown away. */
  get closed(): Promise<unknown> {
    this.stream.resume()
    return this.#closed
  }

  /** Resolves when there is room for more; or when it is cut off. */
  async write(...bytes: Uint8Array[]): Promise<void> {
    this.stream.cork()
    let hasRoom = true
    for (const each of bytes) hasRoom = this.stream.write(each)
    this.stream.uncork()
    if (hasRoom || this.stream.destroyed) return
    await Promise.race([new Promise((resolve) => this.stream.once('drain', resolve)), this.#closed])
  }

  /** Reads until this has come. */
  async until(text: string): Promise<void> {
    while (!this.#received.includes(text)) {
      const chunk = this.stream.read() as Buffer | null
      if (chunk === null) await once(this.stream, 'readable')
      else this.#received = Buffer.concat([this.#received, chunk]).subarray(-100_000)
    }
  }

  close(): void {
    this.stream.destroy()
  }
}
