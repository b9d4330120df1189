import type { Board } from '../host/board.ts'
import type { Platform } from '../host/platform.ts'
import type { Network } from '../nodes/network.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'

/** What keeps the hosts of a system apart, and what they run on: each is a thread, or a simulation of one. */
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
}
