import type { Board } from '../host/board.ts'
import type { Platform } from '../host/platform.ts'
import type { Network } from '../nodes/network.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'

/** What keeps the hosts of a system apart, and what they run on: each is a thread, a process, or a simulation of a thread. */
export interface Isolation {
  /** Where its hosts meet. */
  readonly system: string
  /** What the program's own host runs on. */
  readonly program: Platform
  /** How the program reaches other nodes. */
  readonly network: Network
  /** As the program sees it. */
  readonly board: Board
  /** What hosts run. */
  readonly file: URL
  run(order: HostOrder): HostRunner
  /** The host has ended: nothing of it is to be left. */
  remove?(host: number): void
  /** The system is closed: nothing is to be left. */
  close?(): void
}

/** A host has to show another process that an actor there is to stop; it asks the program to. */
export const ABORT = 'abort'

export interface AbortOrder {
  readonly seat: number
  readonly mark: number | undefined
}
