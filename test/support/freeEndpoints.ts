import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Below the ports that the system gives to those who connect, lest one of them takes a free one. */
const ports = { first: 10_000, end: 32_000 } as const

/**
 * Endpoints that nobody listens at: ports of this machine, each held by a listener of its own until
 * it is asked for, so that no other process takes it.
 */
export class FreePorts {
  readonly #holders: Server[] = []

  /** @param count how many to hold */
  static async hold(count: number): Promise<FreePorts> {
    const free = new FreePorts()
    let port = ports.first + Math.floor(Math.random() * (ports.end - ports.first))
    while (free.#holders.length < count) {
      port = port + 1 < ports.end ? port + 1 : ports.first
      const server = createServer().listen(port, '127.0.0.1')
      const holds = await Promise.race([
        once(server, 'listening').then(() => true),
        once(server, 'error').then(() => false),
      ])
      if (holds) free.#holders.push(server.unref())
    }
    return free
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

  release(): void {
    for (const server of this.#holders.splice(0)) server.close()
  }
}

/** An endpoint over tcp, or what goes through it, that nobody listens at. */
export async function freeTcpEndpoint(scheme = 'tcp'): Promise<string> {
  const ports = await FreePorts.hold(1)
  return ports.endpoint(scheme)
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
