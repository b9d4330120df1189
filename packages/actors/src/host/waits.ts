import type { Address } from './address.ts'
import type { Asker, Asks, Pending } from './asks.ts'
import type { Clock } from './clock.ts'
import { kind } from './envelope.ts'
import { lane, type Mesh } from './mesh.ts'
import { parcelAbout, parcelOf } from './parcels.ts'
import type { Room } from './room.ts'
import type { Sources } from './sources.ts'
import type { Creditor, StreamReader } from './streamReader.ts'
import type { Timeouts } from './timeouts.ts'
import type { Withdrawals } from './withdrawals.ts'

/** How long an ask waits unless it is told otherwise, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 5000

/** What waits on this host for an answer or an item: how it goes on, and how it is given up. */
export class Waits implements Asker, Creditor {
  readonly #number: number
  readonly #clock: Clock
  readonly #timeouts: Timeouts
  readonly #asks: Asks
  readonly #mesh: Mesh
  readonly #room: Room
  readonly #sources: Sources
  readonly #withdrawals: Withdrawals
  readonly #nameOf: (address: Address) => string

  constructor(
    number: number,
    clock: Clock,
    timeouts: Timeouts,
    asks: Asks,
    mesh: Mesh,
    room: Room,
    sources: Sources,
    withdrawals: Withdrawals,
    nameOf: (address: Address) => string,
  ) {
    this.#number = number
    this.#clock = clock
    this.#timeouts = timeouts
    this.#asks = asks
    this.#mesh = mesh
    this.#room = room
    this.#sources = sources
    this.#withdrawals = withdrawals
    this.#nameOf = nameOf
  }

  /** What an ask may take, in milliseconds, where its deadline is inherited. */
  timeLeft(deadline = Infinity): number {
    if (deadline === Infinity) return DEFAULT_TIMEOUT_MS
    return Math.max(0, deadline - this.#clock.now())
  }

  nameOf({ to, host }: Pending): string {
    return to === undefined ? `host ${host}` : this.#nameOf(to)
  }

  abandon(pending: Pending, error: unknown): void {
    if (!this.#asks.remove(pending)) return
    // Who had not even left has nobody to tell.
    if (!this.#room.withdraw(pending)) this.cancel(pending)
    if (error !== undefined) pending.fail(error)
  }

  /** Nobody waits for what another host was asked. */
  retract(answer: Pending): void {
    const { host, id } = answer
    if (!this.#asks.remove(answer) || host === this.#number || this.#mesh.isGone(host)) return
    this.#mesh.post(host, lane.system, parcelOf(kind.cancel, '', id, undefined))
  }

  /** The actor that has it is told that nobody waits for it; others know by the deadline. */
  cancel({ address, id }: Pending): void {
    if (address === undefined) return
    const { host, slot, generation } = address
    if (host === this.#number) this.#withdrawals.take(host, id, slot, generation)
    else if (!this.#mesh.isGone(host))
      // On the way of what was asked, which it must not overtake.
      this.#mesh.post(host, lane.users, parcelAbout(kind.cancel, address, undefined, id))
  }

  credit({ host, id }: StreamReader, items: number): void {
    if (host === this.#number) this.#sources.credit(host, id, items)
    else if (!this.#mesh.isGone(host))
      this.#mesh.post(host, lane.system, parcelOf(kind.credit, '', id, items))
  }

  await(reader: StreamReader): void {
    this.#timeouts.add(reader, reader.patienceMs(this.#clock.now()))
  }

  relax(reader: StreamReader): void {
    this.#timeouts.remove(reader)
  }
}
