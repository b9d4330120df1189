import net, { type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/** From who connects to who listens, or back. */
export type Direction = 'forth' | 'back'

/** Where a connection fails: after so many bytes in one direction. */
export interface Cut {
  readonly direction: Direction
  readonly afterBytes: number
  /** It is closed by the book, or by a reset, or nothing passes any more and nobody is told. */
  readonly how: 'close' | 'reset' | 'silence'
}

interface Connection {
  readonly near: Socket
  readonly far: Socket
}

/**
 * A wire that fails: what connects to it is joined to another endpoint, and it cuts connections at
 * the byte it is told to, or falls silent.
 */
export class FaultyLink {
  readonly #server: Server
  readonly #target: { readonly port: number; readonly host: string }
  readonly #nextCut: (connection: number) => Cut | undefined
  readonly #connections = new Set<Connection>()
  readonly #carried: Record<Direction, number>[] = []

  private constructor(target: string, nextCut: (connection: number) => Cut | undefined) {
    const { hostname: host, port } = new URL(target)
    this.#target = { host, port: Number(port) }
    this.#nextCut = nextCut
    this.#server = net.createServer({ allowHalfOpen: true }, (near) => this.#join(near))
  }

  /**
   * @param target to where it leads: `tcp://host:port`
   * @param nextCut where the connection of this number, from 0 on, is cut; undefined for nowhere
   */
  static async open(
    target: string,
    nextCut: (connection: number) => Cut | undefined = () => undefined,
  ): Promise<FaultyLink> {
    const link = new FaultyLink(target, nextCut)
    await once(link.#server.listen(0, '127.0.0.1'), 'listening')
    return link
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** How many connections there have been. */
  get connections(): number {
    return this.#carried.length
  }

  /** Bytes that a connection has carried. */
  carried(connection: number): Readonly<Record<Direction, number>> {
    return this.#carried[connection]!
  }

  /** Cuts every connection there is. */
  cutAll(): void {
    for (const connection of this.#connections) fail(connection, 'reset')
  }

  close(): void {
    this.#server.close()
    this.cutAll()
  }

  #join(near: Socket): void {
    const cut = this.#nextCut(this.#carried.length)
    const carried = { forth: 0, back: 0 }
    this.#carried.push(carried)
    const far = net.connect({ ...this.#target, allowHalfOpen: true })
    const connection = { near, far }
    this.#connections.add(connection)
    const over = (): void => {
      this.#connections.delete(connection)
      fail(connection, 'close')
    }
    for (const side of [near, far]) {
      side.setNoDelay(true)
      // Its end follows.
      side.on('error', () => undefined)
      side.on('close', over)
    }
    this.#carry(connection, 'forth', carried, cut)
    this.#carry(connection, 'back', carried, cut)
    if (cut?.afterBytes === 0) fail(connection, cut.how)
  }

  #carry(
    connection: Connection,
    direction: Direction,
    carried: Record<Direction, number>,
    cut: Cut | undefined,
  ): void {
    const { near, far } = connection
    const [from, to] = direction === 'forth' ? [near, far] : [far, near]
    const end = cut?.direction === direction ? cut.afterBytes : Infinity
    from.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, end - carried[direction])
      carried[direction] += part.length
      if (carried[direction] === end) {
        if (part.length > 0) to.write(part, () => fail(connection, cut!.how))
      } else if (!to.write(part)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    from.on('end', () => to.end())
  }
}

function fail({ near, far }: Connection, how: Cut['how']): void {
  for (const side of [near, far]) {
    if (how === 'close') side.destroy()
    else if (how === 'reset') side.resetAndDestroy()
    else side.removeAllListeners('drain').pause()
  }
}
