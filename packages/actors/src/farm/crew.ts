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

  /** Those that have nothing to do. */
  get idle(): number {
    let idle = 0
    for (const { lots } of this.#workers) if (lots.length === 0) idle++
    return idle
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
    for (const worker of this.#workers) if (worker.lots.length === 0) this.#giveLot(worker)
    for (const worker of this.#workers) this.#feed(worker)
  }

  /** Whoever was asked for tasks may have found that there are no more, and so that its job is done. */
  #pumpAndWake(): void {
    this.pump()
    for (const job of this.#jobs.slice()) job.wake()
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
    this.#heardOf(worker)
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
    // All of them: one that found nothing to do while too much was in flight would not be asked again.
    this.pump()
    job.wake()
  }

  unsent(worker: Worker, { job, tasks }: Lot, error: unknown): void {
    this.#heardOf(worker)
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
    // Another one takes its place.
    worker.link.dispose().catch((reason: unknown) => {
      if (!isLoss(reason)) throw reason
    })
    clearTimeout(this.#watches.get(worker))
    this.#watches.delete(worker)
    const wasStuck = this.#stuck.delete(worker)
    const [first, ...others] = worker.lots.splice(0)
    if (first !== undefined) this.#lostLot(first, wasStuck, error)
    for (const lot of others) this.#lostLot(lot, false, error)
    this.#pumpAndWake()
    this.#fill(error)
  }

  #lostLot({ job, tasks, isExclusive }: Lot, wasStuck: boolean, error: unknown): void {
    if (job.isOver) return
    const [first] = tasks
    if (tasks.length === 1 && wasStuck) this.#failed(first!, neverEnded(job.terms.timeoutMs, error))
    else if (isExclusive && ++first!.losses >= MOST_LOSSES) this.#giveUp(first!, diedOf(error))
    else for (const task of tasks) this.#again(task, job.suspects)
  }

  #again(task: Task, among: Task[]): void {
    if (task.isUnwanted) return
    task.attempt++
    among.push(task)
    task.job.retried(task)
  }

  #failed(task: Task, error: unknown): void {
    if (++task.failures <= task.job.terms.retries) this.#again(task, task.job.again)
    else this.#giveUp(task, error)
  }

  #giveUp(task: Task, error: unknown): void {
    task.value = error
    task.isFailed = true
    task.job.settled(task)
  }

  /** Gives the worker as much as it has room for. */
  #feed(worker: Worker): void {
    while (this.#giveLot(worker));
  }

  /** Gives the worker a lot of the job whose turn it is. @returns false: no job has any for it */
  #giveLot(worker: Worker): boolean {
    // Suspects want a worker for themselves: then, if it dies, it is known of what.
    if (worker.lots.length > 0 && this.#jobs.some(({ suspects }) => suspects.length > 0))
      return false
    for (let refusals = 0; refusals < this.#jobs.length; refusals++) {
      this.#nextJob = (this.#nextJob + 1) % this.#jobs.length
      if (this.#giveLotOf(this.#jobs[this.#nextJob]!, worker)) return true
    }
    return false
  }

  #giveLotOf(job: Job, worker: Worker): boolean {
    if (!worker.hasRoom(roomFor(job, worker.link))) return false
    const suspect = worker.lots.length === 0 ? job.suspects.shift() : undefined
    const alone = suspect ?? job.again.shift()
    const most = Math.min(job.pace.tasks, worker.link.mostTasks)
    const tasks = alone === undefined ? job.take(most) : [alone]
    if (tasks.length === 0) return false
    worker.give(job, tasks, suspect !== undefined)
    if (worker.lots.length === 1) this.#watch(worker)
    return true
  }

  /** Its thread is free for what others have there: only now may they have begun. */
  #heardOf(worker: Worker): void {
    this.#watch(worker)
    for (const other of this.#workers)
      if (other.link.host === worker.link.host && this.#watches.has(other)) this.#watch(other)
  }

  /** Watches the first lot of the worker: its tasks run now, or wait for what their thread does for others. */
  #watch(worker: Worker): void {
    const { host, timesTasks } = worker.link
    clearTimeout(this.#watches.get(worker))
    this.#watches.delete(worker)
    const [lot] = worker.lots
    if (lot === undefined || !timesTasks || host === undefined) return
    const { timeoutMs } = lot.job.terms
    if (timeoutMs === Infinity) return
    const wait = (delayMs: number, act: () => void): void => {
      const late = (): void => {
        // It waits for the thread, which another task has: that one's time is its own.
        if (isHeldUp(worker)) this.#watch(worker)
        else act()
      }
      this.#watches.set(worker, setTimeout(late, delayMs))
    }
    wait(timeoutMs + CUT_MS, () => {
      worker.link.hurry(lot.mark)
      wait(GRACE_MS, () => this.#endHost(host, worker, lot))
    })
  }

  /** Nothing is heard of the worker, because of its own task or, for all that is known, of what else runs there. */
  #endHost(host: number, worker: Worker, lot: Lot): void {
    const { running } = worker.link
    const isAlone = this.#workers.every(({ link }) => link === worker.link || link.host !== host)
    if (running === lot.mark || isAlone || lot.isExclusive) this.#stuck.add(worker)
    this.#recruiter.endHost(host)
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
    let link: Link
    try {
      link = await coming
    } catch (error) {
      this.#coming--
      this.#failedRecruits++
      this.#fill(error)
      return
    }
    this.#coming--
    if (this.#isClosed) await link.dispose()
    else this.#workers.push(new Worker(link, this))
    this.#pumpAndWake()
  }
}

/** Whether the worker's thread is busy with what another one has. */
const isHeldUp = ({ link: { running }, lots }: Worker): boolean =>
  running !== 0 && lots.every(({ mark }) => mark !== running)

/** How many lots of the job a worker may have. */
function roomFor({ pace, terms }: Job, { mostTasks, timesTasks }: Link): number {
  // While it waits for another one, its time would run out.
  if (!timesTasks && terms.timeoutMs < Infinity) return 1
  return mostTasks === 1 ? pace.parcels * pace.tasks : pace.parcels
}

const neverEnded = (timeoutMs: number, cause: unknown): ActorError =>
  new ActorError('ETIMEDOUT', `It was not done after ${timeoutMs} ms: its thread was ended`, {
    cause,
  })

const diedOf = (cause: unknown): ActorError =>
  new ActorError('EHOSTDOWN', `${MOST_LOSSES} workers have died of the task`, { cause })

const noWorkers = (cause: unknown): ActorError =>
  new ActorError('EHOSTDOWN', 'The farm has no workers any more', { cause })
