import type { Site } from '@ringpost/core/internal'

/** What is run for a socket at one endpoint: it listens, or it dials. */
export interface Running {
  /** Where others connect to, wildcards resolved; or what is dialled. */
  readonly endpoint: string
  /**
   * A listener takes no more connections, and those that were made stay; a dialer is not wanted any
   * more, and what is in its pipe is still sent. The socket has closed its pipes before.
   *
   * @param lingerMs how long what was not sent may linger; -1 for ever
   */
  close(lingerMs: number): void
  /** The socket is closed, and this as well: who has not said who it is need not be waited for. */
  abandon(): void
  /** Resolves when it was closed and its last connection has ended. */
  readonly done: Promise<void>
}

/** How an address of one scheme is served, in whichever thread that is to be. */
export interface Carrier {
  /** As the transport says it. */
  readonly isConnectionless?: boolean
  /**
   * The address to listen at where it has a name to be looked up, with what is found in its place; undefined
   * where there is nothing to look up. Only who does not block can wait for it.
   *
   * Rejects with SocketError `ENODEV`.
   *
   * @throws {SocketError} `EINVAL`
   */
  lookUp?(address: string, site: Site): Promise<string> | undefined
  /** @throws {SocketError} `EINVAL`, `EADDRINUSE`, `EADDRNOTAVAIL`, `ENODEV`, `EACCES` … */
  listen(address: string, site: Site): Running
  /** @throws {SocketError} as `dial`: the caller is to know before anything is begun elsewhere */
  check(address: string, site: Site): void
  /**
   * @param pipeName the inproc name at which the socket's pipe waits to be attached; undefined when
   *   there is to be a pipe only while there is a connection (`immediate`)
   * @throws {SocketError} `EINVAL`: no such address can be connected to, or not with these options
   */
  dial(address: string, site: Site, pipeName: string | undefined): Running
}
