import type { Context } from '@ringpost/core'
import type { Board } from '../host/board.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'

/** What keeps the hosts of a system apart: each is a thread, or a process. */
export interface Isolation {
  /** Where its hosts meet. */
  readonly system: string
  /** Of the program's own host. */
  readonly context: Context
  /** As the program sees it. */
  readonly board: Board
  /** What hosts run. */
  readonly file: URL
  run(order: HostOrder): HostRunner
  /** The host has ended: nothing of it is left. */
  remove(host: number): void
  close(): void
}

/** A host has to show another process that an actor there is to stop; it asks the program to. */
export const ABORT = 'abort'

export interface AbortOrder {
  readonly seat: number
  readonly mark: number | undefined
}
