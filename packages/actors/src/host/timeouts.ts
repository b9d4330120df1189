import type { Clock } from './clock.ts'

/** A wait with an end. What waits extends it, so that adding and taking back allocate nothing. */
export abstract class Timeout {
  /** In milliseconds since the epoch. */
  deadline = Infinity
  /** @internal */
  later: Timeout | undefined
  /** @internal */
  earlier: Timeout | undefined
  /** @internal */
  queue: Queue | undefined

  /** It was not taken back in time. @param afterMs how long that was */
  abstract expire(afterMs: number): void
}

/** Waits that last equally long, in the order in which they began and so will end. */
interface Queue {
  readonly lastsMs: number
  first: Timeout | undefined
  last: Timeout | undefined
  timer: unknown
}

/** Deadlines of many waits, nearly all of which end before theirs: one timer for equal ones. */
export class Timeouts {
  readonly #clock: Clock
  readonly #queues = new Map<number, Queue>()
  /** That of the wait that was added last: most last as long as the one before. */
  #recent: Queue | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param lastsMs from now on; `Infinity`: no end */
  add(timeout: Timeout, lastsMs: number): void {
    if (lastsMs === Infinity) return
    // Deadlines that were inherited differ by fractions: queues for each would be too many.
    const rounded = Math.ceil(lastsMs)
    timeout.deadline = this.#clock.now() + rounded
    const queue = this.#recent?.lastsMs === rounded ? this.#recent : this.#queueOf(rounded)
    timeout.queue = queue
    timeout.earlier = queue.last
    if (queue.last === undefined) queue.first = timeout
    else queue.last.later = timeout
    queue.last = timeout
    if (queue.timer === undefined) this.#arm(queue, rounded)
  }

  /** May be called for one that was never added, or has expired. */
  remove(timeout: Timeout): void {
    const { queue, earlier, later } = timeout
    if (queue === undefined) return
    if (earlier === undefined) queue.first = later
    else earlier.later = later
    if (later === undefined) queue.last = earlier
    else later.earlier = earlier
    timeout.queue = timeout.later = timeout.earlier = undefined
  }

  close(): void {
    for (const { timer } of this.#queues.values()) this.#clock.cancel(timer)
    this.#queues.clear()
    this.#recent = undefined
  }

  #arm(queue: Queue, delayMs: number): void {
    queue.timer = this.#clock.after(delayMs, () => this.#fire(queue))
  }

  #fire(queue: Queue): void {
    const now = this.#clock.now()
    queue.timer = undefined
    while (queue.first !== undefined && queue.first.deadline <= now) {
      const timeout = queue.first
      this.remove(timeout)
      timeout.expire(queue.lastsMs)
    }
    if (queue.first !== undefined) this.#arm(queue, Math.max(1, queue.first.deadline - now))
    else if (queue.timer === undefined) this.#forget(queue)
  }

  #queueOf(lastsMs: number): Queue {
    let queue = this.#queues.get(lastsMs)
    if (queue === undefined) {
      queue = { lastsMs, first: undefined, last: undefined, timer: undefined }
      this.#queues.set(lastsMs, queue)
    }
    return (this.#recent = queue)
  }

  #forget(queue: Queue): void {
    this.#queues.delete(queue.lastsMs)
    if (this.#recent === queue) this.#recent = undefined
  }
}
