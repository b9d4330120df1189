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

  now(): number {
    return this.#now
  }

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
    const until = this.#now + byMs
    let next: Alarm | undefined
    while ((next = this.#firstUntil(until)) !== undefined) {
      this.#alarms.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.act()
    }
    this.#now = until
  }

  #firstUntil(until: number): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms)
      if (alarm.at <= until && (first === undefined || alarm.at < first.at)) first = alarm
    return first
  }
}
