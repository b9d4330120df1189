/** The process of one spread measurement: prints the sample. */
import { readOptions, runTwoSides } from '../twoSides.ts'
import type { SpreadOptions } from './spreadSubject.ts'

const options = readOptions<SpreadOptions>()
const [startedMs, endedMs] = await runTwoSides<number, number>(
  import.meta.url,
  ['runSender', 'runReceiver'],
  options,
  options.sockets,
)
const nanoseconds = Math.round((endedMs - startedMs) * 1e6)
console.log(JSON.stringify({ messages: options.count, nanoseconds }))
process.exit()
