import type { Cell } from '../../host/cell.ts'
import type { Pacing, Queue } from '../../host/pacing.ts'
import type { Scheduler } from './scheduler.ts'
import type { Site } from './site.ts'
import type { Track } from './track.ts'

/** Every message that an actor handles is a step. */
export class StepPacing implements Pacing {
  readonly #scheduler: Scheduler
  readonly #site: Site
  readonly #host: string
  readonly #tracks = new WeakMap<Cell, Track>()

  /** @param host its name, for people */
  constructor(scheduler: Scheduler, site: Site, host: string) {
    this.#scheduler = scheduler
    this.#site = site
    this.#host = host
  }

  queue(step: (cell: Cell) => void, said: () => void): Queue<Cell> {
    return {
      add: (cell) => {
        const run = (): void => {
          step(cell)
          said()
        }
        this.#scheduler.post(this.#trackOf(cell), { what: this.#describe(cell), run })
      },
      expectRun: () => undefined,
      did: () => undefined,
      isOver: () => true,
      // All that is there has its own step.
      run: () => false,
    }
  }

  #trackOf(cell: Cell): Track {
    let track = this.#tracks.get(cell)
    if (track === undefined) {
      track = this.#scheduler.track(this.#site)
      this.#tracks.set(cell, track)
    }
    return track
  }

  #describe(cell: Cell): string {
    const turn = cell.work?.turns[0]?.name
    const method = turn ?? cell.mailbox.first?.method
    return `${this.#host}: ${cell.path} ${method ?? 'ends'}`
  }
}
