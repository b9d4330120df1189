import { ActorError } from '../errors.ts'
import type { Envelope } from './envelope.ts'
import type { Message } from './message.ts'
import type { StreamSource } from './streamSource.ts'
import type { ActorTimers } from './timers.ts'
import type { Turn } from './turn.ts'

/** What an actor has in hand besides its mailbox. Most have nothing; it is made when needed. */
export class Work {
  /** What it does next, one between two messages. */
  readonly turns: Turn[] = []
  /** Messages that it has put aside. */
  readonly stash: Envelope[] = []
  /** Messages being handled that are put aside when their handlers are done. */
  readonly stashing = new Set<Envelope>()
  /** Its generators that are read. */
  readonly sources = new Set<StreamSource>()
  /** Messages under way that others than the latest may withdraw. */
  readonly handling = new Set<Message>()
  timers: ActorTimers | undefined

  /** It is not put aside after all. */
  unstash(envelope: Envelope): void {
    const index = this.stash.indexOf(envelope)
    if (index >= 0) this.stash.splice(index, 1)
  }

  /** The actor ends, or begins anew: nothing of it goes on. @returns what it had put aside */
  end(): Envelope[] {
    const stopped = new ActorError('ESTOPPED')
    this.turns.length = 0
    this.timers?.end()
    for (const source of this.sources) source.fail(stopped)
    for (const message of this.handling) message.withdraw(stopped)
    this.handling.clear()
    return this.stash.splice(0)
  }
}
