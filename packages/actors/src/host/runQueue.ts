/** An actor's host runs messages for so long before timers and I/O have their turn, in milliseconds. */
const TURN_MS = 2
/** The clock is looked at once in so many steps. */
const STEPS_PER_LOOK = 16

/** When the queue is run: as soon as what runs now is done, and again after the event loop has turned. */
export interface Pace {
  soon(run: () => void): void
  afterTurn(run: () => void): void
  /** Milliseconds. */
  now(): number
}

export const threadPace: Pace = {
  soon: queueMicrotask,
  afterTurn: (run) => setImmediate(run),
  now: () => performance.now(),
}

/** What has something to do, each in its turn. */
export class RunQueue<T> {
  readonly #pace: Pace
  readonly #step: (item: T) => void
  readonly #ended: () => void
  #items: T[] = []
  #head = 0
  #isScheduled = false
  #isRunning = false

  /**
   * @param step does some of an item's work; the item comes again if it is added again
   * @param ended called when the queue is empty, or pauses for the event loop
   */
  constructor(pace: Pace, step: (item: T) => void, ended: () => void) {
    this.#pace = pace
    this.#step = step
    this.#ended = ended
  }

  add(item: T): void {
    this.#items.push(item)
    if (this.#isScheduled || this.#isRunning) return
    this.#isScheduled = true
    this.#pace.soon(this.run)
  }

  /** Runs what is there; called early by who has added many. */
  readonly run = (): void => {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#isScheduled = false
    const until = this.#pace.now() + TURN_MS
    let steps = 0
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head]!
      this.#head++
      this.#step(item)
      if (++steps % STEPS_PER_LOOK === 0 && this.#pace.now() >= until) break
    }
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else {
      if (this.#head > 1024) {
        this.#items = this.#items.slice(this.#head)
        this.#head = 0
      }
      this.#isScheduled = true
      this.#pace.afterTurn(this.run)
    }
    this.#isRunning = false
    this.#ended()
  }
}
