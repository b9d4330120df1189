import type { Clock } from '../host/clock.ts'

interface Alarm {
  readonly at: number
  readonly act: () => void
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  readonly #alarms = new Set<Alarm>()
  #now: number

  /** @param now milliseconds since the epoch */
  constructor(now = 0) {
    this.#now = now
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#now
  }

  /** When the next alarm is due, in milliseconds since the epoch; undefined: there is none. */
  get next(): number | undefined {
    return this.#first()?.at
  }

  /** Acts once, in so many milliseconds. @returns what `cancel` takes */
  after(delayMs: number, act: () => void): unknown {
    const alarm = { at: this.#now + delayMs, act }
    this.#alarms.add(alarm)
    return alarm
  }

  cancel(timer: unknown): void {
    this.#alarms.delete(timer as Alarm)
  }

  /** Goes on by so many milliseconds; what falls due acts on the way, each at its time. */
  advance(byMs: number): void {
    this.advanceTo(this.#now + byMs)
  }

  /** Goes on to a time, in milliseconds since the epoch, as `advance` does. */
  advanceTo(until: number): void {
    let next: Alarm | undefined
    while ((next = this.#first()) !== undefined && next.at <= until) {
      this.#alarms.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.act()
    }
    this.#now = Math.max(this.#now, until)
  }

  /** The one that is due next; of several, the one that was set first. */
  #first(): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms) if (first === undefined || alarm.at < first.at) first = alarm
    return first
  }
}
