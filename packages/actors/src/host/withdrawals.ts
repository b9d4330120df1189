import { ActorError } from '../errors.ts'
import type { Admission } from './admission.ts'
import type { Envelope } from './envelope.ts'
import type { Life } from './life.ts'
import { Message, type MessageHost } from './message.ts'
import type { Sources } from './sources.ts'

/** Takes messages back for whoever does not wait any more, wherever they have come to. */
export class Withdrawals {
  readonly #life: Life
  readonly #sources: Sources
  readonly #host: MessageHost
  readonly #admission: Admission

  constructor(life: Life, sources: Sources, host: MessageHost, admission: Admission) {
    this.#life = life
    this.#sources = sources
    this.#host = host
    this.#admission = admission
  }

  /** @param id its name on the host that it came from */
  take(from: number, id: number, slot: number, generation: number): void {
    if (this.#sources.cancel(from, id)) return
    const cell = this.#life.get(slot, generation)
    if (cell === undefined) return
    if (cell.mailbox.remove(from, id) !== undefined) {
      this.#admission.review(cell)
      return
    }
    const isIt = (envelope: Envelope | undefined): envelope is Envelope =>
      envelope?.id === id && envelope.from === from
    const stashed = cell.work?.stash.find(isIt)
    if (stashed !== undefined) cell.work!.unstash(stashed)
    if (isIt(cell.inspection?.awaited)) cell.inspection.isCanceled = true
    const canceled = new ActorError('ECANCELED')
    if (isIt(cell.current))
      (cell.message ??= new Message(cell.current, this.#host)).withdraw(canceled)
    for (const message of cell.work?.handling ?? [])
      if (isIt(message.envelope)) message.withdraw(canceled)
  }
}
