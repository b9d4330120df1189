import type { Cell } from './cell.ts'
import { RunQueue, threadPace } from './runQueue.ts'

/** What has something to do, each in its turn. */
export interface Queue<T> {
  add(item: T): void
  /** Who adds now calls `run` in any case. */
  expectRun(): void
  /** A message was run. */
  did(): void
  /** Whether the next message is to wait for another turn. Asked only where there is one. */
  isOver(): boolean
  /** Runs what is there; called early by who has added many. @returns false: some is left for later */
  readonly run: () => boolean
}

/** How the actors of a host have their turns. */
export interface Pacing {
  /**
   * @param step does some of an actor's work: it calls `did` after each message and asks `isOver` before the
   *   next; the actor comes again if it is added again
   * @param said called when what actors have said until then should leave
   */
  queue(step: (cell: Cell) => void, said: () => void): Queue<Cell>
}

/** As fast as the thread goes. */
export const threadPacing: Pacing = {
  queue: (step, said) => new RunQueue<Cell>(threadPace, step, said),
}
