import type { Cell } from './cell.ts'
import { RunQueue, threadPace } from './runQueue.ts'

/** Messages that one actor handles before the next has its turn. */
const MESSAGES_PER_STEP = 64

/** Actors that have something to do, each in its turn. */
export interface Queue<T> {
  add(item: T): void
  /** Runs what is there; called early by who has added many. */
  readonly run: () => void
}

/** How the actors of a host have their turns. */
export interface Pacing {
  /** Messages that one actor handles before the next has its turn. */
  readonly messagesPerStep: number
  /**
   * @param step does some of an actor's work; the actor comes again if it is added again
   * @param ended called when the queue is empty, or pauses
   */
  queue(step: (cell: Cell) => void, ended: () => void): Queue<Cell>
}

/** As fast as the thread goes. */
export const threadPacing: Pacing = {
  messagesPerStep: MESSAGES_PER_STEP,
  queue: (step, ended) => new RunQueue<Cell>(threadPace, step, ended),
}
