import type { Job } from './job.ts'

/** One piece of work, from when it is taken from its source until its result is delivered. */
export class Task {
  readonly job: Job
  /** Its place among those of its job, from 0. */
  readonly index: number
  readonly item: unknown
  /** 1 when it runs for the first time. */
  attempt = 1
  /** So often it has failed. */
  failures = 0
  /** So often its worker died while it ran nothing else. */
  losses = 0
  /** Whether its result is of no use any more. */
  isUnwanted = false
  /** What it has come to. */
  value: unknown
  isFailed = false

  constructor(job: Job, index: number, item: unknown) {
    this.job = job
    this.index = index
    this.item = item
  }
}
