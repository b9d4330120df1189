import type { Address } from '../../host/address.ts'
import type { Credit } from './credit.ts'
import type { Candidate } from './routes.ts'
import { TaskQueue } from './taskQueue.ts'
import type { Task } from './task.ts'

/** Whether a message more should not be sent there now: a full mailbox, a host that does not keep up. */
type IsBlocked = (address: Address) => boolean

/** One actor of a pool, as one caller's thread sees it. */
export class Member implements Candidate {
  readonly address: Address
  readonly seat: number
  /** What only this member may get. */
  readonly waiting = new TaskQueue<Task>()
  inFlight = 0
  /** Whether it has left the pool, or is about to. */
  hasLeft = false
  readonly #credit: Credit
  readonly #isBlocked: IsBlocked
  #probe: Task | undefined
  #probedAt = 0

  constructor(address: Address, seat: number, credit: Credit, isBlocked: IsBlocked) {
    this.address = address
    this.seat = seat
    this.#credit = credit
    this.#isBlocked = isBlocked
  }

  get hasRoom(): boolean {
    if (this.hasLeft) return false
    if (this.inFlight === 0) return true
    // What is in flight will be answered, and then this is asked again.
    return this.inFlight < this.#credit.window && !this.#isBlocked(this.address)
  }

  took(task: Task, now: () => number): void {
    this.inFlight++
    if (this.#probe !== undefined || this.#credit.isFixed) return
    this.#probe = task
    this.#probedAt = now()
  }

  /** @param isWorkWaiting whether there is more than the members may have */
  gaveBack(task: Task, now: () => number, isWorkWaiting: boolean): void {
    const wasUsedUp = isWorkWaiting && this.inFlight >= this.#credit.window
    this.inFlight--
    if (task !== this.#probe) return
    this.#probe = undefined
    this.#credit.probed(now() - this.#probedAt, wasUsedUp)
  }
}
