import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Below the ports that the system gives to those who connect, lest one of them takes a free one. */
const ports = { first: 10_000, blocks: 31, perBlock: 700 } as const

/** @returns undefined when somebody listens there */
async function listenerAt(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
  return server.unref()
}

/**
 * Endpoints that nobody listens at, and that no other process gets from here: all are of one block of
 * ports, whose first port is held for as long as this process uses the others. Each of those is held as
 * well until it is asked for, against whoever knows of no blocks.
 */
export class FreePorts {
  readonly #key: Server
  readonly #end: number
  #next: number
  readonly #holders: Server[] = []

  private constructor(key: Server, first: number) {
    this.#key = key
    this.#next = first + 1
    this.#end = first + ports.perBlock
  }

  /** @param count how many to hold */
  static async hold(count: number): Promise<FreePorts> {
    const free = await FreePorts.#ofBlock()
    for (let held = 0; held < count; held++) await free.#holdNext()
    return free
  }

  static async #ofBlock(): Promise<FreePorts> {
    const begin = Math.floor(Math.random() * ports.blocks)
    for (let n = 0; n < ports.blocks; n++) {
      const first = ports.first + ((begin + n) % ports.blocks) * ports.perBlock
      const key = await listenerAt(first)
      if (key !== undefined) return new FreePorts(key, first)
    }
    throw new Error('all blocks of ports are in use')
  }

  async #holdNext(): Promise<void> {
    for (;;) {
      if (this.#next >= this.#end) throw new Error('there are no more ports in the block')
      const holder = await listenerAt(this.#next++)
      if (holder === undefined) continue
      this.#holders.push(holder)
      return
    }
  }

  endpoint(scheme = 'tcp'): string {
    const server = this.#holders.pop()
    if (server === undefined) throw new Error('there are no more ports held')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('it does not listen')
    // The port is free when this returns; only the event comes later.
    server.close()
    return `${scheme}://127.0.0.1:${address.port}`
  }

  /** One more than were held. */
  async another(scheme: string): Promise<string> {
    await this.#holdNext()
    return this.endpoint(scheme)
  }

  release(): void {
    for (const server of this.#holders.splice(0)) server.close()
    this.#key.close()
  }
}

/** Those of `freeTcpEndpoint`, for as long as this process lives. */
let singles: Promise<FreePorts> | undefined

/** An endpoint over tcp, or what goes through it, that nobody listens at. */
export async function freeTcpEndpoint(scheme = 'tcp'): Promise<string> {
  singles ??= FreePorts.hold(0)
  return (await singles).another(scheme)
}

/** A port that nobody has, of tcp and, as far as this machine's tests go, of udp. */
export async function freePort(): Promise<number> {
  return Number(new URL(await freeTcpEndpoint()).port)
}

/** Endpoints that nobody listens at: paths in a folder of their own. */
export class FreePaths {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ringpost-test-'))
  #paths = 0

  endpoint(): string {
    return `ipc://${this.#folder}/${++this.#paths}`
  }

  release(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
