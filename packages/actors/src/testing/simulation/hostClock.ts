import type { Clock } from '../../host/clock.ts'
import type { ManualClock } from '../manualClock.ts'
import type { Scheduler } from './scheduler.ts'
import type { Site } from './site.ts'
import type { Track } from './track.ts'

interface Alarm {
  /** Of the clock that all hosts share; undefined: it is due. */
  timer: unknown
  isOver: boolean
}

/** The clock of one host: what falls due there is a step, behind what has fallen due before. */
export class HostClock implements Clock {
  readonly #clock: ManualClock
  readonly #scheduler: Scheduler
  readonly #track: Track
  readonly #what: string
  readonly #running = new Set<Alarm>()
  #isOver = false

  /** @param what of whom the timers are, for people */
  constructor(scheduler: Scheduler, site: Site, what: string) {
    this.#clock = scheduler.clock
    this.#scheduler = scheduler
    this.#track = scheduler.track(site)
    this.#what = `${what}: a timer`
  }

  now(): number {
    return this.#clock.now()
  }

  after(delayMs: number, act: () => void): unknown {
    const alarm: Alarm = { timer: undefined, isOver: this.#isOver }
    if (this.#isOver) return alarm
    const due = (): void => {
      this.#running.delete(alarm)
      const run = (): void => {
        if (!alarm.isOver) act()
      }
      this.#scheduler.post(this.#track, { what: this.#what, run })
    }
    if (delayMs <= 0) due()
    else {
      this.#running.add(alarm)
      alarm.timer = this.#clock.after(delayMs, due)
    }
    return alarm
  }

  cancel(timer: unknown): void {
    if (timer === undefined) return
    const alarm = timer as Alarm
    alarm.isOver = true
    if (this.#running.delete(alarm)) this.#clock.cancel(alarm.timer)
  }

  /** The host is no more: nothing falls due there. */
  end(): void {
    this.#isOver = true
    for (const { timer } of this.#running) this.#clock.cancel(timer)
    this.#running.clear()
  }
}
