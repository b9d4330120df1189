import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Calls } from './calls.ts'
import { Crew } from './crew.ts'
import type { Link } from './link.ts'
import type { Parcel, Report } from './parcel.ts'
import type { Recruiter } from './recruiter.ts'
import { Run, type RunTerms } from './run.ts'

/** Long enough for one task in each parcel, and for two parcels with each worker. */
const LONG_MS = 10
/** So short that a parcel may have many. */
const SHORT_MS = 0.01

/** A worker that is done with a parcel when the test says so. */
class HeldLink implements Link {
  readonly host = undefined
  readonly mostTasks = Infinity
  readonly timesTasks = true
  readonly #taskMs: number
  readonly parcels: { readonly parcel: Parcel; readonly done: (report: Report) => void }[] = []

  constructor(taskMs: number) {
    this.#taskMs = taskMs
  }

  /** How many tasks each of its parcels has. */
  get sizes(): number[] {
    return this.parcels.map(({ parcel }) => parcel.items.length)
  }

  run(parcel: Parcel): Promise<Report> {
    return new Promise((done) => this.parcels.push({ parcel, done }))
  }

  /** The first of its parcels is done. */
  async finish(): Promise<void> {
    const { parcel, done } = this.parcels.shift()!
    done({ values: parcel.items, failures: [], ms: this.#taskMs * parcel.items.length })
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
  readonly links: readonly [HeldLink, HeldLink]
  #recruited = 0

  constructor(taskMs: number) {
    this.links = [new HeldLink(taskMs), new HeldLink(taskMs)]
  }

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
    const two = new Two(LONG_MS)
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

  it('shares out calls among those that have nothing to do', async () => {
    const two = new Two(SHORT_MS)
    const [first, second] = two.links
    const crew = new Crew(two)
    await crew.open()
    const calls = new Calls(crew, terms)
    const call = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) void calls.call(n, undefined)
      await setImmediate()
    }
    // How short they are is known after some, and parcels have more and more of them.
    for (let round = 0; round < 3; round++) {
      await call(1)
      await first.finish()
    }
    await call(8)
    expect([first.sizes, second.sizes]).toEqual([[4], [4]])
    await first.finish()
    await call(6)
    expect([first.sizes, second.sizes]).toEqual([[6], [4]])
    await call(4)
    expect([first.sizes, second.sizes]).toEqual([
      [6, 2],
      [4, 1],
    ])
    while (first.sizes.length + second.sizes.length > 0)
      for (const link of two.links) if (link.sizes.length > 0) await link.finish()
    await crew.close()
  })
})
