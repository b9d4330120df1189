import { leaving, type Link } from './link.ts'
import type { Dialer, Outlet } from './network.ts'

/** A connection to an endpoint that is made again when it is lost. */
export class Dialing {
  readonly #outlet: Outlet
  readonly #linkThrough: (outlet: Outlet) => Link
  readonly #hopeless: (error: unknown) => void
  #link: Link | undefined
  #isClosed = false

  /**
   * @param linkThrough begins to talk over a new connection
   * @param hopeless called when no connection will ever be made: the other end refuses this one
   * @param failed called when a connection was not made, and is tried again
   */
  constructor(
    dialer: Dialer,
    linkThrough: (outlet: Outlet) => Link,
    hopeless: (error: unknown) => void,
    failed: (error: unknown) => void,
    taken: () => void,
  ) {
    this.#linkThrough = linkThrough
    this.#hopeless = hopeless
    const events = {
      connected: () => this.#connected(),
      lost: (error: Error | undefined) => this.#lost(error),
      refused: (error: Error) => this.#refused(error),
      failed,
    }
    this.#outlet = dialer.open(events, (message) => this.#link?.take(message), taken)
  }

  /** Says goodbye, and connects no more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#link?.leave(leaving())
    this.#link = undefined
    this.#outlet.close()
  }

  #connected(): void {
    if (this.#isClosed) return
    this.#link?.close()
    this.#link = this.#linkThrough(this.#outlet)
  }

  #lost(error: Error | undefined): void {
    if (this.#isClosed) return
    this.#link?.close(error)
    this.#link = undefined
    // Who broke the protocol is not connected to again.
    if (error !== undefined) this.#refused(error)
  }

  #refused(error: Error): void {
    if (!this.#isClosed) this.#hopeless(error)
  }
}
