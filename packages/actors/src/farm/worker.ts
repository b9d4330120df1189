import type { Job } from './job.ts'
import { isLoss, type Link } from './link.ts'
import type { Report } from './parcel.ts'
import type { Task } from './task.ts'

/** Tasks that are with a worker. */
export interface Lot {
  readonly id: number
  /** Unlike that of any other lot. */
  readonly mark: number
  readonly job: Job
  readonly tasks: Task[]
  /** Whether the worker gets nothing else until it is done. */
  readonly isExclusive: boolean
}

/** What becomes of the lots of a worker. */
export interface Overseer {
  reported(worker: Worker, lot: Lot, report: Report): void
  /** The parcel or what came of it could not be sent; the worker is as it was. */
  unsent(worker: Worker, lot: Lot, error: unknown): void
  /** The worker is gone, with all lots that it had. */
  lost(worker: Worker, error: unknown): void
}

/** Marks are 2^31 and more, and come again after 2^31 lots. */
let marks = 2 ** 31

function nextMark(): number {
  marks = marks === 2 ** 32 - 1 ? 2 ** 31 : marks + 1
  return marks
}

/** A worker of a farm, and what it has to do. */
export class Worker {
  readonly link: Link
  readonly #overseer: Overseer
  /** In the order in which they were given. */
  readonly lots: Lot[] = []
  #ids = 0
  #isGone = false

  constructor(link: Link, overseer: Overseer) {
    this.link = link
    this.#overseer = overseer
  }

  /** Whether it may get another lot while it has so many that the job allows. */
  hasRoom(lots: number): boolean {
    return this.lots.length < lots && this.lots[0]?.isExclusive !== true
  }

  give(job: Job, tasks: Task[], isExclusive: boolean): void {
    const lot: Lot = { id: ++this.#ids, mark: nextMark(), job, tasks, isExclusive }
    this.lots.push(lot)
    void this.#run(lot)
  }

  /** Nobody wants the results of the job. */
  cancel(job: Job): void {
    for (const lot of this.lots) if (lot.job === job) this.link.cancel(lot)
  }

  cancelTask(task: Task): void {
    for (const lot of this.lots) if (lot.tasks[0] === task) this.link.cancel(lot)
  }

  async #run(lot: Lot): Promise<void> {
    const { id, mark, job, tasks } = lot
    const { work, timeoutMs, toArguments } = job.terms
    const isSpread = toArguments !== undefined
    const itemOf = isSpread
      ? (task: Task) => toArguments(task.item as never)
      : (task: Task) => task.item
    let report: Report
    try {
      const items = tasks.map(itemOf)
      report = await this.link.run({
        id,
        mark,
        work,
        items,
        isSpread,
        attempt: tasks[0]!.attempt,
        timeoutMs,
      })
    } catch (error) {
      if (isLoss(error)) this.#lose(error)
      else if (this.#remove(lot)) this.#overseer.unsent(this, lot, error)
      return
    }
    if (this.#remove(lot)) this.#overseer.reported(this, lot, report)
  }

  /** @returns whether it was still there */
  #remove(lot: Lot): boolean {
    const at = this.lots.indexOf(lot)
    if (at === -1) return false
    this.lots.splice(at, 1)
    return true
  }

  #lose(error: unknown): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#overseer.lost(this, error)
  }
}
