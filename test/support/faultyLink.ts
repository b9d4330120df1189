import net, { type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/** From who connects to who listens, or back. */
export type Direction = 'forth' | 'back'

/** Where a connection fails: after so many bytes in one direction. */
export interface Cut {
  readonly direction: Direction
  readonly afterBytes: number
  /**
   * It is closed by the book, or by a reset, which there is not between paths, or nothing passes any more
   * and nobody is told.
   */
  readonly how: 'close' | 'reset' | 'silence'
}

interface Connection {
  readonly near: Socket
  readonly far: Socket
}

let links = 0

/**
 * A wire that fails: what connects to it is joined to another endpoint, and it cuts connections at
 * the byte it is told to, or falls silent.
 */
export class FaultyLink {
  readonly #server: Server
  readonly #target: NetConnectOpts
  /** Where it listens, if that is no port: beside the target. */
  readonly #path: string | undefined
  readonly #scheme: string
  readonly #nextCut: (connection: number) => Cut | undefined
  readonly #connections = new Set<Connection>()
  readonly #carried: Record<Direction, number>[] = []

  private constructor(target: string, nextCut: (connection: number) => Cut | undefined) {
    const { protocol, hostname: host, port, pathname: path } = new URL(target)
    this.#scheme = protocol
    this.#path = protocol === 'ipc:' ? `${path}.link${++links}` : undefined
    const place = protocol === 'ipc:' ? { path } : { host, port: Number(port) }
    this.#target = { ...place, allowHalfOpen: true }
    this.#nextCut = nextCut
    this.#server = net.createServer({ allowHalfOpen: true }, (near) => this.#join(near))
  }

  /**
   * @param target to where it leads: `tcp://host:port`, `ws://host:port`, `ipc:///path`
   * @param nextCut where the connection of this number, from 0 on, is cut; undefined for nowhere
   */
  static async open(
    target: string,
    nextCut: (connection: number) => Cut | undefined = () => undefined,
  ): Promise<FaultyLink> {
    const link = new FaultyLink(target, nextCut)
    const place = link.#path === undefined ? { port: 0, host: '127.0.0.1' } : { path: link.#path }
    await once(link.#server.listen(place), 'listening')
    return link
  }

  get endpoint(): string {
    if (this.#path !== undefined) return `ipc://${this.#path}`
    return `${this.#scheme}//127.0.0.1:${(this.#server.address() as AddressInfo).port}`
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
    for (const connection of this.#connections) this.#fail(connection, 'reset')
  }

  close(): void {
    this.#server.close()
    this.cutAll()
  }

  #join(near: Socket): void {
    const cut = this.#nextCut(this.#carried.length)
    const carried = { forth: 0, back: 0 }
    this.#carried.push(carried)
    const far = net.connect(this.#target)
    const connection = { near, far }
    this.#connections.add(connection)
    const over = (): void => {
      this.#connections.delete(connection)
      this.#fail(connection, 'close')
    }
    for (const side of [near, far]) {
      // Without effect on a path.
      side.setNoDelay(true)
      // Its end follows.
      side.on('error', () => undefined)
      side.on('close', over)
    }
    this.#carry(connection, 'forth', carried, cut)
    this.#carry(connection, 'back', carried, cut)
    if (cut?.afterBytes === 0) this.#fail(connection, cut.how)
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
        if (part.length > 0) to.write(part, () => this.#fail(connection, cut!.how))
      } else if (!to.write(part)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    from.on('end', () => to.end())
  }

  #fail({ near, far }: Connection, how: Cut['how']): void {
    for (const side of [near, far]) {
      if (how === 'close' || (how === 'reset' && this.#path !== undefined)) side.destroy()
      else if (how === 'reset') side.resetAndDestroy()
      else side.removeAllListeners('drain').pause()
    }
  }
}
