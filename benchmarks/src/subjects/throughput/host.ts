/** The process of one throughput measurement: prints the sample. */
import { startBusyThreads } from '../busyThreads.ts'
import { readOptions, runTwoSides } from '../twoSides.ts'
import type { ThroughputOptions } from './throughputSubject.ts'

const options = readOptions<ThroughputOptions>()
await startBusyThreads(options.busyThreads)
const sides = ['runSender', 'runReceiver'] as const
const [startedMs, endedMs] = await runTwoSides<number, number>(import.meta.url, sides, options)
const nanoseconds = Math.round((endedMs - startedMs) * 1e6)
console.log(JSON.stringify({ messages: options.count, nanoseconds }))
process.exit()
