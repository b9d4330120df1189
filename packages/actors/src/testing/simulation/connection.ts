import type { Clock } from '../../host/clock.ts'
import type { Scheduler } from './scheduler.ts'
import type { Site } from './site.ts'
import type { Track } from './track.ts'

/** Messages that may be on their way to one end. */
const MOST_UNDER_WAY = 64

/** One of the two nodes that a connection joins. */
export interface Party {
  /** Of its program. */
  readonly site: Site
  readonly clock: Clock
  /** For people. */
  readonly name: string
  /** How long the other one may be silent, in milliseconds. */
  readonly silenceMs: number
  take(message: Buffer[]): void
  /** There is room on the way to the other one. */
  relieved(): void
  /** The connection is lost. */
  gone(): void
}

/** One end of a connection. */
class End {
  readonly party: Party
  /** What comes to it. */
  readonly way: Track
  /** What it learns though nothing comes. */
  readonly news: Track
  /** Whether the party knows that the connection is lost, or will. */
  isOver = false

  constructor(party: Party, scheduler: Scheduler, between: Site) {
    this.party = party
    this.way = scheduler.track(party.site, between)
    this.news = scheduler.track(party.site)
  }
}

/** A connection of two nodes: what is sent arrives, in its order, unless it is cut. */
export class Connection {
  readonly #scheduler: Scheduler
  readonly #between: Site
  readonly #ends: readonly [End, End]
  readonly #ended: () => void
  #isCut = false

  /** @param ended called when neither end uses it any more */
  constructor(scheduler: Scheduler, parties: readonly [Party, Party], ended: () => void) {
    this.#scheduler = scheduler
    this.#between = scheduler.site()
    const [one, other] = parties
    this.#ends = [new End(one, scheduler, this.#between), new End(other, scheduler, this.#between)]
    this.#ended = ended
  }

  /** @returns false: no more fit on the way */
  send(from: Party, message: Buffer[]): boolean {
    const [sender, receiver] = this.#fromTo(from)
    // What is for a node that has gone counts as sent.
    if (this.#isCut || sender.isOver || receiver.isOver) return true
    if (receiver.way.steps.length >= MOST_UNDER_WAY) return false
    this.#scheduler.post(receiver.way, {
      what: `${from.name} ⇒ ${receiver.party.name}: ${message.length} frames`,
      run: () => {
        if (receiver.isOver) return
        receiver.party.take(message)
        sender.party.relieved()
      },
    })
    return true
  }

  /** Both ends lose it: of what is on its way, some arrives before that. */
  cut(): void {
    if (this.#isCut) return
    this.#isCut = true
    for (const end of this.#ends) {
      const { way } = end
      this.#scheduler.truncate(way, this.#scheduler.schedule.draw(way.steps.length + 1))
      this.#tell(end, way)
    }
  }

  /** One end uses it no more: the other learns of it behind all that is on its way. */
  leave(party: Party): void {
    const [own, other] = this.#fromTo(party)
    if (own.isOver) return
    own.isOver = true
    this.#scheduler.truncate(own.way, 0)
    this.#isCut = true
    if (other.isOver) this.#ended()
    else this.#tell(other, other.way)
  }

  /** Nothing arrives, and nobody is told, until an end has waited too long. @returns until that is called */
  hold(): () => void {
    const release = this.#between.hold()
    const alarms = this.#ends.map((end) => {
      const { clock, silenceMs } = end.party
      return [clock, clock.after(silenceMs, () => this.#silent(end))] as const
    })
    return () => {
      for (const [clock, alarm] of alarms) clock.cancel(alarm)
      release()
    }
  }

  /** Nothing has come there for too long. */
  #silent(end: End): void {
    const other = this.#ends.find((one) => one !== end)!
    this.#scheduler.truncate(end.way, 0)
    this.#tell(end, end.news)
    // Who is waited for by nobody learns it when something gets through again.
    if (!this.#isCut) this.#tell(other, other.way)
    this.#isCut = true
  }

  #tell(end: End, track: Track): void {
    this.#scheduler.post(track, {
      what: `${end.party.name}: a connection is lost`,
      run: () => {
        if (end.isOver) return
        end.isOver = true
        if (this.#ends.every(({ isOver }) => isOver)) this.#ended()
        end.party.gone()
      },
    })
  }

  #fromTo(from: Party): readonly [End, End] {
    const [one, other] = this.#ends
    return one.party === from ? [one, other] : [other, one]
  }
}
