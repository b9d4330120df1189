import { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { Farm, ItemOf, ResultOf, TaskNames } from './farm.ts'
import { makeFarm } from './makeFarm.ts'
import {
  checkPipelineOptions,
  checkStageOptions,
  runTermsOf,
  type RunOptions,
  type TaskOptions,
} from './options.ts'
import type { Ground } from './recruiter.ts'
import { Run } from './run.ts'
import { StageError } from './stageError.ts'
import type { Task } from './task.ts'
import { workOf, type ModuleFunction, type TaskDefinition, type Work } from './work.ts'

/** How a stage of a pipeline works. */
export interface StageOptions extends Omit<TaskOptions, 'signal'> {
  /** How many actors work at it. Default 1. */
  width?: number
  /** Items that the stage may hold, its results that the next one has not taken among them. Default: as for a farm. */
  inFlight?: number
}

/** How a pipeline is run once. */
export interface PipelineOptions extends Pick<RunOptions, 'ordered' | 'signal' | 'progress'> {}

interface Stage {
  readonly name: string
  readonly workers: ActorDefinition<unknown[], never> | undefined
  readonly work: Work
  readonly options: StageOptions & { args?: unknown[] }
}

/** A pipeline being put together: stages are added, then it is opened. Made by `system.pipeline`. */
export class PipelineDraft<Input, Output = Input> {
  readonly #ground: Ground
  readonly #stages: readonly Stage[]

  /** @internal */
  constructor(ground: Ground, stages: readonly Stage[] = []) {
    this.#ground = ground
    this.#stages = stages
  }

  /**
   * The same pipeline with a stage more, whose actors get what the last one returns.
   *
   * @param name tells of which stage an error is
   * @param workers the actors of the stage, or the function that they run
   * @param method the handler of theirs that takes an item and returns a result
   * @throws {ActorError} `EINVAL`
   */
  stage<Args extends unknown[], H, K extends TaskNames<H>>(
    name: string,
    workers: ActorDefinition<Args, H>,
    method: Output extends ItemOf<H, K> ? K : never,
    ...options: Args extends [] ? [StageOptions?] : [StageOptions & { args: Args }]
  ): PipelineDraft<Input, ResultOf<H, K>>
  stage<Result>(
    name: string,
    work: TaskDefinition<Output, Result>,
    options?: StageOptions,
  ): PipelineDraft<Input, Awaited<Result>>
  stage<Result = unknown>(
    name: string,
    work: ModuleFunction,
    options?: StageOptions,
  ): PipelineDraft<Input, Result>
  stage(
    name: string,
    what: ActorDefinition<never, never> | TaskDefinition<never, unknown> | ModuleFunction,
    ...rest: (string | StageOptions | undefined)[]
  ): PipelineDraft<Input, never> {
    const isActor = what instanceof ActorDefinition
    const work = workOf(isActor ? (rest.shift() as string) : what)
    const [options = {}] = rest as [StageOptions?]
    const stage = { name, workers: isActor ? (what as never) : undefined, work, options }
    checkStageOptions(name, options)
    return new PipelineDraft(this.#ground, [...this.#stages, stage])
  }

  /** Makes the actors of all stages; settles when they are ready. @throws what `system.farm` throws */
  async open(): Promise<Pipeline<Input, Output>> {
    if (this.#stages.length === 0) throw new ActorError('EINVAL', 'A pipeline needs a stage')
    let firstHost = 0
    const opening = this.#stages.map(({ workers, options }) => {
      const { width = 1, args = [] } = options
      const farm = makeFarm(this.#ground, workers, { workers: width, args }, firstHost)
      // Narrow stages are on different hosts.
      firstHost += width
      return farm
    })
    const opened = await Promise.allSettled(opening)
    const farms = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failure = opened.find((result) => result.status === 'rejected')
    if (failure === undefined) return new Pipeline(this.#stages, farms)
    await Promise.all(farms.map((farm) => farm.close()))
    throw failure.reason
  }
}

/** Stages of actors: what one returns goes to the next. */
export class Pipeline<Input, Output> implements AsyncDisposable {
  readonly #stages: readonly Stage[]
  /** One for each stage. */
  readonly #farms: readonly Farm<never>[]

  /** @internal */
  constructor(stages: readonly Stage[], farms: readonly Farm<never>[]) {
    this.#stages = stages
    this.#farms = farms
  }

  /**
   * Sends items through all stages; yields what the last one returns, by default in the order of the
   * items. Leaving the loop cancels the whole.
   *
   * @throws {ActorError} `EINVAL`. Reading throws a `StageError`, what the items' iterable throws, and the signal's reason
   */
  run(items: Iterable<Input> | AsyncIterable<Input>, options: PipelineOptions = {}): Run<Output> {
    checkPipelineOptions(options)
    const { ordered, signal, progress } = options
    let flow: Iterable<unknown> | AsyncIterable<unknown> = items
    for (const [at, { name, work, options: own }] of this.#stages.entries()) {
      const isLast = at === this.#stages.length - 1
      const ends = isLast ? { signal, progress } : {}
      const blame = (error: unknown): StageError => new StageError(name, error)
      const terms = runTermsOf(work, { ...own, ordered, ...ends } as RunOptions, true, blame)
      flow = new Run(this.#farms[at]!.crew, flow, terms, ({ isFailed, value }: Task) => {
        if (isFailed) throw blame(value)
        return value
      })
    }
    return flow as Run<Output>
  }

  /** Ends all runs, and stops the actors of all stages. */
  async close(): Promise<void> {
    await Promise.all(this.#farms.map((farm) => farm.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
