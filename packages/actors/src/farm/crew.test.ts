import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Crew } from './crew.ts'
import type { Link } from './link.ts'
import type { Parcel, Report } from './parcel.ts'
import type { Recruiter } from './recruiter.ts'
import { Run, type RunTerms } from './run.ts'

/** Long enough for one task in each parcel, and for two parcels with each worker. */
const TASK_MS = 10

/** A worker that is done with a parcel when the test says so. */
class HeldLink implements Link {
  readonly host = undefined
  readonly mostTasks = Infinity
  readonly timesTasks = true
  readonly parcels: { readonly parcel: Parcel; readonly done: (report: Report) => void }[] = []

  run(parcel: Parcel): Promise<Report> {
    return new Promise((done) => this.parcels.push({ parcel, done }))
  }

  /** The first of its parcels is done. */
  async finish(): Promise<void> {
    const { parcel, done } = this.parcels.shift()!
    done({ values: parcel.items, failures: [], ms: TASK_MS * parcel.items.length })
    await setImmediate()
  }

  cancel(): void {
    this.parcels.length = 0
  }

  hurry(): void {
    // Nothing runs by itself.
  }

  async dispose(): Promise<void> {
    this.parcels.length = 0
  }
}

class Two implements Recruiter {
  readonly wanted = 2
  readonly isExpecting = false
  readonly links = [new HeldLink(), new HeldLink()] as const
  #recruited = 0

  recruit(): Promise<Link> {
    return Promise.resolve(this.links[this.#recruited++]!)
  }

  left(): void {}
  endHost(): void {}
  open(): void {}
  close(): void {}
}

const terms: RunTerms = {
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

describe('a crew', () => {
  it('gives work to one that found nothing while too much was in flight, although another has room', async () => {
    const two = new Two()
    const [busy, idle] = two.links
    const crew = new Crew(two)
    await crew.open()
    const run = new Run(crew, Array.from({ length: 100 }).keys(), terms, ({ value }) => value)
    const first = run.next()
    expect([busy.parcels.length, idle.parcels.length]).toEqual([1, 1])
    await busy.finish()
    await first
    // How long a task takes is known from now on: each may have two, of the four in flight and unread.
    await idle.finish()
    await run.next()
    expect([busy.parcels.length, idle.parcels.length]).toEqual([2, 1])
    await idle.finish()
    await idle.finish()
    expect(idle.parcels).toHaveLength(0)
    await run.next()
    await busy.finish()
    expect(idle.parcels.length).toBeGreaterThan(0)
    await run.return()
    await crew.close()
  })
})
