import type { TaskName } from './tasks.ts'

/** A pool of threads, each of which does one of the tasks at a time; in one process with who uses it. */
export interface PoolSubject {
  /** Settles when all threads are there. */
  open(task: TaskName, threads: number): Promise<TaskPool>
}

/** What is done with a pool: each has one of the two. */
export interface TaskPool {
  /** One task. */
  run?(value: number): Promise<number>
  /** A list of tasks, all given at once. Default: `run` of each. */
  runAll?(values: readonly number[]): Promise<readonly number[]>
  /** Tasks as they come, so many under way at a time; results in their order. */
  map?(values: Iterable<number>, inFlight: number): AsyncIterable<number>
}
