import type { MessagePort } from 'node:worker_threads'
import type { TwoSidesOptions } from '../twoSides.ts'

/** What the host of a spread measurement is told. */
export interface SpreadOptions extends TwoSidesOptions {
  /** Receiving sockets, all in one thread. */
  readonly sockets: number
  /** Bytes per message. */
  readonly size: number
  /** Timed messages; a multiple of 512. */
  readonly count: number
  readonly warmUp: number
}

/** What each side gets to find the other: as many ports as there are sockets. */
export interface Link {
  readonly endpoint: string
  readonly ports: readonly MessagePort[]
  readonly size: number
}

export interface SpreadingSide {
  send(count: number): void | Promise<void>
  close(): void
}

export interface GatheringSide {
  /** Hands every message to `take` until `take` returns false. */
  receive(take: (message: Uint8Array) => boolean): Promise<void>
  close(): void
}

/** One way to spread messages evenly over several sockets of another thread. */
export interface SpreadSubject {
  openSender(link: Link): SpreadingSide | Promise<SpreadingSide>
  openReceiver(link: Link): GatheringSide | Promise<GatheringSide>
}
