import type { Cell } from './cell.ts'
import type { Placement } from './placement.ts'

/**
 * What is to come to an end although its thread may be too busy to read messages. Whoever looks shows that
 * its thread makes progress.
 */
export class Aborts {
  readonly #placement: Placement

  constructor(placement: Placement) {
    this.#placement = placement
  }

  /** Whether code that runs now for the actor should come to an end. */
  isAborted(cell: Cell): boolean {
    const seat = this.#placement.ownSeat
    seat.beat()
    return cell.isStopping || seat.isAborted(cell.generation)
  }

  /** Shows the host that the task with this mark should come to an end. */
  abortTask(host: number, mark: number): void {
    this.#placement.seatOf(host)?.abort(mark)
  }

  /** The mark of the task whose code has the host's thread now; 0: none is known of. */
  taskAt(host: number): number {
    return this.#placement.seatOf(host)?.task ?? 0
  }

  /** The code of the task with this mark has this thread from now on; 0: no task's has it. */
  showTask(mark: number): void {
    this.#placement.ownSeat.task = mark
  }

  /** Whether a task that runs here should come to an end. */
  isTaskAborted(mark: number): boolean {
    const seat = this.#placement.ownSeat
    seat.beat()
    return seat.isAborted(mark)
  }
}
