import type { Overflow } from '../definition/mailboxOptions.ts'
import type { Address } from './address.ts'
import { Admission, type Doorkeeper } from './admission.ts'
import type { Cell } from './cell.ts'
import { kind, type Envelope } from './envelope.ts'
import type { Happenings } from './happenings.ts'
import type { Life } from './life.ts'
import { lane, type Mesh } from './mesh.ts'
import { parcelAbout } from './parcels.ts'
import type { Replies } from './replies.ts'
import { Room } from './room.ts'

/** What hosts tell each other of room in mailboxes: of this host's actors, and of others. */
export class Pressure implements Doorkeeper {
  /** Lets messages into mailboxes here. */
  readonly admission = new Admission(this)
  /** Whether there is room where this host sends to. */
  readonly room: Room
  readonly #number: number
  readonly #mesh: Mesh
  readonly #life: Life
  readonly #replies: Replies
  readonly #happenings: Happenings

  constructor(number: number, mesh: Mesh, life: Life, replies: Replies, happenings: Happenings) {
    this.#number = number
    this.#mesh = mesh
    this.#life = life
    this.#replies = replies
    this.#happenings = happenings
    this.room = new Room(number, mesh, (address) => this.#want(address))
  }

  refuse(envelope: Envelope, error: unknown): void {
    this.#replies.refuse(envelope, error)
  }

  overflowed(cell: Cell, overflow: Overflow): void {
    this.#happenings.overflowed(cell, overflow)
  }

  pause(host: number, cell: Cell, overflow: Overflow): void {
    const { slot, generation } = cell
    if (host === this.#number) this.room.close({ host, slot, generation }, overflow)
    else this.#post(host, lane.system, kind.pause, cell, overflow)
  }

  resume(host: number, actor: Omit<Address, 'host'>, messages: number | undefined): void {
    if (host === this.#number) this.room.open({ host, ...actor }, messages)
    else this.#post(host, lane.system, kind.resume, actor, messages)
  }

  relieve(cell: Cell): void {
    this.admission.relieve(cell)
  }

  /** More messages wait at that host than an actor has let go. */
  wanted(host: number, slot: number, generation: number): void {
    const cell = this.#life.get(slot, generation)
    if (cell === undefined) this.resume(host, { slot, generation }, undefined)
    else this.admission.want(cell, host)
  }

  /** More messages wait here than an actor has let go. */
  #want(address: Address): void {
    const { host, slot, generation } = address
    if (host === this.#number) this.wanted(host, slot, generation)
    // Behind those which have left, so that they are counted first.
    else this.#post(host, lane.users, kind.want, address, undefined)
  }

  #post(
    host: number,
    way: 'users' | 'system',
    how: typeof kind.pause | typeof kind.resume | typeof kind.want,
    actor: Omit<Address, 'host'>,
    body: unknown,
  ): void {
    if (!this.#mesh.isGone(host)) this.#mesh.post(host, way, parcelAbout(how, actor, body))
  }
}
