import { Pace } from './pace.ts'
import type { Task } from './task.ts'
import type { Work } from './work.ts'

/** How a job's tasks are to be run. */
export interface Terms {
  readonly work: Work
  /** How often a task that has failed is run again. */
  readonly retries: number
  /** How long a task may run, in milliseconds. */
  readonly timeoutMs: number
  /** The arguments for an item; without it the item is the one argument. */
  readonly toArguments: ((item: never) => unknown[]) | undefined
}

/** Tasks of one kind, wherever they come from and whoever wants the results. */
export abstract class Job {
  readonly terms: Terms
  readonly pace = new Pace()
  /** Tasks that are to be run again, each alone. */
  readonly again: Task[] = []
  /** Tasks that are to be run again, each on a worker that has nothing else: workers may have died of them. */
  readonly suspects: Task[] = []
  /** Tasks that were given to a worker and came back as they were. */
  readonly returned: Task[] = []
  /** Nobody wants results any more. */
  isOver = false

  constructor(terms: Terms) {
    this.terms = terms
  }

  /** Up to so many tasks that were never begun. */
  abstract take(most: number): Task[]
  /** The task has a result, or has failed for good. */
  abstract settled(task: Task): void
  /** The task has failed, or was lost, and will run again. */
  abstract retried(task: Task): void
  /** Some tasks have settled: whoever waits for them may go on. */
  abstract wake(): void
  /** There are no workers any more. */
  abstract fail(error: unknown): void
}
