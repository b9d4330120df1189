import { setImmediate } from 'node:timers/promises'
import { ActorError } from '../errors.ts'
import type { Link } from './link.ts'
import type { Parcel, Report } from './parcel.ts'
import type { Recruiter } from './recruiter.ts'
import type { RunTerms } from './run.ts'

/** Long enough for one task in each parcel, and for two parcels with each worker. */
export const LONG_MS = 10

/** A worker that is done with a parcel when the test says so. */
export class HeldLink implements Link {
  readonly host: number | undefined
  readonly mostTasks = Infinity
  readonly timesTasks = true
  running = 0
  /** The marks of what it was told to come to an end with. */
  readonly hurried: number[] = []
  readonly parcels: {
    readonly parcel: Parcel
    readonly done: (report: Report) => void
    readonly die: (error: unknown) => void
  }[] = []
  readonly #taskMs: number

  /** @param taskMs how long a task is said to take */
  constructor(taskMs: number, host?: number) {
    this.#taskMs = taskMs
    this.host = host
  }

  /** How many tasks each of its parcels has. */
  get sizes(): number[] {
    return this.parcels.map(({ parcel }) => parcel.items.length)
  }

  run(parcel: Parcel): Promise<Report> {
    return new Promise((done, die) => this.parcels.push({ parcel, done, die }))
  }

  /** The first of its parcels is done. */
  async finish(): Promise<void> {
    const { parcel, done } = this.parcels.shift()!
    done({ values: parcel.items, failures: [], ms: this.#taskMs * parcel.items.length })
    await setImmediate()
  }

  /** It is gone, with all that it had. */
  async die(): Promise<void> {
    for (const { die } of this.parcels.splice(0)) die(new ActorError('EHOSTDOWN'))
    await setImmediate()
  }

  cancel(): void {
    this.parcels.length = 0
  }

  hurry(mark: number): void {
    // Nothing runs by itself.
    this.hurried.push(mark)
  }

  async dispose(): Promise<void> {
    this.parcels.length = 0
  }
}

/** Has some workers to give, one after the other. */
export class Ready implements Recruiter {
  readonly isExpecting = false
  readonly wanted: number
  readonly endedHosts: number[] = []
  readonly #links: Link[]

  constructor(wanted: number, links: readonly Link[]) {
    this.wanted = wanted
    this.#links = [...links]
  }

  recruit(): Promise<Link> | undefined {
    const link = this.#links.shift()
    return link === undefined ? undefined : Promise.resolve(link)
  }

  endHost(host: number): void {
    this.endedHosts.push(host)
  }

  left(): void {}
  open(): void {}
  close(): void {}
}

/** Of a run of a handler, as the tests have them. */
export const terms: RunTerms = {
  work: { how: 'handler', name: 'work' },
  retries: 0,
  timeoutMs: Infinity,
  toArguments: undefined,
  ordered: false,
  endsWithFailure: true,
  inFlight: 4,
  signal: undefined,
  progress: undefined,
  blame: (error) => error,
}
