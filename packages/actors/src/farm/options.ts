import { ActorError } from '../errors.ts'
import type { Terms } from './job.ts'
import type { ProgressBar } from './progress.ts'
import type { RunTerms } from './run.ts'
import type { Work } from './work.ts'

/** How a farm is made. */
export interface FarmOptions {
  /**
   * How many workers, shared out over the hosts. Default: one for each host. More than that are of
   * use when tasks wait for something.
   */
  workers?: number
}

/** How one task is run. */
export interface TaskOptions {
  /** How often a task that has failed is run again. Default 0. Lost tasks are run again anyway. */
  retries?: number
  /**
   * How long a task may run, in milliseconds; then it has failed with `ETIMEDOUT`. One that does not
   * even give up its thread a second later loses it: the host is ended. Default: no limit.
   */
  timeoutMs?: number
  /** Cancels what is not done: tasks see it by `currentTask().signal`. */
  signal?: AbortSignal | undefined
}

/** How the tasks of a run are run. */
export interface RunOptions extends TaskOptions {
  /** Results in the order of their items (the default), or as they come (`false`). */
  ordered?: boolean
  /**
   * Tasks that are taken from the source and whose results are not read yet, at most. Default: as
   * many as keep all workers busy, which depends on how long tasks take.
   */
  inFlight?: number
  /** Shows how far it has come, ten times a second and at the end. */
  progress?: ProgressBar | undefined
}

/** Turns items into arguments, for functions that take several. */
export interface SpreadOptions<Item, Args extends unknown[]> {
  /** Arguments for an item. Default: the item is the one argument. */
  arguments: (item: Item) => Args
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return
  throw new ActorError(
    'EINVAL',
    `${name} must be a whole number from ${least}, not ${String(value)}`,
  )
}

export function checkFarmOptions({ workers }: FarmOptions): void {
  checkCount('workers', workers, 1)
}

export function termsOf(
  work: Work,
  options: TaskOptions & Partial<SpreadOptions<never, unknown[]>>,
): Terms {
  const { retries = 0, timeoutMs = Infinity } = options
  checkCount('retries', retries, 0)
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0))
    throw new ActorError('EINVAL', `timeoutMs must be more than 0, not ${String(timeoutMs)}`)
  return { work, retries, timeoutMs, toArguments: options.arguments }
}

/** @param endsWithFailure whether nothing more is begun when a task has failed */
export function runTermsOf(
  work: Work,
  options: RunOptions,
  endsWithFailure: boolean,
  blame = (error: unknown): unknown => error,
): RunTerms {
  const { ordered = true, inFlight, signal, progress } = options
  checkCount('inFlight', inFlight, 1)
  return { ...termsOf(work, options), ordered, endsWithFailure, inFlight, signal, progress, blame }
}
