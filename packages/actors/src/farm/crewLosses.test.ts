import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ActorError } from '../errors.ts'
import { Crew } from './crew.ts'
import type { Link } from './link.ts'
import { CUT_MS, type Parcel, type Report } from './parcel.ts'
import type { Recruiter } from './recruiter.ts'
import { Run, type RunTerms } from './run.ts'

/** How long a task is said to take: one is enough for a parcel. */
const TASK_MS = 10

/** A worker that is done with a parcel when the test says so. */
class HeldLink implements Link {
  readonly host: number | undefined
  readonly mostTasks = Infinity
  readonly timesTasks = true
  readonly hurried: number[] = []
  readonly parcels: {
    readonly parcel: Parcel
    readonly done: (report: Report) => void
    readonly die: (error: unknown) => void
  }[] = []

  constructor(host?: number) {
    this.host = host
  }

  run(parcel: Parcel): Promise<Report> {
    return new Promise((done, die) => this.parcels.push({ parcel, done, die }))
  }

  /** The first of its parcels is done. */
  async finish(): Promise<void> {
    const { parcel, done } = this.parcels.shift()!
    done({ values: parcel.items, failures: [], ms: TASK_MS * parcel.items.length })
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
class Ready implements Recruiter {
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

describe('a crew whose workers do not say anything', () => {
  it('ends a run whose last task is given up because workers have died of it', async () => {
    const links = Array.from({ length: 5 }, () => new HeldLink())
    const crew = new Crew(new Ready(1, links))
    await crew.open()
    const run = new Run(
      crew,
      ['poison'],
      { ...terms, endsWithFailure: false },
      ({ value }) => value as ActorError,
    )
    const first = run.next()
    // The first did not have it alone, as far as is known.
    for (const link of links.slice(0, 4)) await link.die()
    expect((await first).value).toMatchObject({ code: 'EHOSTDOWN' })
    expect(await run.next()).toEqual({ done: true, value: undefined })
    await crew.close()
  })

  it('times the tasks of workers that share a thread from when it is free for them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const timeoutMs = 500
    const links = [1, 1, 2].map((host) => new HeldLink(host))
    const [busy, behind, elsewhere] = links as [HeldLink, HeldLink, HeldLink]
    const ready = new Ready(3, links)
    const crew = new Crew(ready)
    await crew.open()
    const timed = { ...terms, timeoutMs, inFlight: undefined }
    const run = new Run(crew, [1, 2, 3], timed, ({ value }) => value)
    const results = [run.next(), run.next(), run.next()]
    vi.advanceTimersByTime(timeoutMs)
    await busy.finish()
    await elsewhere.finish()
    // Its task has begun only now.
    vi.advanceTimersByTime(timeoutMs)
    expect(behind.hurried).toEqual([])
    vi.advanceTimersByTime(CUT_MS)
    expect(behind.hurried).toHaveLength(1)
    expect(ready.endedHosts).toEqual([])
    vi.runAllTimers()
    expect(ready.endedHosts).toEqual([1])
    await behind.die()
    await run.return()
    await Promise.all(results)
    await crew.close()
  })
})
