import type { Cell } from './cell.ts'
import type { Host } from './host.ts'
import type { Incarnation } from './incarnation.ts'
import type { Performer } from './performer.ts'
import type { Replies } from './replies.ts'
import type { TimerHost } from './timers.ts'

/** What actors are to do besides the messages that come for them. */
export class Errands {
  readonly #host: Host
  readonly #performer: Performer
  readonly #replies: Replies

  constructor(host: Host, performer: Performer, replies: Replies) {
    this.#host = host
    this.#performer = performer
    this.#replies = replies
  }

  /** Calls a function in the actor's turn, unless it has begun another life by then. */
  invoke(cell: Cell, incarnation: Incarnation, call: () => unknown): void {
    if (incarnation.isOver) return
    const run = (): unknown => (incarnation.isOver ? undefined : call())
    this.#performer.perform(cell, { name: 'watch', run })
  }

  /** What the actor has put aside is what it handles next. */
  unstash(cell: Cell): void {
    for (const envelope of cell.work?.stash.splice(0).reverse() ?? [])
      try {
        cell.mailbox.unshift(envelope)
      } catch (error) {
        // The definition's `priority` has thrown.
        this.#replies.refuse(envelope, error)
      }
    this.#performer.wake(cell)
  }

  stopSoon(cell: Cell): void {
    cell.isStopping = true
    this.#performer.wake(cell)
  }

  /** What the timers of the actor need. */
  timerHost(cell: Cell): TimerHost {
    return {
      timeouts: this.#host.timeouts,
      now: () => this.#host.now(),
      perform: (turn) => this.#performer.perform(cell, turn),
    }
  }
}
