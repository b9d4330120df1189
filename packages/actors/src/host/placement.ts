import type { SpawnOptions } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import { PROGRAM } from './address.ts'
import type { Board, Seat } from './board.ts'

/** A host that takes actors. */
export interface Place {
  readonly host: number
  /** Where it shows how it is. */
  readonly seat: number
}

/** Where actors may be placed, as host 0 has told. */
export interface Places {
  readonly places: readonly Place[]
  /** Whether more are to come: threads that have ended are being replaced. */
  readonly isExpecting: boolean
}

type Choice = Exclude<SpawnOptions['host'], object>

/** Says where actors are to run. */
export class Placement {
  readonly #own: number
  readonly #board: Board
  readonly #seats = new Map<number, Seat>()
  /** Where this host shows how it is. */
  readonly ownSeat: Seat
  #hasThreads = false
  #places: readonly Place[] = []
  #isExpecting = false
  #turn = 0
  #waiting: (() => void)[] = []

  /** @param own the number of this host, which has this seat on the board */
  constructor(own: number, board: Board, seat: number) {
    this.#own = own
    this.#board = board
    this.ownSeat = board.seat(seat)
    this.#seats.set(PROGRAM, board.seat(PROGRAM))
    this.#seats.set(own, this.ownSeat)
  }

  /** Whether it is known here how many actors each host has. */
  get countsAll(): boolean {
    return this.#board.showsAll
  }

  /** Hosts that take actors now. */
  get hosts(): number[] {
    return this.#places.map(({ host }) => host)
  }

  update({ places, isExpecting }: Places): void {
    this.#places = places
    this.#isExpecting = isExpecting
    this.#hasThreads ||= isExpecting || places.length > 0
    for (const { host, seat } of places)
      if (!this.#seats.has(host)) this.#seats.set(host, this.#board.seat(seat))
    if (places.length > 0 || !isExpecting) this.#wake()
  }

  /** The host is gone. */
  remove(host: number): void {
    this.#places = this.#places.filter((place) => place.host !== host)
    this.#seats.delete(host)
  }

  /** Nothing is placed any more. */
  close(): void {
    this.#isExpecting = false
    this.#wake()
  }

  /** Where the host shows how it is. */
  seatOf(host: number): Seat | undefined {
    return this.#seats.get(host)
  }

  /**
   * The host for a new actor; a promise while all threads are being replaced.
   *
   * @param choice `undefined`: the hosts in turn
   * @param isGone whether a host is known to be gone
   * @throws {ActorError} `ENOHOST`: there is no such host; `EHOSTDOWN`: it is gone
   */
  choose(choice: Choice, isGone: (host: number) => boolean): number | Promise<number> {
    if (choice === 'here') return this.#own
    if (typeof choice === 'number') return this.#checked(choice, isGone)
    return this.#any(choice)
  }

  #any(choice: 'least' | undefined): number | Promise<number> {
    if (this.#places.length === 0) return this.#isExpecting ? this.#later(choice) : this.#none()
    if (choice === 'least') return this.#least()
    this.#turn = (this.#turn + 1) % this.#places.length
    return this.#places[this.#turn]!.host
  }

  async #later(choice: 'least' | undefined): Promise<number> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.#any(choice)
  }

  /** A system without threads has its actors in the program's own. */
  #none(): number {
    if (!this.#hasThreads) return this.#own
    throw new ActorError('EHOSTDOWN', 'No host is left')
  }

  #least(): number {
    let least = this.#places[0]!
    let fewest = Infinity
    for (const place of this.#places) {
      const { actors } = this.#seats.get(place.host)!
      if (actors < fewest) {
        fewest = actors
        least = place
      }
    }
    return least.host
  }

  #checked(host: number, isGone: (host: number) => boolean): number {
    if (host === this.#own || this.#seats.has(host)) return host
    if (isGone(host)) throw new ActorError('EHOSTDOWN', `Host ${host} is gone`)
    throw new ActorError('ENOHOST', `There is no host ${host}`)
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
