import type { ConnectOptions, ListenOptions } from './nodeOptions.ts'
import type { Port } from './port.ts'

/** What a node sends through. A message to one of several peers begins with its routing id. */
export type Outlet = Pick<Port, 'offer' | 'await' | 'forget' | 'close'>

/** Takes a message that has come. One from one of several peers begins with its routing id. */
export type Take = (message: Buffer[]) => void

/** Where other nodes connect. */
export interface Door {
  readonly endpoint: string
  /**
   * Receives from now on. What a peer says last, and that another says for it when it is lost, is one empty
   * frame.
   *
   * @param taken called when all that had come was taken
   * @param refused called when somebody was not let in, with why
   */
  open(take: Take, taken: () => void, refused: (error: Error) => void): Outlet
  close(): void
}

/** What becomes of a connection that is made again whenever it is lost. */
export interface DialEvents {
  readonly connected: () => void
  /** @param error the peer broke the protocol */
  readonly lost: (error: Error | undefined) => void
  /** The peer does not let this one in. */
  readonly refused: (error: Error) => void
  /** No connection was made, and why, as far as that is known; it is tried again. */
  readonly failed: (error: Error) => void
}

/** A way to another node that is not taken yet. */
export interface Dialer {
  /**
   * Connects.
   *
   * @param taken called when all that had come was taken
   * @throws {SocketError} nobody can connect there
   */
  open(events: DialEvents, take: Take, taken: () => void): Outlet
  /** It will not be taken, or `open` has thrown. */
  close(): void
}

/** How nodes reach each other. */
export interface Network {
  /** @throws {SocketError} `EADDRINUSE` and others; {TypeError} a key or a password is none */
  listen(endpoint: string, options: ListenOptions, maxBytes: number): Promise<Door>
  /** @throws {TypeError} a key is none */
  dial(endpoint: string, options: ConnectOptions, maxBytes: number): Dialer
}
