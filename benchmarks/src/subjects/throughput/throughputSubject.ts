import type { MessagePort } from 'node:worker_threads'
import type { Receipt } from '../preparedMessages.ts'
import type { TwoSidesOptions } from '../twoSides.ts'

/** What the host of a throughput measurement is told. */
export interface ThroughputOptions extends TwoSidesOptions {
  /** Bytes per message. */
  readonly size: number
  /** Timed messages; a multiple of 512, so that every batch is full. */
  readonly count: number
  readonly warmUp: number
  readonly busyThreads: number
}

/** What each side gets to find the other: a name for an endpoint, an end of a channel, or memory. */
export interface Link {
  readonly endpoint: string
  readonly port: MessagePort
  readonly memory: SharedArrayBuffer
  readonly size: number
}

export interface SendingSide {
  /** Sends `count` messages, number n being prepared message n % POOL_SIZE. */
  send(count: number): void | Promise<void>
  close(): void
}

export interface ReceivingSide {
  /** Receives exactly `count` messages and hands each to the receipt. */
  receive(count: number, receipt: Receipt): void | Promise<void>
  close(): void
}

/** One way to move messages from one thread to another. */
export interface ThroughputSubject {
  /** Messages are not filled, so that the warm-up must not look at all bytes either. */
  readonly checksOnlyFirstByte?: true
  openSender(link: Link): SendingSide
  openReceiver(link: Link): ReceivingSide | Promise<ReceivingSide>
}
