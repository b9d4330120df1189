import { PROGRAM } from '../../host/address.ts'
import { Board } from '../../host/board.ts'
import type { HostLoss } from '../../host/down.ts'
import { Host } from '../../host/host.ts'
import type { HostTask, HostThread } from '../../system/hostThread.ts'
import type { Quarters } from './quarters.ts'

/** A host without a thread of its own: what it does are steps of the thread that simulates it. */
export class SimulatedHost implements HostThread {
  readonly number: number
  readonly seat: number
  readonly ended: Promise<HostLoss | undefined>
  readonly quarters: Quarters
  readonly #soon: (what: string, act: () => void) => void
  #end!: (loss: HostLoss | undefined) => void

  /** @param soon acts in a step of the program's own host */
  constructor(
    task: HostTask,
    quarters: Quarters,
    soon: (what: string, act: () => void) => void,
  ) {
    this.number = task.number
    this.seat = task.seat
    this.quarters = quarters
    this.#soon = soon
    this.ended = new Promise((resolve) => (this.#end = resolve))
    quarters.site.crash = (error) => this.terminate({ why: 'uncaught', error })
    const host = new Host(task.number, quarters, new Board(task.board), task.seat)
    host.serve('close', async ({ graceMs }: { graceMs: number }) => {
      await host.stopActors({ drain: false, graceMs })
      // The answer leaves first, for it is sent before the next step.
      soon(`host ${task.number} ends`, () => {
        if (quarters.site.isOver) return
        host.close()
        quarters.end()
        this.#end(undefined)
      })
    })
    host.open()
    host.notify(PROGRAM, 'hello', undefined)
  }

  terminate(loss: HostLoss): void {
    if (this.quarters.site.isOver) return
    this.quarters.end()
    this.quarters.mesh?.die()
    // As with a thread, the program hears of it later.
    this.#soon(`host ${this.number} is lost`, () => this.#end(loss))
  }
}
