import type { Receipt } from '../preparedMessages.ts'

/** What the host of a measurement of a fan-out is told. */
export interface FanOutOptions {
  /** The module beside the host, without extension. */
  readonly subject: string
  /** Of the context; 0 for I/O in the threads that publish and subscribe. */
  readonly ioThreads: number
  readonly subscribers: number
  /** Bytes per message. */
  readonly size: number
  /** Timed messages; a multiple of 256. */
  readonly count: number
  readonly warmUp: number
}

/** The process of the subscribers is told where the publisher has bound. */
export type SubscribersOptions = FanOutOptions & { readonly endpoint: string }

export interface PublishingSide {
  /** Resolves when so many have subscribed. */
  subscribed(subscribers: number): Promise<void>
  /** Waits for whoever is behind. */
  publish(count: number): Promise<void>
}

/** One of many in a thread. */
export interface SubscribingSide {
  receive(count: number, receipt: Receipt): Promise<void>
}

/** One way to publish to many, of whom each gets everything. */
export interface FanOutSubject {
  openPublisher(endpoint: string, size: number): Promise<PublishingSide>
  openSubscriber(endpoint: string): SubscribingSide
}
