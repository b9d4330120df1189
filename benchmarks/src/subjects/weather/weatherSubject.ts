import type { MessagePort } from 'node:worker_threads'
import type { Updates } from './updates.ts'
import type { TwoSidesOptions } from '../twoSides.ts'

/** Which updates are published, and how many. */
export interface WeatherCounts {
  readonly how: 'formatted' | 'digits' | 'prepared'
  /** Timed updates. */
  readonly updates: number
  readonly warmUp: number
}

/** What the host of a weather measurement is told. */
export interface WeatherOptions extends TwoSidesOptions, WeatherCounts {}

/** What the host of one between two processes is told. */
export interface TcpWeatherOptions extends WeatherCounts {
  readonly subject: string
  /** Of the context; 0 for I/O in the thread that publishes, or subscribes. */
  readonly ioThreads: number
}

/** What each side gets to find the other. */
export interface Link {
  readonly endpoint: string
  readonly port: MessagePort
}

/** Said until the subscriber has heard it: from then on it hears everything. */
export const HELLO = 'HELLO'
/** Said after the last update. */
export const END = 'END'

export interface PublishingSide {
  publish(updates: Updates, count: number): void | Promise<void>
  say(word: string): void | Promise<void>
  close(): void
}

export interface SubscribingSide {
  /** Hears what begins with one of the prefixes, until `hear` returns false. */
  listen(hear: (text: Uint8Array | string) => boolean): void | Promise<void>
  close(): void
}

/** One way to publish to one subscriber who wants some of it. */
export interface WeatherSubject {
  openPublisher(link: Link): PublishingSide | Promise<PublishingSide>
  openSubscriber(link: Link, prefixes: readonly string[]): SubscribingSide
}
