/** What a parcel is meant to take, in milliseconds: long beside its journey, short beside the whole job. */
const PARCEL_MS = 5

/** The most tasks in one parcel. */
const MOST_TASKS = 512

/** A worker whose tasks are longer than this loses nothing by waiting for the next one, in milliseconds. */
const LONG_MS = 20

/** Parcels may have so many times the tasks of those before. */
const GROWTH = 4

/** How much the last parcel counts beside those before it. */
const LAST_COUNTS = 0.4

/** How many tasks go to a worker at a time: learned from how long they take. */
export class Pace {
  #tasks = 1
  #taskMs: number | undefined

  /** Tasks for one parcel. */
  get tasks(): number {
    return this.#tasks
  }

  /** Parcels that a worker may have: one that waits while another is run, unless that would wait for long. */
  get parcels(): number {
    return this.#taskMs === undefined || this.#taskMs > LONG_MS ? 1 : 2
  }

  /** So many tasks have taken so long. */
  note(tasks: number, ms: number): void {
    if (tasks === 0) return
    const each = ms / tasks
    this.#taskMs =
      this.#taskMs === undefined ? each : this.#taskMs + LAST_COUNTS * (each - this.#taskMs)
    const ideal = Math.floor(PARCEL_MS / Math.max(this.#taskMs, PARCEL_MS / MOST_TASKS))
    this.#tasks = Math.max(1, Math.min(ideal, this.#tasks * GROWTH))
  }
}
