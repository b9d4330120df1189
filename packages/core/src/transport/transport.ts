import type { Context } from '../context/context.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Inproc } from '../inproc/inproc.ts'
import type { SocketEvent } from '../socket/observer.ts'
import type { SocketSettings } from '../socket/settings.ts'
import type { Thread } from '../thread/thread.ts'

/** What a transport may know of a socket that binds or connects, and do for it: one for each socket. */
export interface Site {
  readonly context: Context
  readonly thread: Thread
  readonly inproc: Inproc
  /** The socket's, as they are now: what later changes is for later calls. */
  readonly options: SocketSettings
  /** The inproc name by which the socket takes up a pipe for each connection that others have made. */
  readonly name: string
  /** Whether a new message is to take the place of one that was not received. */
  readonly isConflating: boolean
  tell(event: SocketEvent): void
  /** To be done when the socket is closed, after its pipes and endpoints are. */
  whenClosed(act: () => void): void
  /**
   * Settles as what a bind waits for; rejects before that with SocketError `EAGAIN`: the socket is to close, or
   * `ETERM`: its context was shut down.
   */
  unlessEnding<T>(waiting: Promise<T>): Promise<T>
  /** I/O is done in the event loop of the socket's own thread, so that it cannot block to wait for it. */
  servedHere(): void
}

/** An endpoint that is listened at. */
export interface Listener {
  /** Where others connect to: wildcards are resolved. */
  readonly endpoint: string
  /** What was to be bound, if there was no wildcard in it: `unbind` takes it as well. */
  readonly asked?: string
  /** Takes no more connections, from when it has resolved on. Those that were made stay. */
  close(): void | Promise<void>
  /** As `close`, at once. */
  closeSync(): void
}

/** A connection that is made, and made again whenever it is lost, until it is closed. */
export interface Dialer {
  /** The connection is not wanted any more; what is in its pipe is still sent, as linger says. */
  close(): void
}

/**
 * What carries messages to other processes: it makes connections, and a pipe to the socket for each.
 *
 * At its end of a pipe a transport stands for the peer: to the socket it is another inproc socket.
 */
export interface Transport {
  readonly schemes: readonly string[]
  /**
   * Nobody says that he is there, or what he wants: who connects has a pipe at once, whatever
   * `immediate` says, and all that is sent is for it.
   */
  readonly isConnectionless?: boolean
  /** Rejects with SocketError: `EINVAL`, `EADDRINUSE`, `EADDRNOTAVAIL`, `ENODEV`, `EACCES` … */
  bind(endpoint: Endpoint, site: Site): Promise<Listener>
  /** @throws {SocketError} as `bind` rejects */
  bindSync(endpoint: Endpoint, site: Site): Listener
  /**
   * @param pipeName the inproc name at which the socket's pipe waits to be attached; undefined when
   *   there is to be a pipe only while there is a connection (`immediate`)
   * @throws {SocketError} `EINVAL`: no such address can be connected to
   */
  connect(endpoint: Endpoint, site: Site, pipeName: string | undefined): Dialer
}

const transports = new Map<string, Transport>()

/** Makes a transport known to all sockets of this thread. */
export function registerTransport(transport: Transport): void {
  for (const scheme of transport.schemes) transports.set(scheme, transport)
}

export const transportOf = (scheme: string): Transport | undefined => transports.get(scheme)
