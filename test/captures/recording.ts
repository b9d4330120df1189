import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way between one client and its server, on which everything that passes is kept. */
export class Recording {
  readonly #server: Server
  readonly #sockets: Socket[] = []
  readonly #fromClient: Buffer[] = []
  readonly #fromServer: Buffer[] = []
  #onBytes = () => {}

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const server = connect(targetPort, '127.0.0.1')
      this.#pass(client, server, this.#fromClient)
      this.#pass(server, client, this.#fromServer)
    })
  }

  /** @param targetPort where the server listens */
  static async start(targetPort: number): Promise<Recording> {
    const recording = new Recording(targetPort)
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

  #pass(from: Socket, to: Socket, kept: Buffer[]): void {
    this.#sockets.push(from)
    from.on('data', (chunk) => {
      kept.push(chunk)
      to.write(chunk)
      this.#onBytes()
    })
    from.on('end', () => to.end())
    // The peer closes while the other one sends, as it may.
    from.on('error', () => to.destroy())
  }
}
