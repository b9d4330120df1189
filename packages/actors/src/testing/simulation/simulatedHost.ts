import type { Board } from '../../host/board.ts'
import type { HostLoss } from '../../host/down.ts'
import { Host } from '../../host/host.ts'
import type { HostOrder, HostRunner } from '../../system/hostRunner.ts'
import { runHost } from '../../system/runHost.ts'
import type { Quarters } from './quarters.ts'

/** A host without a thread of its own: what it does are steps of the thread that simulates it. */
export class SimulatedHost implements HostRunner {
  readonly number: number
  readonly seat: number
  readonly ended: Promise<HostLoss | undefined>
  readonly quarters: Quarters
  readonly #soon: (what: string, act: () => void) => void
  #end!: (loss: HostLoss | undefined) => void

  /** @param soon acts in a step of the program's own host */
  constructor(
    { number, seat, beatMs }: HostOrder,
    board: Board,
    quarters: Quarters,
    soon: (what: string, act: () => void) => void,
  ) {
    this.number = number
    this.seat = seat
    this.quarters = quarters
    this.#soon = soon
    this.ended = new Promise((resolve) => (this.#end = resolve))
    quarters.site.crash = (error) => this.terminate({ why: 'uncaught', error })
    void this.#run(new Host(number, quarters, board, seat), beatMs)
  }

  terminate(loss: HostLoss): void {
    const { site, mesh } = this.quarters
    if (site.isOver) return
    this.quarters.end()
    mesh?.die()
    // As with a thread, the program hears of it later.
    this.#soon(`host ${this.number} is lost`, () => this.#end(loss))
  }

  async #run(host: Host, beatMs: number): Promise<void> {
    await runHost(host, beatMs)
    if (this.quarters.site.isOver) return
    this.quarters.end()
    this.#end(undefined)
  }
}
