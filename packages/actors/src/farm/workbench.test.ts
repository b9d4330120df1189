import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Board } from '../host/board.ts'
import { currentTask } from './currentTask.ts'
import type { Parcel } from './parcel.ts'
import { Workbench } from './workbench.ts'

let ids = 0
const parcel = (name: string, items: unknown[], more: Partial<Parcel> = {}): Parcel => ({
  id: ++ids,
  work: { how: 'handler', name },
  items,
  isSpread: false,
  attempt: 1,
  timeoutMs: Infinity,
  mark: 2 ** 32 - ids,
  ...more,
})

const board = Board.of(1).seat(0)
let nowMs = 0

/** Takes so long, on the bench's clock. */
function compute(ms: number): number {
  nowMs += ms
  return ms
}

async function untilAborted(): Promise<never> {
  const { signal } = currentTask()
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

const handlers = {
  square: (n: number) => n * n,
  later: async (n: number) => n + 1,
  add: (a: number, b: number) => a + b,
  odd(n: number) {
    if (n % 2 === 0) throw new Error(`${n} is even`)
    return n
  },
  compute,
  untilAborted,
  running: () => board.task,
  async runningLater() {
    const before = board.task
    await Promise.resolve()
    return [before, board.task]
  },
  never: () => new Promise(() => undefined),
  attempt: () => currentTask().attempt,
  untilOver(mark: number) {
    for (const task = currentTask(); !task.aborted; nowMs++) if (nowMs % 10 === 0) board.abort(mark)
  },
  *stream() {
    yield 1
  },
}
const bench = new Workbench(
  handlers,
  (mark) => board.isAborted(mark),
  (mark) => (board.task = mark),
  () => nowMs,
)

describe('a workbench', () => {
  it('runs the tasks of a parcel at once, unless one is to be awaited', async () => {
    expect(bench.run(parcel('square', [1, 2, 3]))).toMatchObject({
      values: [1, 4, 9],
      failures: [],
    })
    const later = bench.run(parcel('later', [1, 2]))
    expect(later).toBeInstanceOf(Promise)
    expect(await later).toMatchObject({ values: [2, 3] })
    expect(bench.run(parcel('add', [[1, 2]], { isSpread: true }))).toMatchObject({ values: [3] })
  })

  it('goes on when a task fails', () => {
    expect(bench.run(parcel('odd', [1, 2, 3]))).toMatchObject({
      values: [1, undefined, 3],
      failures: [[1, new Error('2 is even')]],
    })
  })

  it.each([
    ['nothing', 'ENOHANDLER'],
    ['toString', 'ENOHANDLER'],
    ['stream', 'EVALUE'],
  ])('fails %s', async (name, code) => {
    const { failures } = await bench.run(parcel(name, [1, 2]))
    expect(failures).toEqual([0, 1].map((at) => [at, expect.objectContaining({ code })]))
  })

  it('reports early when tasks are slower than was thought', () => {
    const { values } = bench.run(parcel('compute', [6, 6, 6, 6])) as { values: unknown[] }
    expect(values).toEqual([6, 6])
  })

  it('fails what takes too long, whether it waits or computes', async () => {
    const late = expect.objectContaining({ code: 'ETIMEDOUT' })
    const spinning = bench.run(parcel('compute', [2, 0], { timeoutMs: 1 }))
    expect(spinning).toMatchObject({ values: [undefined, 0], failures: [[0, late]] })
    const waiting = await bench.run(parcel('never', [0], { timeoutMs: 1 }))
    expect(waiting).toMatchObject({ values: [undefined], failures: [[0, late]] })
    const told = await bench.run(parcel('untilAborted', [0], { timeoutMs: 1 }))
    expect(told.failures).toEqual([[0, late]])
  })

  it('cancels what runs, and does not begin the rest', async () => {
    const cancelled = expect.objectContaining({ code: 'ECANCELLED' })
    const work = parcel('untilAborted', [1, 2, 3])
    const running = bench.run(work)
    bench.cancel(work.id)
    expect(await running).toMatchObject({ values: [undefined], failures: [[0, cancelled]] })
  })

  it('does not wait for a module when nobody waits for the parcel', async () => {
    const url = 'data:text/javascript,await new Promise(() => undefined)'
    const work = parcel('default', [1], { work: { how: 'export', url, name: 'default' } })
    const finding = bench.run(work)
    bench.cancel(work.id)
    const cancelled = expect.objectContaining({ code: 'ECANCELLED' })
    expect((await finding).failures).toEqual([[0, cancelled]])
  })

  it('begins nothing of a parcel that was cancelled before it came', () => {
    const work = parcel('square', [1])
    bench.cancel(work.id)
    expect(bench.run(work)).toMatchObject({ values: [] })
    bench.cancel(work.id)
    expect(bench.run(parcel('square', [2]))).toMatchObject({ values: [4] })
  })

  it('shows a loop that its time is over, and begins nothing more then', () => {
    const late = expect.objectContaining({ code: 'ETIMEDOUT' })
    const work = parcel('untilOver', [], { timeoutMs: 5 })
    const { mark } = work
    const report = bench.run({ ...work, items: [mark, mark] })
    expect(report).toMatchObject({ values: [undefined], failures: [[0, late]] })
  })

  it('shows whose code has the thread, as far as it is not awaited', async () => {
    const work = parcel('running', [1, 2])
    expect(bench.run(work)).toMatchObject({ values: [work.mark, work.mark] })
    expect(board.task).toBe(0)
    const later = parcel('runningLater', [1])
    expect(await bench.run(later)).toMatchObject({ values: [[later.mark, 0]] })
    expect(board.task).toBe(0)
  })

  it('tells tasks which attempt they are, and others nothing', () => {
    expect(bench.run(parcel('attempt', [0], { attempt: 3 }))).toMatchObject({ values: [3] })
    expect(() => currentTask()).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })
})
