import type { Envelope, Kind, Parcel } from '../../host/envelope.ts'
import { kind } from '../../host/envelope.ts'
import type { Lanes, Mesh, Way } from '../../host/mesh.ts'
import { RecordReader, RecordWriter } from '../../host/record.ts'
import { ByteWriter, type ValueContext } from '../../values/index.ts'
import type { Scheduler } from './scheduler.ts'
import type { Site } from './site.ts'
import type { Track } from './track.ts'

/** With so much on its way, in bytes, a lane counts as full. */
const FULL_BYTES = 1024 * 1024

/** The hosts of one simulated system, as they reach each other. */
export interface Neighbourhood {
  readonly scheduler: Scheduler
  /** Of a host that there is or was. */
  meshOf(host: number): SimulatedMesh | undefined
  /** Of a host, for people. */
  nameOf(host: number): string
}

/** What joins a host to all others: each message is written, is on its way for some steps, and is read. */
export class SimulatedMesh implements Mesh {
  readonly number: number
  readonly site: Site
  readonly values: ValueContext
  readonly #others: Neighbourhood
  readonly #lanes = new Map<number, Record<keyof Lanes, SimulatedLane>>()
  readonly #gone = new Set<number>()
  #take: ((envelope: Envelope) => void) | undefined
  #isClosed = false

  constructor(number: number, site: Site, others: Neighbourhood, values: ValueContext) {
    this.number = number
    this.site = site
    this.values = values
    this.#others = others
  }

  open(take: (envelope: Envelope) => void): void {
    this.#take = take
  }

  isGone(host: number): boolean {
    return this.#gone.has(host) || this.#isClosed
  }

  post(host: number, way: keyof Lanes, parcel: Parcel): number {
    return this.#isClosed ? 0 : this.#to(host)[way].post(parcel)
  }

  flush(): void {
    // Nothing is held back.
  }

  to(host: number): Lanes {
    return this.#to(host)
  }

  forget(host: number): void {
    this.#gone.add(host)
    const lanes = this.#lanes.get(host)
    lanes?.users.close()
    lanes?.system.close()
    this.#lanes.delete(host)
  }

  /** What was sent still gets there. */
  close(): void {
    this.#isClosed = true
    for (const { users, system } of this.#lanes.values()) {
      users.close()
      system.close()
    }
  }

  /** A message has come. */
  receive(envelope: Envelope): void {
    if (!this.#isClosed) this.#take?.(envelope)
  }

  /** The host is lost: what it said last may not have left. */
  die(): void {
    for (const { users, system } of this.#lanes.values()) {
      users.lose()
      system.lose()
    }
    this.close()
  }

  #to(host: number): Record<keyof Lanes, SimulatedLane> {
    let lanes = this.#lanes.get(host)
    if (lanes === undefined) {
      const users = new SimulatedLane(this, host, this.#others)
      lanes = { users, system: new SimulatedLane(this, host, this.#others) }
      this.#lanes.set(host, lanes)
    }
    return lanes
  }
}

/** One direction between two hosts. */
class SimulatedLane implements Way {
  readonly #from: SimulatedMesh
  readonly #to: number
  readonly #others: Neighbourhood
  readonly #writer = new ByteWriter()
  readonly #records: RecordWriter
  readonly #waiting: (() => void)[] = []
  #reader: RecordReader | undefined
  #track: Track | undefined
  /** Bytes on their way. */
  #bytes = 0
  #isClosed = false

  constructor(from: SimulatedMesh, to: number, others: Neighbourhood) {
    this.#from = from
    this.#to = to
    this.#others = others
    this.#records = new RecordWriter(this.#writer, from.values)
  }

  get isFull(): boolean {
    return this.#bytes > FULL_BYTES
  }

  whenRoom(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  post(parcel: Parcel): number {
    if (this.#isClosed) return 0
    this.#records.write(parcel)
    const bytes = this.#writer.take()
    const target = this.#others.meshOf(this.#to)
    // What goes to a host that is lost is lost, until that is known here.
    if (target === undefined || target.site.isOver) return bytes.length
    this.#bytes += bytes.length
    this.#track ??= this.#others.scheduler.track(target.site)
    this.#others.scheduler.post(this.#track, {
      what: `${this.#others.nameOf(this.#from.number)} → ${this.#others.nameOf(this.#to)}: ${describe(parcel)}`,
      run: () => this.#deliver(bytes, target),
    })
    return bytes.length
  }

  /** Nothing more is sent. */
  close(): void {
    this.#isClosed = true
    this.#wake()
  }

  /** Of what is on its way, some at the end never left. */
  lose(): void {
    const { scheduler } = this.#others
    const track = this.#track
    if (track === undefined || track.steps.length === 0) return
    scheduler.truncate(track, scheduler.schedule.draw(track.steps.length + 1))
  }

  #deliver(bytes: Buffer, target: SimulatedMesh): void {
    this.#bytes -= bytes.length
    if (!this.isFull) this.#wake()
    this.#reader ??= new RecordReader(this.#from.number, target.values)
    this.#reader.read(bytes, 0, (envelope) => target.receive(envelope))
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

const kindNames = Object.fromEntries(
  Object.entries(kind).map(([name, value]) => [value, name]),
) as Record<Kind, string>

const describe = ({ kind: how, method }: Parcel): string =>
  method === '' ? kindNames[how] : `${kindNames[how]} ${method}`
