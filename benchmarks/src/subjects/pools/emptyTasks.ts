import { WARM_UP_MS } from '../actors/warmUp.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { doTasks } from './doTasks.ts'
import type { PoolOptions } from './host.ts'
import type { TaskPool } from './poolSubject.ts'

/** Tasks in a list. */
const LIST = 10_000
/** Looking at the clock takes longer than the cheapest task. */
const TASKS_PER_LOOK = 64

/** Milliseconds for one task, after a warm-up. */
export async function measureEmptyTasks(pool: TaskPool, options: PoolOptions): Promise<number> {
  const { tasks, window, forMs } = options
  const measure = (lastsMs: number): Promise<number> =>
    tasks === 'list' ? doLists(pool, lastsMs) : doStream(pool, window, lastsMs)
  await measure(WARM_UP_MS)
  return measure(forMs)
}

/** One list after the other. */
async function doLists(pool: TaskPool, lastsMs: number): Promise<number> {
  const list = Array.from({ length: LIST }, (_, place) => place)
  const begun = monotonicMs()
  let done = 0
  while (monotonicMs() - begun < lastsMs) {
    const results = await runAll(pool, list)
    if (results.length !== LIST) throw new Error(`${results.length} of ${LIST} results`)
    results.forEach(check)
    done += LIST
  }
  return (monotonicMs() - begun) / done
}

function runAll(pool: TaskPool, list: readonly number[]): Promise<readonly number[]> {
  return pool.runAll?.(list) ?? Promise.all(list.map((value) => pool.run!(value)))
}

/** So many tasks at a time. */
async function doStream(pool: TaskPool, window: number, lastsMs: number): Promise<number> {
  const begun = monotonicMs()
  function* values(): Generator<number> {
    for (let value = 0; ; value++) {
      if (value % TASKS_PER_LOOK === 0 && monotonicMs() - begun >= lastsMs) return
      yield value
    }
  }
  const done = await doTasks(pool, values(), window, check)
  return (monotonicMs() - begun) / done
}

function check(result: number, place: number): void {
  if (result !== place) throw new Error(`${place} came back as ${result}`)
}
