import { Pull, type Context } from '@ringpost/core'
import type { ValueContext } from '../values/index.ts'
import type { Envelope, Parcel } from './envelope.ts'
import { Inlet, type Handling } from './inlet.ts'
import { FRAME_HEAD_BYTES, Lane } from './lane.ts'
import { u32 } from './littleEndian.ts'
import { meetingOf, type Meeting } from './meeting.ts'
import { RecordReader } from './record.ts'
import { soon } from './soon.ts'

/** One direction to another host. */
export interface Way {
  /** Whether a message more should wait: the host at the other end does not keep up. */
  readonly isFull: boolean
  /** Settles when it is not full, or is closed. */
  whenRoom(): Promise<void>
}

/** The two ways to another host: what a full mailbox may hold up, and what nothing may. */
export interface Lanes {
  readonly users: Way
  readonly system: Way
}

export const lane = { users: 'users', system: 'system' } as const

/** What joins a host to all others of its system. */
export interface Mesh {
  /**
   * Receives from now on.
   *
   * @param take called with each envelope
   * @param handling has what a frame held handled before the next one is read
   */
  open(take: (envelope: Envelope) => void, handling: Handling): void
  /** Whether the host is known to be gone. */
  isGone(host: number): boolean
  /** @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  post(host: number, way: keyof Lanes, parcel: Parcel): number
  /** Sends what was posted. */
  flush(): void
  to(host: number): Lanes
  /** The host is gone, and will not come back. */
  forget(host: number): void
  close(): void
}

interface SocketLanes extends Lanes {
  readonly users: Lane
  readonly system: Lane
}

/** The sockets between this host and all others of its system. */
export class SocketMesh implements Mesh {
  readonly #meeting: Meeting
  readonly #number: number
  readonly #context: Context
  readonly #values: ValueContext
  /** Both by host, which are few, and looked at for every message. */
  readonly #lanes: (SocketLanes | undefined)[] = []
  readonly #gone: boolean[] = []
  readonly #holding: Lane[] = []
  readonly #inlets: Inlet[] = []
  #isFlushScheduled = false
  #isClosed = false

  /** @param system where its hosts meet: see `meetingOf` */
  constructor(system: string, number: number, context: Context, values: ValueContext) {
    this.#meeting = meetingOf(system)
    this.#number = number
    this.#context = context
    this.#values = values
  }

  open(take: (envelope: Envelope) => void, handling: Handling): void {
    for (const way of [lane.system, lane.users]) {
      const pull = new Pull({ context: this.#context, linger: 0, ...this.#meeting.pull })
      pull.bindSync(this.#meeting.endpointOf(this.#number, way))
      this.#inlets.push(new Inlet(pull, this.#reader(take), handling))
    }
  }

  isGone(host: number): boolean {
    return this.#gone[host] === true || this.#isClosed
  }

  post(host: number, way: keyof Lanes, parcel: Parcel): number {
    const lanes = this.to(host)
    const to = way === lane.users ? lanes.users : lanes.system
    const wasHolding = to.isHolding
    const bytes = to.post(parcel)
    if (wasHolding || !to.isHolding) return bytes
    this.#holding.push(to)
    if (this.#isFlushScheduled) return bytes
    this.#isFlushScheduled = true
    soon(this.flush)
    return bytes
  }

  readonly flush = (): void => {
    this.#isFlushScheduled = false
    // Taken out one by one: to set a length takes as long as all the rest.
    for (let to = this.#holding.pop(); to !== undefined; to = this.#holding.pop()) to.flush()
  }

  to(host: number): SocketLanes {
    return this.#lanes[host] ?? this.#open(host)
  }

  forget(host: number): void {
    const lanes = this.#lanes[host]
    lanes?.users.abandon()
    lanes?.system.abandon()
    this.#keep(host, undefined, true)
  }

  close(): void {
    this.flush()
    this.#isClosed = true
    for (const lanes of this.#lanes) {
      lanes?.users.close()
      lanes?.system.close()
    }
    for (const inlet of this.#inlets) inlet.close()
  }

  #open(host: number): SocketLanes {
    const lanes = { users: this.#lane(host, lane.users), system: this.#lane(host, lane.system) }
    this.#keep(host, lanes, this.#gone[host] === true)
    return lanes
  }

  #keep(host: number, lanes: SocketLanes | undefined, isGone: boolean): void {
    // Filled up to its place, so that V8 keeps them as plain lists.
    while (this.#lanes.length <= host) {
      this.#lanes.push(undefined)
      this.#gone.push(false)
    }
    this.#lanes[host] = lanes
    this.#gone[host] = isGone
  }

  #lane(host: number, way: keyof Lanes): Lane {
    const { push } = this.#meeting
    const endpoint = this.#meeting.endpointOf(host, way)
    return new Lane(endpoint, this.#number, this.#context, this.#values, push)
  }

  /** Reads the frames of one socket: each says which host it is from. */
  #reader(take: (envelope: Envelope) => void): (frame: Buffer) => void {
    const readers: (RecordReader | undefined)[] = []
    const open = (from: number): RecordReader => {
      while (readers.length <= from) readers.push(undefined)
      return (readers[from] = new RecordReader(from, this.#values))
    }
    return (frame) => {
      const from = u32(frame, 0)
      ;(readers[from] ?? open(from)).read(frame, FRAME_HEAD_BYTES, take)
    }
  }
}
