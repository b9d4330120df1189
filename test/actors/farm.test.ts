import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ActorError, StageError, type ActorSystem, type Progress } from '@ringpost/actors'
import { adder, double, hang, patient, picky, unready } from '../dist/actors/farmActors.js'
import { createSystem } from './system.ts'

const module = new URL('../dist/actors/farmActors.js', import.meta.url)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await new Promise((resolve) => setImmediate(resolve))
    yield item
  }
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const result of results) collected.push(result)
  return collected
}

/** Also of what a worker in another thread has reported. */
const isOurs = (code: string) => (error: unknown) =>
  error instanceof ActorError && error.code === code

let system: ActorSystem
let farm: Awaited<ReturnType<typeof functions>>
const functions = () => system.farm()

beforeAll(async () => {
  system = await createSystem({ hosts: 2 })
  farm = await functions()
})
afterAll(() => system.close())

describe('map', () => {
  it('yields results in the order of the items', async () => {
    const squares = farm.map<number, number>(upTo(5000), { module, export: 'square' })
    expect(await all(squares)).toEqual(upTo(5000).map((n) => n * n))
  })

  it('takes items from an async iterable', async () => {
    expect(await all(farm.map(slowly(upTo(200)), double))).toEqual(upTo(200).map((n) => n * 2))
  })

  it('yields results as they finish, if asked to', async () => {
    const there = patient.with({ host: system.hosts[0]! })
    await using one = await system.spawn(there)
    await using other = await system.spawn(there)
    await using both = await system.farm([one, other])
    expect(await all(both.map([0, 1], 'take', { ordered: false }))).toEqual([1, 0])
  })

  it('makes several arguments of an item', async () => {
    const pairs: [number, number][] = [
      [1, 2],
      [3, 4],
    ]
    const sums = farm.map(pairs, { module, export: 'add' }, { arguments: (pair) => pair })
    expect(await all(sums)).toEqual([3, 7])
  })

  it('ends at once when there is nothing to do', async () => {
    expect(await all(farm.map([], double))).toEqual([])
    expect(await all(farm.map(slowly<number>([]), double))).toEqual([])
  })

  it('runs several at the same time', async () => {
    const runs = upTo(5).map((n) => all(farm.map(upTo(500 * n), double)))
    const results = await Promise.all(runs)
    expect(results.map((result) => result.length)).toEqual([0, 500, 1000, 1500, 2000])
  })

  it('uses all workers', async () => {
    await using four = await system.farm({ module, export: 'thread', workers: 4 })
    expect(four.workers).toBe(4)
    const threads = await all(four.map<number, string>(upTo(2000)))
    expect(new Set(threads).size).toBe(2)
  })

  it('fails where the source fails', async () => {
    function* broken(): Generator<number> {
      yield 1
      throw new Error('the source is broken')
    }
    await expect(all(farm.map(broken(), double))).rejects.toThrow('the source is broken')
    await expect(all(farm.map(slowly(broken()), double))).rejects.toThrow('the source is broken')
  })

  it.each([
    ['no iterable', () => farm.map(5 as never, double)],
    ['no work', () => farm.map([5])],
    ['a module without a URL', () => farm.map([5], { module: './work.js' })],
    ['a limit of nothing', () => farm.map([5], double, { inFlight: 0 })],
    ['retries that are no number', () => farm.map([5], double, { retries: 0.5 })],
    ['no time', () => farm.map([5], double, { timeoutMs: 0 })],
  ])('refuses %s', (_, act) => {
    expect(act).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })
})

describe('workers', () => {
  it('are actors of a definition', async () => {
    await using adders = await system.farm(adder, { args: [100], workers: 2 })
    expect(await all(adders.map(upTo(3), 'add'))).toEqual([100, 101, 102])
    const places = await all(adders.map(upTo(1000), 'where'))
    expect(new Set(places.map(({ host }) => host))).toEqual(new Set(system.hosts))
    expect(places.filter(({ before }) => before === 0)).toHaveLength(2)
    const scaled = adders.map([2, 3], 'scale', { arguments: (n) => [n, 10] })
    expect(await all(scaled)).toEqual([20, 30])
    await expect(all(adders.map([1], 'nothing' as 'add'))).rejects.toSatisfy(isOurs('ENOHANDLER'))
  })

  it('may be actors that are there already', async () => {
    await using one = await system.spawn(adder, 1)
    await using other = await system.spawn(adder, 1)
    await using both = await system.farm([one, other])
    expect(await all(both.map(upTo(100), 'add'))).toEqual(upTo(100).map((n) => n + 1))
    await one.stop()
    expect(await all(both.map(upTo(100), 'add'))).toEqual(upTo(100).map((n) => n + 1))
    expect(both.workers).toBe(1)
    await other.stop()
    await expect(all(both.map([1], 'add'))).rejects.toThrow(
      expect.objectContaining({ code: 'EHOSTDOWN' }),
    )
  })

  it('that cannot begin are told of', async () => {
    await expect(system.farm(unready)).rejects.toThrow('not ready')
    const missing = { module: new URL('missing.js', module) }
    await expect(farm.run(1, missing)).rejects.toSatisfy(isOurs('ELOAD'))
    await expect(farm.run(1, { module, export: 'missing' })).rejects.toSatisfy(isOurs('ELOAD'))
  })

  it.each([0, 1.5, -1])('are not %d', async (workers) => {
    await expect(system.farm(undefined, { workers })).rejects.toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
  })
})

describe('a task that fails', () => {
  it('ends the run with its error, after the results before it', async () => {
    await using workers = await system.farm(picky)
    const results: number[] = []
    const reading = async (): Promise<void> => {
      for await (const result of workers.map(upTo(1000), 'take')) results.push(result)
    }
    await expect(reading()).rejects.toThrow(new RangeError('not 13'))
    expect(results).toEqual(upTo(13))
  })

  it('is told among the outcomes', async () => {
    await using workers = await system.farm(picky)
    const outcomes = await all(workers.outcomes([12, 13, 14], 'take'))
    expect(outcomes).toEqual([
      { index: 0, item: 12, status: 'done', value: 12 },
      {
        index: 1,
        item: 13,
        status: 'failed',
        error: expect.objectContaining({ message: 'not 13' }),
      },
      { index: 2, item: 14, status: 'done', value: 14 },
    ])
  })

  it('is run again as often as said', async () => {
    const flaky = { module, export: 'failFirst' }
    expect(await all(farm.map([0, 1, 2], flaky, { retries: 2 }))).toEqual([1, 2, 3])
    await expect(farm.run(3, flaky, { retries: 2 })).rejects.toThrow('attempt 3')
  })

  it('is one that takes too long, and its worker goes on', async () => {
    expect(await farm.run(false, hang)).toBe('done')
    const late = farm.run(true, hang, { timeoutMs: 30 })
    await expect(late).rejects.toSatisfy(isOurs('ETIMEDOUT'))
    expect(await farm.run(false, hang)).toBe('done')
    const slow = farm.run(60, { module, export: 'spin' }, { timeoutMs: 20 })
    await expect(slow).rejects.toSatisfy(isOurs('ETIMEDOUT'))
  })
})

describe('cancelling', () => {
  it('by leaving the loop: running tasks see it, and the source is closed', async () => {
    await using one = await system.farm(adder, { args: [0], workers: 1 })
    let isClosed = false
    function* source(): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        isClosed = true
      }
    }
    const run = one.map(source(), 'hang')
    const first = run.next()
    await run.return()
    expect(isClosed).toBe(true)
    expect(await first).toEqual({ done: true, value: undefined })
    expect(await one.run(0, 'untilAborted')).toBe(1)
  })

  it('by a signal, with its reason', async () => {
    await using one = await system.farm(adder, { args: [0], workers: 1 })
    const controller = new AbortController()
    const reading = all(one.map(upTo(10), 'hang', { signal: controller.signal }))
    controller.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    const { signal } = controller
    await expect(all(one.map(upTo(10), 'hang', { signal }))).rejects.toThrow('enough')
    await expect(one.run(1, 'hang', { signal })).rejects.toThrow('enough')
  })

  it('is seen by a task that only computes', async () => {
    await using one = await system.farm({ module, export: 'untilUnwanted', workers: 1 })
    const controller = new AbortController()
    const running = one.run(true, undefined, { signal: controller.signal })
    await all(farm.map([1], double))
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    const outcomes = await all(one.outcomes([true, false], undefined, { timeoutMs: 200 }))
    expect(outcomes).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ code: 'ETIMEDOUT' }) }),
      expect.objectContaining({ status: 'done' }),
    ])
  })

  it('of a single task', async () => {
    await using one = await system.farm(adder, { args: [0], workers: 1 })
    const controller = new AbortController()
    const running = one.run(0, 'hang', { signal: controller.signal, retries: 3 })
    const waiting = one.run(0, 'hang', { signal: controller.signal })
    controller.abort()
    await expect(running).rejects.toThrow('aborted')
    await expect(waiting).rejects.toThrow('aborted')
    expect(await one.run(5, 'add')).toBe(5)
  })

  it('by closing the farm', async () => {
    const one = await system.farm(adder, { args: [0], workers: 1 })
    const results = all(one.map(upTo(10), 'hang'))
    const single = one.run(0, 'hang')
    const closed = expect.objectContaining({ code: 'ECLOSED' })
    await Promise.all([
      expect(results).rejects.toThrow(closed),
      expect(single).rejects.toThrow(closed),
      one.close(),
    ])
    await expect(one.run(0, 'add')).rejects.toThrow(closed)
    await expect(all(one.map([0], 'add'))).rejects.toThrow(closed)
  })
})

describe('the tasks in flight', () => {
  it.each([true, false])('are as many as said (ordered: %s)', async (ordered) => {
    let taken = 0
    function* source(): Generator<number> {
      while (taken < 300) yield taken++
    }
    let read = 0
    for await (const _ of farm.map(source(), double, { inFlight: 7, ordered })) {
      read++
      expect(taken - read).toBeLessThanOrEqual(7)
    }
    expect(read).toBe(300)
  })

  it('are bounded when nothing is said', async () => {
    let taken = 0
    async function* source(): AsyncGenerator<number> {
      for (;;) yield taken++
    }
    await using run = farm.map(source(), double)
    await run.next()
    // Other work is done meanwhile, and nothing more is taken for a run that nobody reads.
    await all(farm.map(upTo(5000), double))
    // Its own tasks are done as well: until then it learns how long they take, and so how many it may have.
    await expect.poll(() => run.progress.inFlight).toBe(0)
    const before = taken
    await all(farm.map(upTo(5000), double))
    expect(taken).toBe(before)
  })
})

it('reduces', async () => {
  const total = await farm.reduce(upTo(101), double, (sum, n) => sum + n, 0)
  expect(total).toBe(10_100)
})

it('tells progress', async () => {
  const told: [string, Progress][] = []
  const tell =
    (what: string) =>
    (progress: Progress): void => {
      told.push([what, progress])
    }
  const progress = { start: tell('start'), update: tell('update'), end: tell('end') }
  const flaky = farm.outcomes([0, 1, 2], { module, export: 'failFirst' }, { progress, retries: 1 })
  await all(flaky)
  const [what, first] = told[0]!
  expect([what, first]).toEqual(['start', expect.objectContaining({ done: 0, total: 3 })])
  expect(told.at(-1)![0]).toBe('end')
  expect(told.at(-1)![1]).toMatchObject({ done: 2, failed: 1, inFlight: 0, total: 3, isOver: true })
  expect(flaky.progress.retried).toBe(2)
})

it.for(['start', 'update', 'end'] as const)(
  'ends a run with what its progress bar throws from %s',
  async (from) => {
    let shown: () => void
    const isShown = new Promise<void>((resolve) => (shown = resolve))
    const bar = {
      start: () => undefined,
      update: () => shown(),
      end: () => undefined,
      [from]() {
        shown()
        throw new Error(`thrown from ${from}`)
      },
    }
    const items = async function* () {
      yield 1
      // There is no more until it was shown.
      if (from === 'update') await isShown
    }
    const run = farm.map(items(), double, { progress: bar })
    await expect(all(run)).rejects.toThrow(`thrown from ${from}`)
    expect(await run.next()).toEqual({ done: true, value: undefined })
  },
)

describe('a pipeline', () => {
  it('takes items through its stages in their order', async () => {
    await using pipeline = await system
      .pipeline<number>()
      .stage('double', double, { width: 2 })
      .stage('add', adder, 'add', { args: [1] })
      .stage<number>('square', { module, export: 'square' }, { width: 2, inFlight: 10 })
      .open()
    expect(await all(pipeline.run(upTo(500)))).toEqual(upTo(500).map((n) => (2 * n + 1) ** 2))
    const results = await all(pipeline.run(slowly(upTo(50)), { ordered: false }))
    expect(results.toSorted((one, other) => one - other)).toEqual(
      upTo(50).map((n) => (2 * n + 1) ** 2),
    )
  })

  it('names the stage that fails', async () => {
    await using pipeline = await system
      .pipeline<number>()
      .stage('first', double)
      .stage('second', picky, 'take')
      .stage('third', double)
      .open()
    const error = await all(pipeline.run([1, 6.5, 3])).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StageError)
    expect(error).toMatchObject({
      code: 'ESTAGE',
      stage: 'second',
      cause: { message: 'not 13' },
    })
  })

  it('is cancelled as a whole', async () => {
    await using pipeline = await system
      .pipeline<number>()
      .stage('first', double)
      .stage('second', adder, 'hang', { args: [0] })
      .open()
    let isClosed = false
    async function* source(): AsyncGenerator<number> {
      try {
        yield* upTo(100)
      } finally {
        isClosed = true
      }
    }
    const controller = new AbortController()
    const reading = all(pipeline.run(source(), { signal: controller.signal }))
    setImmediate(() => controller.abort(new Error('enough')))
    await expect(reading).rejects.toThrow('enough')
    expect(isClosed).toBe(true)
  })

  it('needs a stage, and workers that can begin', async () => {
    const invalid = expect.objectContaining({ code: 'EINVAL' })
    await expect(system.pipeline().open()).rejects.toThrow(invalid)
    const broken = system
      .pipeline<number>()
      .stage('one', double)
      .stage('two', unready, 'go' as never)
    await expect(broken.open()).rejects.toThrow('not ready')
  })
})
