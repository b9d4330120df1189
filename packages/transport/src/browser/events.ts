import type { SocketError } from './errors.ts'

/** What happens to the connections of a socket. */
export type SocketEvent =
  | { readonly type: 'connect' | 'handshake' | 'disconnect'; readonly address: string }
  | { readonly type: 'connect:retry'; readonly address: string; readonly interval: number }
  | { readonly type: 'error'; readonly address: string; readonly error: SocketError }

type Listener = (event: SocketEvent) => void

/** Tells listeners what happens to a socket. */
export class Events {
  readonly #listeners = new Map<string, Set<Listener>>()

  on(type: SocketEvent['type'], listener: Listener): void {
    const known = this.#listeners.get(type)
    if (known === undefined) this.#listeners.set(type, new Set([listener]))
    else known.add(listener)
  }

  off(type: SocketEvent['type'], listener: Listener): void {
    this.#listeners.get(type)?.delete(listener)
  }

  /** @internal */
  tell(event: SocketEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event)
  }
}
