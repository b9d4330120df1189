import type { MessagePort } from 'node:worker_threads'
import type { TwoSidesOptions } from '../twoSides.ts'

/** What the host of a round-trip measurement is told. */
export interface RoundTripOptions extends TwoSidesOptions {
  /** Which two socket types, where the subject knows several. */
  readonly pattern: 'reqRep' | 'pair'
  readonly milliseconds: number
  readonly warmUpMilliseconds: number
  /** Rest before each timed trip, so that both threads have fallen asleep; 0 for none. */
  readonly pauseMilliseconds: number
  readonly busyThreads: number
  /** Where the two sides meet; over inproc when it is left out. */
  readonly endpoint?: string
}

/** What each side gets to find the other. */
export interface Link {
  readonly endpoint: string
  readonly pattern: RoundTripOptions['pattern']
  readonly port: MessagePort
}

/** The first byte of the message that ends the echo, after it has been sent back. */
export const STOP = 255

/** One thread asks, the other sends back what it gets until it has sent back a STOP. */
interface Echo {
  openEcho(link: Link): { run(): void | Promise<void>; close(): void }
}

export interface BlockingSubject extends Echo {
  readonly style: 'blocking'
  openRequester(link: Link): { travel(message: Uint8Array): Uint8Array; close(): void }
}

export interface PromiseSubject extends Echo {
  readonly style: 'promises'
  openRequester(
    link: Link,
  ): Opened<{ travel(message: Uint8Array): Promise<Uint8Array>; close(): void }>
}

export interface CallbackSubject extends Echo {
  readonly style: 'callbacks'
  openRequester(
    link: Link,
    arrived: (reply: Uint8Array) => void,
  ): { depart(message: Uint8Array): void; close(): void }
}

type Opened<Side> = Side | Promise<Side>

/** One way for a message to travel to another thread and back. */
export type RoundTripSubject = BlockingSubject | PromiseSubject | CallbackSubject
