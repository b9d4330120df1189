import type { InspectOptions } from 'node:util'
import { outline, show } from '@ringpost/core/internal'
import type { Ask, Handlers } from '../definition/types.ts'
import { ActorError } from '../errors.ts'
import { expectRef, type ActorRef } from '../host/ref.ts'
import { typeOf } from '../options/checkOptions.ts'
import { Calls } from './calls.ts'
import type { Crew } from './crew.ts'
import {
  checkRunOptions,
  checkTaskOptions,
  runTermsOf,
  termsOf,
  type RunOptions,
  type SpreadOptions,
  type TaskOptions,
} from './options.ts'
import type { Gathering } from './recruiter.ts'
import { Run } from './run.ts'
import type { Task } from './task.ts'
import { TaskDefinition, workOf, type ModuleFunction, type Work } from './work.ts'

type Items<Item> = Iterable<Item> | AsyncIterable<Item>

/** Names of the handlers that a worker's tasks may be. */
export type TaskNames<H> = keyof Ask<H> & string

type ArgumentsOf<H, K extends keyof Ask<H>> = Parameters<Ask<H>[K]>
export type ItemOf<H, K extends keyof Ask<H>> = ArgumentsOf<H, K>[0]
export type ResultOf<H, K extends keyof Ask<H>> = Awaited<ReturnType<Ask<H>[K]>>

/** What one task has come to. */
export type Outcome<Item, Result> =
  | { readonly index: number; readonly item: Item; readonly status: 'done'; readonly value: Result }
  | {
      readonly index: number
      readonly item: Item
      readonly status: 'failed'
      readonly error: unknown
    }

/** What is to be done with each item: a handler of the workers, a task, or a function of a module. */
type AnyWork = string | TaskDefinition<never, unknown> | ModuleFunction

/** What is the same object for each call, so that calls are found by it. */
type LastingWork = string | TaskDefinition<never, unknown> | undefined

const byDefault: TaskOptions = {}

const isLasting = (work: AnyWork | undefined): work is LastingWork =>
  work === undefined || typeof work === 'string' || work instanceof TaskDefinition

/** Workers on all hosts, and what they are given to do. Made by `system.farm`. */
export class Farm<H = Handlers> implements AsyncDisposable {
  /** @internal */
  readonly crew: Crew
  readonly #byDefault: Work | undefined
  /** Where its workers come from, if they are not its own. */
  readonly #gathering: Gathering | undefined
  /** Single calls, by what they are to do and how. */
  readonly #calls = new Map<string, Calls>()
  /** Those of them that were asked for without options. */
  readonly #plainCalls = new Map<LastingWork, Calls>()

  /** @internal */
  constructor(crew: Crew, byDefault: Work | undefined, gathering: Gathering | undefined) {
    this.crew = crew
    this.#byDefault = byDefault
    this.#gathering = gathering
  }

  /** How many workers there are now. */
  get workers(): number {
    return this.crew.size
  }

  /**
   * Does the work with each item, on all workers; yields the results, by default in the order of the
   * items. The first task that fails for good ends the run with its error.
   *
   * @param work a handler of the workers, a task of `defineTask`, or a function of a module; may be left out if the farm was made for one
   * @throws {ActorError} `EINVAL`: an option. Reading throws what a task has thrown, the signal's reason, and `ETIMEDOUT`, `EVALUE`, `ELOAD`, `EHOSTDOWN`, `ECLOSED`
   */
  map<K extends TaskNames<H>>(
    items: Items<ItemOf<H, K>>,
    work: K,
    options?: RunOptions,
  ): Run<ResultOf<H, K>>
  map<Item, K extends TaskNames<H>>(
    items: Items<Item>,
    work: K,
    options: RunOptions & SpreadOptions<Item, ArgumentsOf<H, K>>,
  ): Run<ResultOf<H, K>>
  map<Item, Result>(
    items: Items<Item>,
    work: TaskDefinition<Item, Result>,
    options?: RunOptions,
  ): Run<Awaited<Result>>
  map<Item, Result = unknown>(
    items: Items<Item>,
    work?: ModuleFunction,
    options?: RunOptions & Partial<SpreadOptions<Item, unknown[]>>,
  ): Run<Result>
  map(items: Items<unknown>, work?: AnyWork, options: RunOptions = {}): Run<unknown> {
    checkItems(items)
    checkRunOptions('map', options)
    return new Run(this.crew, items, runTermsOf(this.#workOf(work), options, true), valueOf)
  }

  /** As `map`, but yields what each task has come to: those that fail do not end the run. */
  outcomes<K extends TaskNames<H>>(
    items: Items<ItemOf<H, K>>,
    work: K,
    options?: RunOptions,
  ): Run<Outcome<ItemOf<H, K>, ResultOf<H, K>>>
  outcomes<Item, K extends TaskNames<H>>(
    items: Items<Item>,
    work: K,
    options: RunOptions & SpreadOptions<Item, ArgumentsOf<H, K>>,
  ): Run<Outcome<Item, ResultOf<H, K>>>
  outcomes<Item, Result>(
    items: Items<Item>,
    work: TaskDefinition<Item, Result>,
    options?: RunOptions,
  ): Run<Outcome<Item, Awaited<Result>>>
  outcomes<Item, Result = unknown>(
    items: Items<Item>,
    work?: ModuleFunction,
    options?: RunOptions & Partial<SpreadOptions<Item, unknown[]>>,
  ): Run<Outcome<Item, Result>>
  outcomes(
    items: Items<unknown>,
    work?: AnyWork,
    options: RunOptions = {},
  ): Run<Outcome<unknown, unknown>> {
    checkItems(items)
    checkRunOptions('outcomes', options)
    return new Run(this.crew, items, runTermsOf(this.#workOf(work), options, false), outcomeOf)
  }

  /**
   * Does the work with each item, and combines the results here, in the order of the items unless
   * `ordered` is false.
   */
  reduce<K extends TaskNames<H>, Total>(
    items: Items<ItemOf<H, K>>,
    work: K,
    combine: (total: Total, result: ResultOf<H, K>) => Total,
    initial: Total,
    options?: RunOptions,
  ): Promise<Total>
  reduce<Item, Result, Total>(
    items: Items<Item>,
    work: TaskDefinition<Item, Result>,
    combine: (total: Total, result: Awaited<Result>) => Total,
    initial: Total,
    options?: RunOptions,
  ): Promise<Total>
  reduce<Item, Result, Total>(
    items: Items<Item>,
    work: ModuleFunction | undefined,
    combine: (total: Total, result: Result) => Total,
    initial: Total,
    options?: RunOptions & Partial<SpreadOptions<Item, unknown[]>>,
  ): Promise<Total>
  async reduce(
    items: Items<unknown>,
    work: AnyWork | undefined,
    combine: (total: unknown, result: never) => unknown,
    initial: unknown,
    options: RunOptions = {},
  ): Promise<unknown> {
    if (typeof combine !== 'function')
      throw new ActorError(
        'EINVAL',
        `reduce of a farm: combine must be a function, not ${typeOf(combine)}`,
      )
    let total = initial
    for await (const result of this.map(items as never, work as never, options))
      total = combine(total, result as never)
    return total
  }

  /** Does the work once: for tasks that come one by one. */
  run<K extends TaskNames<H>>(
    item: ItemOf<H, K>,
    work: K,
    options?: TaskOptions,
  ): Promise<ResultOf<H, K>>
  run<Item, Result>(
    item: Item,
    work: TaskDefinition<Item, Result>,
    options?: TaskOptions,
  ): Promise<Awaited<Result>>
  run<Result = unknown>(
    item: unknown,
    work?: ModuleFunction,
    options?: TaskOptions,
  ): Promise<Result>
  run(item: unknown, work?: AnyWork, options: TaskOptions = byDefault): Promise<unknown> {
    try {
      // Found without looking at all options and writing them down: nearly all calls are such.
      const calls =
        options === byDefault && isLasting(work)
          ? (this.#plainCalls.get(work) ?? this.#beginPlainCalls(work))
          : this.#callsFor(work, options)
      return calls.call(item, options.signal)
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  #beginPlainCalls(work: LastingWork): Calls {
    const calls = this.#callsFor(work, byDefault)
    this.#plainCalls.set(work, calls)
    return calls
  }

  #callsFor(work: AnyWork | undefined, options: TaskOptions): Calls {
    checkTaskOptions(options)
    const terms = termsOf(this.#workOf(work), options)
    const key = JSON.stringify([terms.work, terms.retries, terms.timeoutMs])
    let calls = this.#calls.get(key)
    if (calls === undefined) this.#calls.set(key, (calls = new Calls(this.crew, terms)))
    return calls
  }

  /**
   * One worker more, from now on, for a farm of actors that are there already: who comes while it is at
   * work, or comes back.
   *
   * @throws {ActorError} `EINVAL`: the farm's workers are its own; `ECLOSED`
   */
  hire(worker: ActorRef<H>): void {
    if (this.#gathering === undefined)
      throw new ActorError(
        'EINVAL',
        'This farm makes its workers itself: hire is for farms of refs',
      )
    expectRef('hire', worker)
    this.#gathering.offer(worker as never)
  }

  /** Ends all runs with `ECLOSED`, and stops the workers that are the farm's own. */
  close(): Promise<void> {
    return this.crew.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    return outline(this, { workers: this.workers }, depth, options)
  }

  #workOf(work: AnyWork | undefined): Work {
    if (work !== undefined) return workOf(work)
    if (this.#byDefault !== undefined) return this.#byDefault
    throw new ActorError('EINVAL', 'The farm was not made for one kind of work: say which')
  }
}

function checkItems(items: unknown): void {
  if (typeof items === 'object' && items !== null)
    if (Symbol.iterator in items || Symbol.asyncIterator in items) return
  throw new ActorError('EINVAL', `Items come from an iterable, not from ${String(items)}`)
}

function valueOf({ isFailed, value }: Task): unknown {
  if (isFailed) throw value
  return value
}

function outcomeOf({ index, item, isFailed, value }: Task): Outcome<unknown, unknown> {
  return isFailed
    ? { index, item, status: 'failed', error: value }
    : { index, item, status: 'done', value }
}
