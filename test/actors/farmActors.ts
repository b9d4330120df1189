import { once } from 'node:events'
import { threadId } from 'node:worker_threads'
import { currentTask, defineActor, defineTask } from '@ringpost/actors'

/** Never settles, but by the task's signal. */
async function waitForEver(onAbort: () => void = () => undefined): Promise<never> {
  const { signal } = currentTask()
  await once(signal, 'abort')
  onAbort()
  throw signal.reason
}

export const square = (n: number): number => n * n
export const add = (a: number, b: number): number => a + b
export const thread = (): string => `${process.pid}.${threadId}`
export const double = defineTask(import.meta.url, 'double', async (n: number) => n * 2)

let finishFirst = (): void => undefined

/** The first task waits for the second, which another actor of the same thread does. */
export const patient = defineActor(import.meta.url, 'patient', () => ({
  take(n: number): number | Promise<number> {
    if (n === 0) return new Promise((resolve) => (finishFirst = () => resolve(0)))
    finishFirst()
    return n
  },
}))

export function failFirst(failures: number): number {
  const { attempt } = currentTask()
  if (attempt <= failures) throw Object.assign(new Error(`attempt ${attempt}`), { code: 'EFLAKY' })
  return attempt
}

export const hang = defineTask(import.meta.url, 'hang', async (doesHang: boolean) =>
  doesHang ? waitForEver() : 'done',
)

export function spin(milliseconds: number): string {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
  return 'done'
}

/** Computes until nobody wants it any more. */
export function untilUnwanted(isLong: boolean): string {
  const task = currentTask()
  while (isLong && !task.aborted);
  return 'done'
}

/** Of a number below zero, first the thread ends, then it fails, then it is done. */
export function exitThenFail(n: number): number {
  const { attempt } = currentTask()
  if (n < 0 && attempt === 1) process.exit(1)
  if (n < 0 && attempt === 2) throw new Error('not yet')
  return n
}

export function exit(n: number): number {
  if (n < 0) process.exit(1)
  return n
}

/** Keeps a number, and counts what it did, and which of its tasks have seen their signal. */
export const adder = defineActor(import.meta.url, 'adder', async (ctx, addend: number) => {
  let tasks = 0
  let aborted = 0
  const waiting: (() => void)[] = []
  const onAbort = (): void => {
    aborted++
    for (const tell of waiting.splice(0)) tell()
  }
  return {
    add: (n: number) => n + addend,
    /** Returns its host, and how many tasks it had before. */
    where: (_item: number) => ({ host: ctx.host, before: tasks++ }),
    scale: (n: number, factor: number) => n * factor,
    hang: (_item: number) => waitForEver(onAbort),
    /** How many tasks were aborted, once there is one. */
    untilAborted: async (_item: number) => {
      if (aborted === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      return aborted
    },
  }
})

export const picky = defineActor(import.meta.url, 'picky', () => ({
  take(n: number): number {
    if (n === 13) throw new RangeError('not 13')
    return n
  },
  refuse(): never {
    throw new Error('no')
  },
}))

export const unready = defineActor(
  import.meta.url,
  'unready',
  async (): Promise<{ go(): void }> => {
    throw new Error('not ready')
  },
)
