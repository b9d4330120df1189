import type { Handlers } from '../definition/types.ts'
import { ActorError } from '../errors.ts'
import { RunningTask, setCurrentTask } from './currentTask.ts'
import { CUT_MS, type Parcel, type Report } from './parcel.ts'
import { loadFunction, type Work } from './work.ts'

type Act = (...args: unknown[]) => unknown

const ordinary = Object.prototype as unknown as Record<string, unknown>

/** Where a worker runs the tasks of parcels, one after the other. */
export class Workbench {
  readonly #handlers: Handlers
  readonly #isCancelled: (mark: number) => boolean
  readonly #show: (mark: number) => void
  readonly #now: () => number
  readonly #functions = new Map<string, Act>()
  /** Parcels that were cancelled before they came. */
  readonly #unwanted = new Set<number>()
  #run: Run | undefined
  #lastId = 0

  /**
   * @param handlers of the actor that the worker is; none: only functions of modules can be run
   * @param isCancelled whether the board of the hosts says so, of the parcel with this mark
   * @param show shows on the board that the parcel with this mark has the thread; 0: none has it
   * @param now the time in milliseconds, of any epoch
   */
  constructor(
    handlers: Handlers,
    isCancelled: (mark: number) => boolean,
    show: (mark: number) => void = () => undefined,
    now = (): number => performance.now(),
  ) {
    this.#handlers = handlers
    this.#isCancelled = isCancelled
    this.#show = show
    this.#now = now
  }

  /** A promise only when something had to be awaited. It never throws: failures are reported. */
  run(parcel: Parcel): Report | Promise<Report> {
    this.#lastId = parcel.id
    const isCancelled = (): boolean => this.#isCancelled(parcel.mark)
    const run = new Run(parcel, isCancelled, this.#show, this.#now)
    if (this.#unwanted.delete(parcel.id)) return run.report()
    this.#run = run
    const act = this.#find(parcel.work)
    return act instanceof Promise ? this.#findThenRun(run, act) : run.start(act)
  }

  /** Nobody waits for the parcel: what runs of it sees its signal, what was not begun never is. */
  cancel(id: number): void {
    if (this.#run?.parcel.id === id) this.#run.abort(new ActorError('ECANCELLED'))
    else if (id > this.#lastId) this.#unwanted.add(id)
  }

  async #findThenRun(run: Run, finding: Promise<Act>): Promise<Report> {
    let act: Act
    try {
      // A module may await for ever at its top level, and who has cancelled does not wait for it.
      act = await Promise.race([finding, run.givenUp()])
    } catch (error) {
      return run.failAll(error)
    }
    return run.start(act)
  }

  #find(work: Work): Act | Promise<Act> {
    if (work.how === 'handler') return this.#handler(work.name)
    const { how, url, name } = work
    const key = `${how} ${name} ${url}`
    return this.#functions.get(key) ?? this.#load(key, how, url, name)
  }

  #handler(name: string): Act | Promise<Act> {
    const handlers = this.#handlers
    const handler = handlers[name]
    if (typeof handler === 'function' && handler !== ordinary[name])
      return (...args) => Reflect.apply(handler, handlers, args) as unknown
    return Promise.reject(new ActorError('ENOHANDLER', `The worker has no handler ${name}`))
  }

  async #load(key: string, how: 'export' | 'task', url: string, name: string): Promise<Act> {
    const act = await loadFunction(how, url, name)
    this.#functions.set(key, act)
    return act
  }
}

/** One parcel being run. */
class Run {
  readonly parcel: Parcel
  readonly #values: unknown[] = []
  readonly #failures: [number, unknown][] = []
  readonly #isCancelled: () => boolean
  readonly #show: (mark: number) => void
  readonly #now: () => number
  readonly #beganMs: number
  /** Why nothing more of it is to be begun. */
  #aborted: { readonly reason: unknown } | undefined
  #task: RunningTask | undefined
  /** Ends the wait for the task that runs, or for the function. */
  #giveUp: ((error: unknown) => void) | undefined

  constructor(
    parcel: Parcel,
    isCancelled: () => boolean,
    show: (mark: number) => void,
    now: () => number,
  ) {
    this.parcel = parcel
    this.#isCancelled = isCancelled
    this.#show = show
    this.#now = now
    this.#beganMs = now()
  }

  start(act: Act): Report | Promise<Report> {
    this.#show(this.parcel.mark)
    try {
      return this.#goOn(act)
    } finally {
      this.#show(0)
    }
  }

  /** Until a task is to be awaited. */
  #goOn(act: Act): Report | Promise<Report> {
    const { items, isSpread, attempt, timeoutMs } = this.parcel
    let sinceMs = this.#now()
    while (this.#values.length < items.length && this.#aborted === undefined) {
      const item = items[this.#values.length]
      try {
        setCurrentTask((this.#task = new RunningTask(attempt, this.#isCancelled)))
        const result = isSpread ? act(...(item as unknown[])) : act(item)
        if (isThenable(result)) return this.#await(act, result)
        this.#succeed(result)
      } catch (error) {
        this.#fail(error)
      } finally {
        setCurrentTask(undefined)
      }
      const nowMs = this.#now()
      if (nowMs - sinceMs > timeoutMs) {
        this.#failLast(tooSlow(timeoutMs))
        // The others would see that they are cancelled as well.
        if (this.#isCancelled()) break
      }
      if (nowMs - this.#beganMs > CUT_MS) break
      sinceMs = nowMs
    }
    return this.report()
  }

  abort(reason: unknown): void {
    this.#aborted = { reason }
    this.#giveUp?.(reason)
    this.#task?.abort(reason)
  }

  /** Fails when the wait is to end: for the function, or for the task that runs. */
  givenUp(): Promise<never> {
    return new Promise((_, reject) => (this.#giveUp = reject))
  }

  failAll(error: unknown): Report {
    while (this.#values.length < this.parcel.items.length) this.#fail(error)
    return this.report()
  }

  report(): Report {
    return { values: this.#values, failures: this.#failures, ms: this.#now() - this.#beganMs }
  }

  /** Awaits the task, as long as it may take, then goes on with the others. */
  async #await(act: Act, result: PromiseLike<unknown>): Promise<Report> {
    const { timeoutMs } = this.parcel
    let timer: NodeJS.Timeout | undefined
    try {
      if (timeoutMs < Infinity) timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs)
      this.#succeed(await Promise.race([result, this.givenUp()]))
    } catch (error) {
      this.#fail(error)
    } finally {
      clearTimeout(timer)
      this.#giveUp = undefined
    }
    return this.#now() - this.#beganMs > CUT_MS ? this.report() : this.start(act)
  }

  #expire(timeoutMs: number): void {
    const error = tooSlow(timeoutMs)
    this.#giveUp?.(error)
    this.#task?.abort(error)
  }

  #succeed(value: unknown): void {
    if (isIterator(value))
      this.#fail(new ActorError('EVALUE', 'A task returns a value: its results cannot be a stream'))
    else this.#values.push(value)
  }

  #fail(error: unknown): void {
    this.#failures.push([this.#values.length, error])
    this.#values.push(undefined)
  }

  /** What it came to was too late. */
  #failLast(error: unknown): void {
    this.#values.pop()
    if (this.#failures.at(-1)?.[0] === this.#values.length) this.#failures.pop()
    this.#fail(error)
  }
}

const tooSlow = (timeoutMs: number): ActorError =>
  new ActorError('ETIMEDOUT', `The task took longer than ${timeoutMs} ms`)

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { then?: unknown }).then === 'function'

const isIterator = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { next?: unknown }).next === 'function'
