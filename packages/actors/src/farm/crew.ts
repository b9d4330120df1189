import { ActorError } from '../errors.ts'
import type { Job } from './job.ts'
import { isLoss, type Link } from './link.ts'
import { CUT_MS, type Report } from './parcel.ts'
import type { Recruiter } from './recruiter.ts'
import type { Task } from './task.ts'
import { Worker, type Lot, type Overseer } from './worker.ts'

/** A task is given up when so many workers have died of it, or at least with it alone. */
const MOST_LOSSES = 3

/** What a worker may need beyond the time of its task to say so, before its host is ended, in milliseconds. */
const GRACE_MS = 1000

/** So many workers may fail to begin, with no work done in between, before no more are made. */
const MOST_FAILED_RECRUITS = 3

/** The workers of a farm: each takes tasks of the jobs in turn, as it has room. */
export class Crew implements Overseer {
  readonly #recruiter: Recruiter
  readonly #workers: Worker[] = []
  readonly #jobs: Job[] = []
  /** For each worker whose tasks are timed: ends its host when nothing is heard of it. */
  readonly #watches = new Map<Worker, NodeJS.Timeout>()
  /** Workers whose hosts were ended because nothing was heard of them. */
  readonly #stuck = new Set<Worker>()
  /** Workers that are being made. */
  #coming = 0
  #failedRecruits = 0
  #nextJob = 0
  #isClosed = false

  constructor(recruiter: Recruiter) {
    this.#recruiter = recruiter
  }

  get size(): number {
    return this.#workers.length
  }

  /** Settles when all workers are there. @throws what keeps one of them from coming */
  async open(): Promise<void> {
    const { wanted } = this.#recruiter
    const coming = Array.from({ length: wanted }, async () => this.#recruiter.recruit())
    const settled = await Promise.allSettled(coming)
    for (const result of settled)
      if (result.status === 'fulfilled' && result.value !== undefined)
        this.#workers.push(new Worker(result.value, this))
    const failure = settled.find((result) => result.status === 'rejected')
    if (failure !== undefined) {
      await this.close()
      throw failure.reason
    }
    this.#recruiter.open(() => this.#fill())
  }

  /** The workers do this as well from now on. */
  add(job: Job): void {
    if (this.#isClosed) {
      job.fail(new ActorError('ECLOSED', 'The farm is closed'))
      return
    }
    this.#jobs.push(job)
    this.#fill()
    this.pump()
  }

  /** Nobody wants more results of the job. */
  remove(job: Job): void {
    const at = this.#jobs.indexOf(job)
    if (at === -1) return
    this.#jobs.splice(at, 1)
    for (const worker of this.#workers) worker.cancel(job)
  }

  /** Nobody wants the result of the task, which goes alone. */
  cancel(task: Task): void {
    for (const worker of this.#workers) worker.cancelTask(task)
  }

  /** A job may have tasks that it had not before. */
  pump(): void {
    if (this.#jobs.length === 0) return
    // Those that have nothing to do come first.
    for (const worker of this.#workers) if (worker.lots.length === 0) this.#feed(worker)
    for (const worker of this.#workers) this.#feed(worker)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#recruiter.close()
    for (const job of this.#jobs.slice()) job.fail(new ActorError('ECLOSED', 'The farm is closed'))
    for (const timer of this.#watches.values()) clearTimeout(timer)
    await Promise.all(this.#workers.map((worker) => worker.link.dispose()))
  }

  reported(worker: Worker, { job, tasks }: Lot, { values, failures, ms }: Report): void {
    this.#failedRecruits = 0
    this.#watch(worker)
    job.pace.note(values.length, ms)
    if (!job.isOver) {
      for (const [at, error] of failures) this.#failed(tasks[at]!, error)
      let nextFailure = 0
      for (let at = 0; at < values.length; at++) {
        if (failures[nextFailure]?.[0] === at) {
          nextFailure++
          continue
        }
        const task = tasks[at]!
        task.value = values[at]
        job.settled(task)
      }
      for (const task of tasks.slice(values.length)) if (!task.isUnwanted) job.returned.push(task)
    }
    this.#feed(worker)
    if (values.length < tasks.length || failures.length > 0) this.pump()
    job.wake()
  }

  unsent(worker: Worker, { job, tasks }: Lot, error: unknown): void {
    this.#watch(worker)
    if (!job.isOver) {
      // One of them cannot be sent, or its result: the others run again without it.
      if (tasks.length > 1) job.again.push(...tasks)
      else this.#giveUp(tasks[0]!, error)
    }
    this.pump()
    job.wake()
  }

  lost(worker: Worker, error: unknown): void {
    this.#workers.splice(this.#workers.indexOf(worker), 1)
    this.#recruiter.left(worker.link)
    // Nobody is to restart it: another one takes its place.
    worker.link.dispose().catch((reason: unknown) => {
      if (!isLoss(reason)) throw reason
    })
    clearTimeout(this.#watches.get(worker))
    this.#watches.delete(worker)
    const wasStuck = this.#stuck.delete(worker)
    for (const lot of worker.lots.splice(0))
      if (!lot.job.isOver) this.#lostLot(lot, wasStuck, error)
    for (const job of this.#jobs.slice()) job.wake()
    this.pump()
    this.#fill(error)
  }

  #lostLot({ job, tasks, isExclusive }: Lot, wasStuck: boolean, error: unknown): void {
    const [first] = tasks
    if (tasks.length === 1 && (wasStuck || isExclusive)) {
      if (wasStuck) this.#failed(first!, neverEnded(job.terms.timeoutMs, error))
      else if (++first!.losses >= MOST_LOSSES) this.#giveUp(first!, diedOf(error))
      else this.#again(first!)
    } else {
      for (const task of tasks) {
        task.isSuspect = true
        this.#again(task)
      }
    }
  }

  #again(task: Task): void {
    if (task.isUnwanted) return
    task.attempt++
    task.job.again.push(task)
    task.job.retried(task)
  }

  #failed(task: Task, error: unknown): void {
    if (task.attempt - task.losses <= task.job.terms.retries) this.#again(task)
    else this.#giveUp(task, error)
  }

  #giveUp(task: Task, error: unknown): void {
    task.value = error
    task.isFailed = true
    task.job.settled(task)
  }

  /** Gives the worker as much as it has room for. */
  #feed(worker: Worker): void {
    // A lot at a time for each job, in turn.
    let refusals = 0
    while (refusals < this.#jobs.length) {
      this.#nextJob = (this.#nextJob + 1) % this.#jobs.length
      if (this.#feedFrom(this.#jobs[this.#nextJob]!, worker)) refusals = 0
      else refusals++
    }
  }

  #feedFrom(job: Job, worker: Worker): boolean {
    const { mostTasks, timesTasks } = worker.link
    const isTimedFromHere = !timesTasks && job.terms.timeoutMs < Infinity
    if (!worker.hasRoom(isTimedFromHere ? 1 : job.pace.parcels)) return false
    const alone = this.#takeAlone(job, worker)
    const tasks = alone === undefined ? job.take(Math.min(job.pace.tasks, mostTasks)) : [alone]
    if (tasks.length === 0) return false
    worker.give(job, tasks, alone?.isSuspect === true)
    if (worker.lots.length === 1) this.#watch(worker)
    return true
  }

  /** Suspects must have a worker for themselves: then, if it dies, it is known of what. */
  #takeAlone(job: Job, worker: Worker): Task | undefined {
    if (job.again.length === 0) return undefined
    const isIdle = worker.lots.length === 0
    const at = isIdle ? 0 : job.again.findIndex((task) => !task.isSuspect)
    return at === -1 ? undefined : job.again.splice(at, 1)[0]
  }

  /** Watches the first lot of the worker, whose tasks are running now. */
  #watch(worker: Worker): void {
    const { host, timesTasks } = worker.link
    clearTimeout(this.#watches.get(worker))
    this.#watches.delete(worker)
    const timeoutMs = worker.lots[0]?.job.terms.timeoutMs ?? Infinity
    if (timeoutMs === Infinity || !timesTasks || host === undefined) return
    const end = (): void => {
      this.#stuck.add(worker)
      this.#recruiter.endHost(host)
    }
    this.#watches.set(worker, setTimeout(end, timeoutMs + CUT_MS + GRACE_MS))
  }

  /** Workers for those that are gone, as far as there are hosts for them. */
  #fill(cause?: unknown): void {
    while (!this.#isClosed && this.#workers.length + this.#coming < this.#recruiter.wanted) {
      const link =
        this.#failedRecruits < MOST_FAILED_RECRUITS ? this.#recruiter.recruit() : undefined
      if (link === undefined) break
      this.#coming++
      void this.#welcome(link)
    }
    if (this.#workers.length + this.#coming > 0) return
    if (this.#failedRecruits < MOST_FAILED_RECRUITS && this.#recruiter.isExpecting) return
    for (const job of this.#jobs.slice()) job.fail(noWorkers(cause))
  }

  async #welcome(coming: Promise<Link>): Promise<void> {
    try {
      const link = await coming
      this.#coming--
      if (this.#isClosed) await link.dispose()
      else this.#workers.push(new Worker(link, this))
      this.pump()
    } catch (error) {
      this.#coming--
      this.#failedRecruits++
      this.#fill(error)
    }
  }
}

const neverEnded = (timeoutMs: number, cause: unknown): ActorError =>
  new ActorError(
    'ETIMEDOUT',
    `The task took longer than ${timeoutMs} ms, and its thread was ended`,
    {
      cause,
    },
  )

const diedOf = (cause: unknown): ActorError =>
  new ActorError('EHOSTDOWN', `${MOST_LOSSES} workers have died while they ran this task`, {
    cause,
  })

const noWorkers = (cause: unknown): ActorError =>
  new ActorError('EHOSTDOWN', 'The farm has no workers any more', { cause })
