import type { Dealer, Observer } from '@ringpost/transport'
import { leaving, type Link } from './link.ts'
import { Port } from './port.ts'

/** A connection to an endpoint that is made again when it is lost. */
export class Dialing {
  readonly #port: Port
  readonly #events: Observer
  readonly #linkThrough: (port: Port) => Link
  readonly #hopeless: (error: unknown) => void
  #link: Link | undefined
  #isClosed = false

  /**
   * @param linkThrough begins to talk over a new connection
   * @param hopeless called when no connection will ever be made: the other end refuses this one
   */
  constructor(
    dealer: Dealer,
    endpoint: string,
    linkThrough: (port: Port) => Link,
    hopeless: (error: unknown) => void,
    taken: () => void,
  ) {
    this.#linkThrough = linkThrough
    this.#hopeless = hopeless
    this.#events = dealer.events
    this.#events.on('handshake', () => this.#connected())
    this.#events.on('disconnect', ({ error }) => this.#lost(error))
    this.#events.on('handshake:error:auth', ({ error }) => this.#refused(error))
    this.#events.on('handshake:error:protocol', ({ error }) => this.#refused(error))
    dealer.connect(endpoint)
    this.#port = new Port(dealer, (message) => this.#link?.take(message), taken)
  }

  /** Says goodbye, and connects no more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#link?.leave(leaving())
    this.#link = undefined
    this.#port.close()
    this.#events.close()
  }

  #connected(): void {
    if (this.#isClosed) return
    this.#link?.close()
    this.#link = this.#linkThrough(this.#port)
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
