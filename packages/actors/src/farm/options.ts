import { checkOptions, type Kinds } from '../options/checkOptions.ts'
import { abortSignal, callable, flag, must, whole } from '../options/kinds.ts'
import type { Terms } from './job.ts'
import type { PipelineOptions, StageOptions } from './pipeline.ts'
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

const farmKinds: Kinds<FarmOptions & { args: unknown[] }> = {
  workers: whole(1),
  args: must('an array', Array.isArray),
}

const isTimeout = (value: unknown): boolean => typeof value === 'number' && value > 0

const taskKinds: Kinds<TaskOptions> = {
  retries: whole(0),
  timeoutMs: must('a number of milliseconds, more than 0', isTimeout),
  signal: abortSignal,
}

const isBar = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['start', 'update', 'end'].every(
    (method) => typeof (value as Readonly<Record<string, unknown>>)[method] === 'function',
  )

const runKinds: Kinds<RunOptions & SpreadOptions<never, unknown[]>> = {
  ...taskKinds,
  ordered: flag,
  inFlight: whole(1),
  progress: must('an object with the methods start, update and end', isBar),
  arguments: callable,
}

const { signal: _, ...lastingTaskKinds } = taskKinds

const stageKinds: Kinds<StageOptions & { args: unknown[] }> = {
  ...lastingTaskKinds,
  inFlight: runKinds.inFlight,
  width: farmKinds.workers,
  args: farmKinds.args,
}

const { ordered, signal, progress } = runKinds
const pipelineKinds: Kinds<PipelineOptions> = { ordered, signal, progress }

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkFarmOptions = (options: FarmOptions): void =>
  checkOptions('farm', options, farmKinds)

/** Of `run`. @throws {ActorError} `EINVAL`, which names the option */
export const checkTaskOptions = (options: TaskOptions): void =>
  checkOptions('run of a farm', options, taskKinds)

/** Of `map` and those like it. @throws {ActorError} `EINVAL`, which names the option */
export const checkRunOptions = (method: string, options: RunOptions): void =>
  checkOptions(`${method} of a farm`, options, runKinds)

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkStageOptions = (stage: string, options: StageOptions): void =>
  checkOptions(`The stage ${stage}`, options, stageKinds)

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkPipelineOptions = (options: PipelineOptions): void =>
  checkOptions('run of a pipeline', options, pipelineKinds)

export function termsOf(
  work: Work,
  options: TaskOptions & Partial<SpreadOptions<never, unknown[]>>,
): Terms {
  const { retries = 0, timeoutMs = Infinity } = options
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
  return { ...termsOf(work, options), ordered, endsWithFailure, inFlight, signal, progress, blame }
}
