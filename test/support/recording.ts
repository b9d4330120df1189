import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** How a way may change what passes. */
export type Change = (chunk: Buffer) => Buffer

const MAJOR_VERSION = 10

/**
 * Says to each side that the other one speaks ZMTP 2.0, and so makes both speak it: they go by the
 * major version in the greeting.
 *
 * @see RFC 37/ZMTP "Version Negotiation", RFC 15/ZMTP
 */
export function asVersionTwo(): Change {
  let passed = 0
  return (chunk) => {
    const at = MAJOR_VERSION - passed
    if (at >= 0 && at < chunk.length) chunk[at] = 1
    passed += chunk.length
    return chunk
  }
}

const unchanged = (): Change => (chunk) => chunk

/** A way between one client and its server, on which everything that passes is kept. */
export class Recording {
  readonly #server: Server
  readonly #sockets: Socket[] = []
  readonly #fromClient: Buffer[] = []
  readonly #fromServer: Buffer[] = []
  #onBytes = () => {}

  private constructor(target: URL, changing: () => Change) {
    this.#server = createServer((client) => {
      const server = connect(Number(target.port), target.hostname)
      this.#pass(client, server, changing(), this.#fromClient)
      this.#pass(server, client, changing(), this.#fromServer)
    })
  }

  /**
   * @param target the endpoint where the server listens
   * @param changing makes what changes one direction
   */
  static async start(target: string, changing = unchanged): Promise<Recording> {
    const recording = new Recording(new URL(target), changing)
    recording.#server.listen(0, '127.0.0.1')
    await once(recording.#server, 'listening')
    return recording
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get fromClient(): Buffer {
    return Buffer.concat(this.#fromClient)
  }

  get fromServer(): Buffer {
    return Buffer.concat(this.#fromServer)
  }

  /** Waits until enough has passed. */
  async until(isEnough: (recording: Recording) => boolean): Promise<void> {
    while (!isEnough(this)) {
      await new Promise<void>((resolve) => {
        this.#onBytes = resolve
      })
    }
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(from: Socket, to: Socket, change: Change, kept: Buffer[]): void {
    this.#sockets.push(from)
    from.on('data', (chunk) => {
      const changed = change(chunk)
      kept.push(changed)
      to.write(changed)
      this.#onBytes()
    })
    from.on('end', () => to.end())
    // The peer closes while the other one sends, as it may.
    from.on('error', () => to.destroy())
  }
}
