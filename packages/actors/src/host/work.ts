import type { ActorError } from '../errors.ts'
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
  /** Messages under way, where there may be several. */
  readonly handling = new Set<Message>()
  timers: ActorTimers | undefined

  /** It is not put aside after all. */
  unstash(envelope: Envelope): void {
    const index = this.stash.indexOf(envelope)
    if (index >= 0) this.stash.splice(index, 1)
  }

  /** A life of the actor ends: nothing of it goes on. What it has put aside remains. */
  end(error: ActorError): void {
    this.turns.length = 0
    this.timers?.end()
    this.timers = undefined
    for (const source of this.sources) source.fail(error)
  }
}
