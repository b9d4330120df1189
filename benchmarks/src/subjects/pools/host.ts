/** The process of one measurement of a pool of threads: empty tasks, or tasks of 1 ms. Prints the sample. */
import { loadSubject, readOptions } from '../twoSides.ts'
import { shareOfCores } from './cores.ts'
import { measureEmptyTasks } from './emptyTasks.ts'
import type { PoolSubject } from './poolSubject.ts'

export interface PoolOptions {
  /** The module beside this one, without extension. */
  readonly subject: string
  /** Empty tasks so many at a time, or as whole lists; or tasks that compute for 1 ms. */
  readonly tasks: 'window' | 'list' | 'cores'
  readonly threads: number
  /** Tasks under way at a time, except in a list. */
  readonly window: number
  /** How long it is measured, in milliseconds. */
  readonly forMs: number
}

const options = readOptions<PoolOptions>()
const subject = await loadSubject<PoolSubject>(import.meta.url, options.subject)
const pool = await subject.open(options.tasks === 'cores' ? 'burn' : 'echo', options.threads)
const sample =
  options.tasks === 'cores'
    ? { share: await shareOfCores(pool, options) }
    : { nanoseconds: Math.round((await measureEmptyTasks(pool, options)) * 1e6) }
console.log(JSON.stringify(sample))
process.exit()
