/** The process of one round-trip measurement: prints the sample. */
import { startBusyThreads } from '../busyThreads.ts'
import { readOptions, runTwoSides } from '../twoSides.ts'
import type { RoundTripOptions } from './roundTripSubject.ts'

const options = readOptions<RoundTripOptions>()
await startBusyThreads(options.busyThreads)
const sides = ['runRequester', 'runEcho'] as const
const [sample] = await runTwoSides<object, void>(import.meta.url, sides, options)
console.log(JSON.stringify(sample))
process.exit()
