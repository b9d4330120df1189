import type { Endpoint } from '../endpoint.ts'
import { SocketError } from '../errors.ts'
import type { Dialer, Listener, Site, Transport } from '../transport/transport.ts'

/** A socket's endpoints in other processes: who listens and who dials for it. */
export class Remotes {
  readonly #listeners = new Map<string, Listener>()
  readonly #dialers = new Map<string, Dialer[]>()

  /** Whether there are any. */
  get hasAny(): boolean {
    return this.#listeners.size > 0 || this.#dialers.size > 0
  }

  /** Where it is listened at. */
  get bound(): readonly string[] {
    return [...this.#listeners.keys()]
  }

  /** Where it is listened at now. */
  async bind(transport: Transport, endpoint: Endpoint, site: Site): Promise<string> {
    return this.#listening(await transport.bind(endpoint, site))
  }

  bindSync(transport: Transport, endpoint: Endpoint, site: Site): string {
    return this.#listening(transport.bindSync(endpoint, site))
  }

  #listening(listener: Listener): string {
    this.#listeners.set(listener.endpoint, listener)
    return listener.endpoint
  }

  /** @throws {SocketError} `ENOENT` */
  unbind(endpoint: string): void | Promise<void> {
    return this.#taken(endpoint).close()
  }

  unbindSync(endpoint: string): void {
    this.#taken(endpoint).closeSync()
  }

  #taken(endpoint: string): Listener {
    const listener =
      this.#listeners.get(endpoint) ??
      [...this.#listeners.values()].find(({ asked }) => asked === endpoint)
    if (listener === undefined) throw new SocketError('ENOENT', { address: endpoint })
    this.#listeners.delete(listener.endpoint)
    return listener
  }

  connected(endpoint: string, dialer: Dialer): void {
    const dialers = this.#dialers.get(endpoint)
    if (dialers === undefined) this.#dialers.set(endpoint, [dialer])
    else dialers.push(dialer)
  }

  /** Gives up all connections to an endpoint; false when there are none. */
  disconnect(endpoint: string): boolean {
    const dialers = this.#dialers.get(endpoint)
    if (dialers === undefined) return false
    this.#dialers.delete(endpoint)
    for (const dialer of dialers) dialer.close()
    return true
  }

  isConnected(endpoint: string): boolean {
    return this.#dialers.has(endpoint)
  }

  close(): void {
    // Nobody waits for it.
    for (const listener of this.#listeners.values()) void listener.close()
    this.#listeners.clear()
    for (const endpoint of this.#dialers.keys()) this.disconnect(endpoint)
  }
}
