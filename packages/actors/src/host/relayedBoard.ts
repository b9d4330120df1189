import { PROGRAM } from './address.ts'
import { Board, Seat } from './board.ts'

type Words = Int32Array<SharedArrayBuffer>

/** What a board tells of what is written on it for hosts that do not share its memory. */
export interface Relay {
  /** An actor, or a task, of the host in that seat is to stop; `undefined`: all are. */
  abort(seat: number, mark: number | undefined): void
  /** So many actors live on this host. */
  count(actors: number): void
}

/** The seat of a host in another process. */
class FarSeat extends Seat {
  readonly #index: number
  readonly #relay: Relay

  constructor(words: Words, index: number, relay: Relay) {
    super(words)
    this.#index = index
    this.#relay = relay
  }

  override abort(mark: number): void {
    super.abort(mark)
    this.#relay.abort(this.#index, mark)
  }

  override abortAll(): void {
    super.abortAll()
    this.#relay.abort(this.#index, undefined)
  }
}

/** The seat of this host, which tells the program how many actors it has: once for each turn. */
class CountedSeat extends Seat {
  readonly #relay: Relay
  #isTelling = false

  constructor(words: Words, relay: Relay) {
    super(words)
    this.#relay = relay
  }

  override get actors(): number {
    return super.actors
  }

  override set actors(count: number) {
    super.actors = count
    if (this.#isTelling) return
    this.#isTelling = true
    setImmediate(() => {
      this.#isTelling = false
      this.#relay.count(this.actors)
    })
  }
}

/**
 * The board of a process whose other hosts are in other processes: what is written for them is told to them,
 * and each has its own seat in memory that its process shares with it.
 */
export class RelayedBoard extends Board {
  readonly #own: number
  readonly #relay: Relay

  /** @param own the seat of the host whose board this is */
  constructor(buffer: SharedArrayBuffer, own: number, relay: Relay) {
    super(buffer)
    this.#own = own
    this.#relay = relay
  }

  /** All hosts tell the program. */
  override get showsAll(): boolean {
    return this.#own === PROGRAM
  }

  override seat(index: number): Seat {
    const words = this.wordsOf(index)
    if (index !== this.#own) return new FarSeat(words, index, this.#relay)
    return index === PROGRAM ? new Seat(words) : new CountedSeat(words, this.#relay)
  }
}
