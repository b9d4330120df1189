import { setImmediate } from 'node:timers'
import { ScheduleError } from '../scheduleError.ts'
import type { ManualClock } from '../manualClock.ts'
import type { Schedule } from './schedule.ts'
import { Site } from './site.ts'
import { Trace } from './trace.ts'
import { Track, type Step } from './track.ts'

/** Somebody waits until nothing is left to happen, or for so many steps at most. */
interface Waiting {
  stepsLeft: number
  readonly resolve: () => void
}

/** How work comes to its end. */
export interface Manner {
  /** Whether time goes on when nothing else is left to happen. */
  readonly timeFlows: boolean
  /**
   * Whether the schedule decides what comes next. If not, what has waited longest does; and where time flows, it
   * does so as well when something has been left to happen for many steps.
   */
  readonly explores: boolean
}

/** So many. */
const MANY_STEPS = 1000

/** Work that is to come to an end. */
interface Driven extends Manner {
  readonly fail: (error: unknown) => void
}

/**
 * Takes steps one at a time, in an order that a schedule decides. Between two steps all promises settle that
 * can, so that what code does when it is woken belongs to the step that woke it.
 */
export class Scheduler {
  readonly schedule: Schedule
  readonly clock: ManualClock
  readonly trace = new Trace()
  readonly #maxSteps: number
  #stepsLeft: number
  /** Tracks with something to do, the one that has waited longest first. */
  #ready: Track[] = []
  /** The same, where it may not be done now. */
  #held: Track[] = []
  #waiting: Waiting[] = []
  #listening: (() => void)[] = []
  readonly #driven = new Set<Driven>()
  /** Steps since time went on. */
  #stepsInRow = 0
  #isPlanned = false
  #isOver = false
  /** Whether nothing was left to happen when that was looked at last. */
  #isQuiet = false

  /** @param maxSteps in one go */
  constructor(schedule: Schedule, clock: ManualClock, maxSteps: number) {
    this.schedule = schedule
    this.clock = clock
    this.#maxSteps = maxSteps
    this.#stepsLeft = maxSteps
  }

  site(): Site {
    return new Site({ reviewed: () => this.#review() })
  }

  /** @param sites where its steps happen: any of them may hold it up, or end it */
  track(...sites: readonly Site[]): Track {
    return new Track(sites, this.schedule.random())
  }

  /** Something more is to happen, after all that is on the track already. */
  post(track: Track, step: Step): void {
    if (track.isOver || this.#isOver) return
    track.steps.push(step)
    if (track.steps.length === 1 && !track.isRunning) this.#queue(track)
  }

  /** Of what is to happen on the track, only the first so many steps do. */
  truncate(track: Track, count: number): void {
    track.steps.length = Math.min(track.steps.length, count)
    if (track.steps.length > 0) return
    this.#ready = this.#ready.filter((other) => other !== track)
    this.#held = this.#held.filter((other) => other !== track)
  }

  /** Settles when nothing is left to happen, unless time goes on. */
  settled(): Promise<void> {
    return this.steps(Infinity)
  }

  /** Settles when so many steps were taken, or nothing is left to happen. */
  steps(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ stepsLeft: count, resolve })
      this.#plan()
    })
  }

  /** Settles when nothing will happen any more, even if all others who wait were told so. */
  silence(): Promise<void> {
    return new Promise((resolve) => {
      this.#listening.push(resolve)
      this.#plan()
    })
  }

  /**
   * Sees to it that the work comes to an end.
   *
   * @throws {ScheduleError} `ESTUCK`, `ESTEPS`; what the work throws
   */
  drive<T>(work: Promise<T>, manner: Manner): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#driven.size === 0) this.#stepsLeft = this.#maxSteps
      const driven: Driven = {
        ...manner,
        fail: (error) => {
          this.#driven.delete(driven)
          reject(error)
        },
      }
      this.#driven.add(driven)
      this.#plan()
      void work.then(resolve, reject).finally(() => this.#driven.delete(driven))
    })
  }

  /** Nothing happens any more. */
  end(): void {
    this.#isOver = true
    this.#ready.length = this.#held.length = 0
  }

  #queue(track: Track): void {
    if (track.isHeld) this.#held.push(track)
    else this.#ready.push(track)
    this.#plan()
  }

  /** Sites have changed. */
  #review(): void {
    const held = this.#held
    const ready = this.#ready
    this.#held = []
    this.#ready = []
    for (const track of [...ready, ...held])
      if (track.isOver) track.steps.length = 0
      else this.#queue(track)
  }

  #plan(): void {
    if (this.#isPlanned || this.#isOver) return
    this.#isPlanned = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isPlanned = false
    if (this.#isOver) return
    if (this.#ready.length === 0) this.#pause()
    else if (this.#stepsLeft === 0) this.#fail(new ScheduleError('ESTEPS', this))
    else this.#take()
  }

  #take(): void {
    this.#stepsLeft--
    this.#isQuiet = false
    if (++this.#stepsInRow >= MANY_STEPS && !this.#isExploring) this.#passTime()
    const index = this.#isExploring ? this.schedule.choose(this.#ready) : 0
    const [track] = this.#ready.splice(index, 1) as [Track]
    const step = track.steps.shift()!
    this.trace.add(step.what, this.clock.now())
    track.isRunning = true
    try {
      step.run()
    } catch (error) {
      const { crash } = track.sites[0]!
      if (crash === undefined) this.#fail(error)
      else crash(error)
    }
    track.isRunning = false
    if (track.isOver) track.steps.length = 0
    else if (track.steps.length > 0) this.#queue(track)
    this.#count()
    this.#plan()
  }

  get #isExploring(): boolean {
    for (const { explores } of this.#driven) if (!explores) return false
    return true
  }

  #count(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting)
      if (--one.stepsLeft <= 0) one.resolve()
      else this.#waiting.push(one)
  }

  /** Nothing is left to happen, unless code has left the event loop one turn, and goes on in the next. */
  #pause(): void {
    if (this.#isQuiet) this.#rest()
    else {
      this.#isQuiet = true
      this.#plan()
    }
  }

  /** Nothing is left to happen: whoever waits for that goes on, or time does, or nobody. */
  #rest(): void {
    this.#isQuiet = false
    this.#stepsInRow = 0
    const flows = [...this.#driven].some(({ timeFlows }) => timeFlows)
    const someone = this.#waiting.length > 0
    for (const { resolve } of this.#waiting.splice(0)) resolve()
    if (someone || (flows && this.#passTime()) || this.#tellSilence()) this.#plan()
    else for (const { fail } of this.#driven) fail(new ScheduleError('ESTUCK', this))
  }

  /** @returns whether anybody listens */
  #tellSilence(): boolean {
    const listening = this.#listening.splice(0)
    for (const resolve of listening) resolve()
    return listening.length > 0
  }

  /** @returns false: nothing falls due */
  #passTime(): boolean {
    const { next } = this.clock
    this.#stepsInRow = 0
    if (next === undefined) return false
    this.clock.advanceTo(next)
    return true
  }

  /** The run cannot go on. */
  #fail(error: unknown): void {
    // Who has an error of its own to report gets that.
    if (this.#driven.size === 0) throw error
    for (const { fail } of this.#driven) fail(error)
  }
}
