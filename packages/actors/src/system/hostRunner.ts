import type { HostLoss } from '../host/down.ts'

/** What runs one host, from its beginning to its end. */
export interface HostRunner {
  readonly number: number
  /** The host's on the board. */
  readonly seat: number
  /** Settles when it has ended, with the reason; `undefined`: it was closed. */
  readonly ended: Promise<HostLoss | undefined>
  /** Ends it wherever it is. */
  terminate(loss: HostLoss): void
}

/** What whoever runs a host is told of it. */
export interface HostOrder {
  readonly number: number
  readonly seat: number
  /** How often it shows on the board that it is alive, in milliseconds; 0: never. */
  readonly beatMs: number
}
