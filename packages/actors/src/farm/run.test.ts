import { describe, expect, it, onTestFinished } from 'vitest'
import { Ready, terms } from './crew.test-support.ts'
import { Crew } from './crew.ts'
import type { Link } from './link.ts'
import type { Parcel, Report } from './parcel.ts'
import { Run, type RunTerms } from './run.ts'
import type { Task } from './task.ts'

/** Gives back what it gets; `bad` is a task that fails. */
class Echo implements Link {
  readonly host = undefined
  readonly mostTasks = 1
  readonly timesTasks = true
  readonly running = 0

  run({ items: [item] }: Parcel): Promise<Report> {
    return Promise.resolve({
      values: [item],
      failures: item === 'bad' ? [[0, new Error('the task')]] : [],
      ms: 1,
    })
  }

  cancel(): void {}
  hurry(): void {}
  async dispose(): Promise<void> {}
}

const inOrder: RunTerms = { ...terms, ordered: true, inFlight: 1 }

function valueOf({ isFailed, value }: Task): unknown {
  if (isFailed) throw value
  return value
}

async function runOf(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  more?: Partial<RunTerms>,
): Promise<Run<unknown>> {
  const crew = new Crew(new Ready(1, [new Echo()]))
  await crew.open()
  onTestFinished(() => crew.close())
  return new Run(crew, items, { ...inOrder, ...more }, valueOf)
}

const broken = new Error('the source at being closed')

function* badToClose(...items: unknown[]): Generator<unknown> {
  try {
    yield* items
    yield 'more'
  } finally {
    // oxlint-disable-next-line no-unsafe-finally
    throw broken
  }
}

/** Settles when the process has been warned of it. */
const warned = (): Promise<void> =>
  new Promise((resolve) => {
    const listen = (warning: Error): void => {
      if (warning !== broken) return
      process.off('warning', listen)
      resolve()
    }
    process.on('warning', listen)
  })

describe('a run whose source fails at being closed', () => {
  it('throws that where the loop is left', async () => {
    const run = await runOf(badToClose(1, 2))
    const leave = async (): Promise<void> => {
      for await (const _ of run) break
    }
    await expect(leave()).rejects.toBe(broken)
  })

  it('lets nobody wait', async () => {
    const run = await runOf({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => {
          throw broken
        },
      }),
    })
    const waiting = run.next()
    await expect(run.return()).rejects.toBe(broken)
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('throws the error of the task that has ended it, and warns of the other', async () => {
    const warning = warned()
    const run = await runOf(badToClose('bad'))
    await expect(run.next()).rejects.toThrow('the task')
    await warning
    expect(await run.next()).toEqual({ done: true, value: undefined })
  })

  it("throws the signal's reason, and warns of the other", async () => {
    const warning = warned()
    const controller = new AbortController()
    const run = await runOf(badToClose(1, 2), { signal: controller.signal })
    await run.next()
    controller.abort(new Error('enough'))
    await expect(run.next()).rejects.toThrow('enough')
    await warning
  })

  it('warns of what comes after it was left', async () => {
    let arrive: (item: unknown) => void
    const item = new Promise((resolve) => (arrive = resolve))
    async function* slow(): AsyncGenerator<unknown> {
      yield 1
      try {
        yield await item
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw broken
      }
    }
    const warning = warned()
    const run = await runOf(slow())
    await run.next()
    expect(await run.return()).toEqual({ done: true, value: undefined })
    arrive!(2)
    await warning
  })
})
