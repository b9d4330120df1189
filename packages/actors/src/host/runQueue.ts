import { soon } from './soon.ts'

/** Messages are run for so long before timers and I/O have their turn, in milliseconds. */
const TURN_MS = 2
/** What messages that take long have said is sent after so many milliseconds, and not with what comes after them. */
const SLOW_MS = 0.2
/** The clock is looked at once in so many messages, and more often while it is not known how long they take. */
const MOST_PER_LOOK = 64

/** Places that are kept for what comes next. */
const MOST_PLACES = 1024

/** When the queue is run: as soon as what runs now is done, and again after the event loop has turned. */
export interface Pace {
  soon(run: () => void): void
  afterTurn(run: () => void): void
  /** Milliseconds. */
  now(): number
}

export const threadPace: Pace = {
  soon,
  afterTurn: (run) => setImmediate(run),
  now: () => performance.now(),
}

/** What has something to do, each in its turn. */
export class RunQueue<T> {
  readonly #pace: Pace
  readonly #step: (item: T) => void
  readonly #said: () => void
  /** Those from `head` to `tail` wait; the places of others are used again. */
  #items: (T | undefined)[] = []
  #head = 0
  #tail = 0
  #isScheduled = false
  #isAwaitingTurn = false
  #isRunning = false
  #isTurnOver = false
  #turnEndsAt = 0
  #lookedAt = 0
  /** Messages that were run since the clock was looked at, and how many are to be. */
  #messages = 0
  #messagesPerLook = 1

  /**
   * @param step does some of an item's work; it calls `did` after each message and asks `isOver` before the
   *   next; the item comes again if it is added again
   * @param said called when the queue is empty, or pauses for the event loop, and now and then while messages
   *   take long: what they have said until then should leave
   */
  constructor(pace: Pace, step: (item: T) => void, said: () => void) {
    this.#pace = pace
    this.#step = step
    this.#said = said
  }

  add(item: T): void {
    this.#items[this.#tail++] = item
    if (this.#isScheduled || this.#isRunning) return
    this.#isScheduled = true
    this.#pace.soon(this.run)
  }

  /** Who adds now calls `run` in any case: that need not be scheduled. */
  expectRun(): void {
    this.#isScheduled = true
  }

  /** A message was run. */
  did(): void {
    this.#messages++
  }

  /** Whether the event loop is to turn before more is done. Asked only where there is more. */
  isOver(): boolean {
    return this.#isTurnOver || (this.#messages >= this.#messagesPerLook && this.#look())
  }

  /** Runs what is there; called early by who has added many. @returns false: some is left for the next turn */
  readonly run = (): boolean => {
    if (this.#isRunning) return false
    if (this.#head === this.#tail) {
      this.#isScheduled = false
      this.#said()
      return true
    }
    this.#isRunning = true
    this.#isTurnOver = false
    this.#lookedAt = this.#pace.now()
    this.#turnEndsAt = this.#lookedAt + TURN_MS
    this.#messages = 0
    this.#messagesPerLook = 1
    while (this.#head < this.#tail && !this.isOver()) this.#step(this.#take())
    const isDone = this.#head === this.#tail
    this.#isScheduled = !isDone
    if (isDone) {
      this.#head = this.#tail = 0
      if (this.#items.length > MOST_PLACES) this.#items = []
    } else {
      if (this.#head > MOST_PLACES) {
        this.#items = this.#items.slice(this.#head, this.#tail)
        this.#tail -= this.#head
        this.#head = 0
      }
      this.#goOnAfterTurn()
    }
    this.#isRunning = false
    this.#said()
    return isDone
  }

  #take(): T {
    const item = this.#items[this.#head]!
    // What is gone from here is not kept alive.
    this.#items[this.#head++] = undefined
    return item
  }

  #look(): boolean {
    const now = this.#pace.now()
    if (now - this.#lookedAt < SLOW_MS)
      this.#messagesPerLook = Math.min(this.#messagesPerLook * 2, MOST_PER_LOOK)
    else {
      this.#messagesPerLook = 1
      this.#said()
    }
    this.#lookedAt = now
    this.#messages = 0
    return (this.#isTurnOver = now >= this.#turnEndsAt)
  }

  #goOnAfterTurn(): void {
    if (this.#isAwaitingTurn) return
    this.#isAwaitingTurn = true
    this.#pace.afterTurn(this.#afterTurn)
  }

  readonly #afterTurn = (): void => {
    this.#isAwaitingTurn = false
    if (this.#head < this.#tail) this.run()
  }
}
