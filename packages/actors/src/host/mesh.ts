import { Pull, SocketError, type Context } from '@ringpost/core'
import type { ValueContext } from '../values/index.ts'
import type { Envelope, Parcel } from './envelope.ts'
import { FRAME_HEAD_BYTES, Lane } from './lane.ts'
import { meetingOf, type Meeting } from './meeting.ts'
import { RecordReader } from './record.ts'

/** Frames that are taken at once. */
const FRAMES = 16

/** The two ways to another host: what a full mailbox may hold up, and what nothing may. */
export interface Lanes {
  readonly users: Lane
  readonly system: Lane
}

export const lane = { users: 'users', system: 'system' } as const

/** The sockets between this host and all others of its system. */
export class Mesh {
  readonly #meeting: Meeting
  readonly #number: number
  readonly #context: Context
  readonly #values: ValueContext
  readonly #lanes = new Map<number, Lanes>()
  readonly #gone = new Set<number>()
  readonly #holding: Lane[] = []
  readonly #pulls: Pull[] = []
  #isFlushScheduled = false
  #isClosed = false

  /** @param system where its hosts meet: see `meetingOf` */
  constructor(system: string, number: number, context: Context, values: ValueContext) {
    this.#meeting = meetingOf(system)
    this.#number = number
    this.#context = context
    this.#values = values
  }

  /**
   * Receives from now on.
   *
   * @param take called with each envelope
   * @param taken called when all that had come was taken
   */
  open(take: (envelope: Envelope) => void, taken: () => void): void {
    for (const way of [lane.system, lane.users]) {
      const pull = new Pull({ context: this.#context, linger: 0, ...this.#meeting.pull })
      pull.bindSync(this.#meeting.endpointOf(this.#number, way))
      this.#pulls.push(pull)
      void this.#receive(pull, take, taken)
    }
  }

  /** Whether the host is known to be gone. */
  isGone(host: number): boolean {
    return this.#gone.has(host) || this.#isClosed
  }

  /** @returns its bytes. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  post(host: number, way: keyof Lanes, parcel: Parcel): number {
    const to = this.to(host)[way]
    const wasHolding = to.isHolding
    const bytes = to.post(parcel)
    if (wasHolding || !to.isHolding) return bytes
    this.#holding.push(to)
    if (this.#isFlushScheduled) return bytes
    this.#isFlushScheduled = true
    queueMicrotask(this.flush)
    return bytes
  }

  /** Sends what was posted. */
  readonly flush = (): void => {
    this.#isFlushScheduled = false
    for (const to of this.#holding) to.flush()
    this.#holding.length = 0
  }

  to(host: number): Lanes {
    let lanes = this.#lanes.get(host)
    if (lanes === undefined) {
      lanes = { users: this.#lane(host, lane.users), system: this.#lane(host, lane.system) }
      this.#lanes.set(host, lanes)
    }
    return lanes
  }

  /** The host is gone, and will not come back. */
  forget(host: number): void {
    this.#gone.add(host)
    const lanes = this.#lanes.get(host)
    lanes?.users.abandon()
    lanes?.system.abandon()
    this.#lanes.delete(host)
  }

  close(): void {
    this.flush()
    this.#isClosed = true
    for (const { users, system } of this.#lanes.values()) {
      users.close()
      system.close()
    }
    for (const pull of this.#pulls) pull.close()
  }

  #lane(host: number, way: keyof Lanes): Lane {
    const { push } = this.#meeting
    const endpoint = this.#meeting.endpointOf(host, way)
    return new Lane(endpoint, this.#number, this.#context, this.#values, push)
  }

  async #receive(pull: Pull, take: (envelope: Envelope) => void, taken: () => void): Promise<void> {
    const readers = new Map<number, RecordReader>()
    while (true) {
      let messages: Buffer[][]
      try {
        messages = await pull.receiveMany({ max: FRAMES })
      } catch (error) {
        if (this.#isClosed && error instanceof SocketError) return
        throw error
      }
      for (const [frame] of messages) {
        const from = frame!.readUInt32LE(0)
        let reader = readers.get(from)
        if (reader === undefined) {
          reader = new RecordReader(from, this.#values)
          readers.set(from, reader)
        }
        reader.read(frame!, FRAME_HEAD_BYTES, take)
      }
      taken()
    }
  }
}
