import type { Candidate } from './schedule.ts'
import type { Site } from './site.ts'

/** Something that happens at once, and with which nothing else interferes. */
export interface Step {
  /** For people. */
  readonly what: string
  run(): void
}

/** Steps that happen one after the other, in their order: what one actor does, what comes on one way. */
export class Track implements Candidate {
  readonly sites: readonly Site[]
  /** Those that are to be taken, the next first. */
  readonly steps: Step[] = []
  priority: number
  /** Whether one of its steps is being taken. */
  isRunning = false

  constructor(sites: readonly Site[], priority: number) {
    this.sites = sites
    this.priority = priority
  }

  get isHeld(): boolean {
    return this.sites.some((site) => site.isHeld)
  }

  get isOver(): boolean {
    return this.sites.some((site) => site.isOver)
  }
}
