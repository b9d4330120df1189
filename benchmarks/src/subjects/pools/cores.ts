/**
 * How much of the cores a pool uses whose tasks compute for 1 ms each: the time that bare threads take for as
 * much, which say nothing to each other meanwhile, divided by the time of the pool. (The clock of a core, and
 * what two of them share, are the same for both.)
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WARM_UP_MS } from '../actors/warmUp.ts'
import { monotonicMs } from '../monotonicClock.ts'
import type { BareTasks } from './bareThread.ts'
import { doTasks } from './doTasks.ts'
import type { PoolOptions } from './host.ts'
import type { TaskPool } from './poolSubject.ts'
import { tasks } from './tasks.ts'

const TASK_MS = 1

export async function shareOfCores(pool: TaskPool, options: PoolOptions): Promise<number> {
  const { threads, window, forMs } = options
  const steps = stepsIn(TASK_MS)
  const perThread = Math.ceil(forMs / TASK_MS)
  const count = perThread * threads
  const bare = await BareThreads.start(threads)
  const expected = tasks.burn(steps)
  const check = (result: number): void => {
    if (result !== expected) throw new Error(`${steps} steps came to ${result}, not ${expected}`)
  }
  const work = Array.from({ length: count }, () => steps)
  const doAll = async (): Promise<number> => {
    const begun = monotonicMs()
    await doTasks(pool, work, window, check)
    return monotonicMs() - begun
  }
  // Warm-up, of both.
  await bare.run({ steps, count: Math.ceil(WARM_UP_MS / TASK_MS / 2) })
  for (let left = WARM_UP_MS; left > 0;) left -= await doAll()
  // What disturbs from outside, or a core that grows hot, concerns both alike.
  const before = await bare.run({ steps, count: perThread })
  const ofPool = await doAll()
  const after = await bare.run({ steps, count: perThread })
  return (before + after) / 2 / ofPool
}

/** How many steps this thread does in so many milliseconds: the most of several tries. */
function stepsIn(milliseconds: number): number {
  const probe = 1_000_000
  let least = Infinity
  for (let tries = 0; tries < 50; tries++) {
    const begun = monotonicMs()
    tasks.burn(probe)
    least = Math.min(least, monotonicMs() - begun)
  }
  return Math.round((probe * milliseconds) / least)
}

class BareThreads {
  readonly #workers: readonly Worker[]

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers
  }

  static async start(threads: number): Promise<BareThreads> {
    const url = new URL('./bareThread.js', import.meta.url)
    const workers = Array.from({ length: threads }, () => new Worker(url))
    await Promise.all(workers.map((worker) => once(worker, 'online')))
    return new BareThreads(workers)
  }

  /** Milliseconds until all have done so many tasks each. */
  async run(work: BareTasks): Promise<number> {
    const done = Promise.all(this.#workers.map((worker) => once(worker, 'message')))
    const begun = monotonicMs()
    for (const worker of this.#workers) worker.postMessage(work)
    await done
    return monotonicMs() - begun
  }
}
