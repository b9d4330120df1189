/** The process of one weather measurement: compares what both sides say and prints the sample. */
import { readOptions, runTwoSides } from '../twoSides.ts'
import type { PublisherResult, SubscriberResult } from './side.ts'
import type { WeatherOptions } from './weatherSubject.ts'

const options = readOptions<WeatherOptions>()
const sides = ['runPublisher', 'runSubscriber'] as const
const [published, received] = await runTwoSides<PublisherResult, SubscriberResult>(
  import.meta.url,
  sides,
  options,
)
if (published.matches !== received.matches) {
  throw new Error(`${published.matches} matches published, ${received.matches} received`)
}
const nanoseconds = Math.round((received.endedMs - published.startedMs) * 1e6)
const { matches, temperatures } = received
console.log(JSON.stringify({ messages: options.updates, nanoseconds, matches, temperatures }))
process.exit()
