import { AsTheyFinish, InOrder, type Arrivals } from './arrivals.ts'
import type { Crew } from './crew.ts'
import { Job, type Terms } from './job.ts'
import { ProgressMeter, TELL_MS, type Progress, type ProgressBar } from './progress.ts'
import { nothing, sourceOf, warnOfSource, type Source } from './source.ts'
import { Task } from './task.ts'

/** What the rest of a run's options say, checked. */
export interface RunTerms extends Terms {
  readonly ordered: boolean
  /** Whether nothing more is begun when a task has failed. */
  readonly endsWithFailure: boolean
  readonly inFlight: number | undefined
  readonly signal: AbortSignal | undefined
  readonly progress: ProgressBar | undefined
  /** What becomes of an error that is the farm's, not that of the source or the reader. */
  readonly blame: (error: unknown) => unknown
}

/** Unless told otherwise, as many tasks are in flight as workers have or will get at once, and as many results unread. */
const LOTS_PER_WORKER = 4

interface Waiting<Result> {
  resolve(result: IteratorResult<Result, void> | Promise<IteratorResult<Result, void>>): void
}

/** Makes what the reader gets of a task that has settled. @throws what the run is to end with */
export type Deliver<Result> = (task: Task) => Result

/**
 * The results of a farm's work on some items. Nothing is begun before the first is asked for; the
 * work goes on ahead of the reader, as far as `inFlight` allows. Leaving the loop cancels what is
 * left.
 */
export class Run<Result> extends Job implements AsyncGenerator<Result, void, void> {
  readonly #crew: Crew
  readonly #terms: RunTerms
  readonly #deliver: Deliver<Result>
  readonly #items: Iterable<unknown> | AsyncIterable<unknown>
  readonly #arrivals: Arrivals
  readonly #meter = new ProgressMeter()
  readonly #waiting: Waiting<Result>[] = []
  #source: Source | undefined
  #telling: NodeJS.Timeout | undefined
  /** Tasks taken from the source, and not yet read. */
  #outstanding = 0
  /** Whether tasks were wanted and the limit has kept them back. */
  #isHeld = false
  /** Whether no task is to be begun any more: one has failed for good. */
  #isEnding = false
  /** What the next reader is to be told. */
  #error: { readonly error: unknown } | undefined

  /** @internal */
  constructor(
    crew: Crew,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    terms: RunTerms,
    deliver: Deliver<Result>,
  ) {
    super(terms)
    this.#crew = crew
    this.#items = items
    this.#terms = terms
    this.#deliver = deliver
    this.#arrivals = terms.ordered ? new InOrder() : new AsTheyFinish()
  }

  /** How far it has come. */
  get progress(): Progress {
    return this.#meter.read(this.#source?.left, this.isOver)
  }

  next(): Promise<IteratorResult<Result, void>> {
    if (this.#source === undefined && !this.isOver) this.#begin()
    if (this.#waiting.length === 0) {
      const result = this.#read()
      if (result !== undefined) return result
    }
    return new Promise((resolve) => this.#waiting.push({ resolve }))
  }

  async return(): Promise<IteratorResult<Result, void>> {
    const before = this.#error
    try {
      await this.#end()
    } finally {
      for (const waiting of this.#waiting.splice(0))
        waiting.resolve({ done: true, value: undefined })
    }
    if (this.#error !== undefined && this.#error !== before) throw this.#takeError()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<Result, void>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  // What the crew calls.

  take(most: number): Task[] {
    const tasks = this.returned.splice(0, most)
    const source = this.#source!
    const limit = this.#limit()
    let room = Math.min(this.#share(source, most), limit - this.#outstanding) - tasks.length
    this.#isHeld = room <= 0
    try {
      while (room-- > 0) {
        const item = this.#isEnding ? nothing : source.take()
        if (item === nothing) break
        tasks.push(new Task(this, this.#meter.taken++, item))
        this.#outstanding++
      }
    } catch (error) {
      this.#fail(error)
      return []
    }
    source.readAhead(limit - this.#outstanding)
    return tasks
  }

  settled(task: Task): void {
    if (!task.isFailed) this.#meter.done++
    else {
      this.#meter.failed++
      this.#isEnding = this.#terms.endsWithFailure
    }
    this.#arrivals.put(task)
  }

  retried(): void {
    this.#meter.retried++
  }

  wake(): void {
    while (this.#waiting.length > 0) {
      const result = this.#read()
      if (result === undefined) return
      this.#waiting.shift()!.resolve(result)
    }
  }

  fail(error: unknown): void {
    this.#fail(this.#terms.blame(error))
  }

  // The rest.

  #fail(error: unknown): void {
    if (this.isOver) return
    this.#error = { error }
    this.#endOfItself()
    this.wake()
  }

  #begin(): void {
    const { signal, progress } = this.#terms
    if (signal?.aborted === true) {
      this.#fail(signal.reason)
      return
    }
    const reader = {
      arrived: () => {
        this.#crew.pump()
        this.wake()
      },
      failed: (error: unknown) => this.#fail(error),
    }
    try {
      this.#source = sourceOf(this.#items, reader)
    } catch (error) {
      this.#fail(error)
      return
    }
    signal?.addEventListener('abort', this.#abort, { once: true })
    this.#meter.mark()
    if (progress !== undefined) {
      this.#show(() => progress.start(this.progress))
      if (this.isOver) return
      this.#telling = setInterval(() => {
        this.#show(() => progress.update(this.progress))
        this.#meter.mark()
      }, TELL_MS).unref()
    }
    this.#crew.add(this)
  }

  /** A bar that throws ends the run with that. */
  #show(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      this.#fail(error)
    }
  }

  readonly #abort = (): void => this.#fail(this.#terms.signal!.reason)

  /** What the reader gets now; undefined if it must wait. */
  #read(): Promise<IteratorResult<Result, void>> | undefined {
    if (this.#error === undefined && !this.isOver) {
      const task = this.#arrivals.take()
      if (task !== undefined) return this.#hand(task)
      if (this.#outstanding > 0 || !this.#source!.isDone) return undefined
      this.#endOfItself()
    }
    if (this.#error !== undefined) return Promise.reject(this.#takeError() as Error)
    return Promise.resolve({ done: true, value: undefined })
  }

  /** It is told once. */
  #takeError(): unknown {
    const { error } = this.#error!
    this.#error = undefined
    return error
  }

  #hand(task: Task): Promise<IteratorResult<Result, void>> {
    this.#outstanding--
    if (this.#isHeld && this.#outstanding <= this.#limit() / 2) {
      this.#isHeld = false
      this.#crew.pump()
    }
    try {
      return Promise.resolve({ done: false, value: this.#deliver(task) })
    } catch (error) {
      this.#endOfItself()
      return Promise.reject(error)
    }
  }

  #limit(): number {
    return this.#terms.inFlight ?? Math.max(1, this.#crew.size) * LOTS_PER_WORKER * this.pace.tasks
  }

  /** Towards the end, what is left is shared out evenly. */
  #share({ left }: Source, most: number): number {
    if (left === undefined) return most
    return Math.min(most, Math.max(1, Math.ceil(left / (2 * Math.max(1, this.#crew.size)))))
  }

  /** The reader is told why it ends, not what the source throws at being closed. */
  #endOfItself(): void {
    this.#end().catch(warnOfSource)
  }

  async #end(): Promise<void> {
    if (this.isOver) return
    this.isOver = true
    this.again.length = this.suspects.length = this.returned.length = 0
    this.#arrivals.clear()
    this.#terms.signal?.removeEventListener('abort', this.#abort)
    clearInterval(this.#telling)
    this.#crew.remove(this)
    try {
      if (this.#source !== undefined) this.#terms.progress?.end(this.progress)
    } catch (error) {
      this.#error ??= { error }
    }
    await this.#source?.close()
  }
}
