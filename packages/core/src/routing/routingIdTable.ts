/** What the table needs of a pipe. */
export interface NamedPipe {
  /** What the socket calls the peer at the other end. */
  routingId: Buffer | undefined
}

const INVENTED_BYTES = 5

/** The peers of a socket by the routing ids that it knows them by. */
export class RoutingIdTable<P extends NamedPipe> {
  readonly #pipes = new Map<number | string, P>()
  #lastInvented = Math.floor(Math.random() * 2 ** 32)

  find(routingId: Uint8Array): P | undefined {
    return this.#pipes.get(keyOf(routingId))
  }

  /** Whether the pipe is the one that its routing id leads to. */
  has(pipe: P): boolean {
    return pipe.routingId !== undefined && this.find(pipe.routingId) === pipe
  }

  values(): IterableIterator<P> {
    return this.#pipes.values()
  }

  /** Gives the pipe a name, and takes that away from the pipe that had it. */
  add(pipe: P, routingId: Buffer): void {
    pipe.routingId = routingId
    this.#pipes.set(keyOf(routingId), pipe)
  }

  /** False when the pipe had no name here. */
  remove(pipe: P): boolean {
    return this.has(pipe) && this.#pipes.delete(keyOf(pipe.routingId!))
  }

  /** A name that nobody has, for a peer that brings none: a zero byte and four more. */
  invent(): Buffer {
    const routingId = Buffer.alloc(INVENTED_BYTES)
    do {
      this.#lastInvented = (this.#lastInvented + 1) >>> 0
      routingId.writeUInt32BE(this.#lastInvented, 1)
    } while (this.#pipes.has(keyOf(routingId)))
    return routingId
  }
}

/** Numbers for the names that were invented, which are looked up more quickly than texts. */
function keyOf(id: Uint8Array): number | string {
  if (id.length === INVENTED_BYTES && id[0] === 0) {
    return (id[1]! << 24) | (id[2]! << 16) | (id[3]! << 8) | id[4]!
  }
  const bytes = Buffer.isBuffer(id) ? id : Buffer.from(id.buffer, id.byteOffset, id.byteLength)
  return bytes.toString('latin1')
}
