import { POOL_SIZE } from '../preparedMessages.ts'

const MOST_TRIPS = 4_000_000

/** The times of all trips of one measurement; checks each reply and knows when time is up. */
export class TravelLog {
  readonly #times = new Float64Array(MOST_TRIPS)
  readonly #endMs: number
  #trips = 0
  #leftMs = 0

  constructor(milliseconds: number) {
    this.#endMs = performance.now() + milliseconds
  }

  /** Which of the prepared messages goes next. */
  get next(): number {
    return this.#trips % POOL_SIZE
  }

  leave(): void {
    this.#leftMs = performance.now()
  }

  /** Notes the arrival of the reply to message `next`; false when no further trip is to be made. */
  arrive(reply: Uint8Array): boolean {
    const nowMs = performance.now()
    if (reply[0] !== this.next) throw new Error(`reply ${this.#trips} begins with ${reply[0]}`)
    this.#times[this.#trips++] = nowMs - this.#leftMs
    return nowMs < this.#endMs && this.#trips < MOST_TRIPS
  }

  summarize(): { trips: number; meanNanoseconds: number; medianNanoseconds: number } {
    const times = this.#times.subarray(0, this.#trips).sort()
    const totalMs = times.reduce((sum, time) => sum + time, 0)
    return {
      trips: this.#trips,
      meanNanoseconds: Math.round((totalMs / this.#trips) * 1e6),
      medianNanoseconds: Math.round((times[this.#trips >> 1] ?? 0) * 1e6),
    }
  }
}
