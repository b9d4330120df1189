/** The process of one weather measurement: compares what both sides say and prints the sample. */
import { readOptions, runTwoSides } from '../twoSides.ts'
import { sampleOf, type PublisherResult, type SubscriberResult } from './side.ts'
import type { WeatherOptions } from './weatherSubject.ts'

const options = readOptions<WeatherOptions>()
const sides = ['runPublisher', 'runSubscriber'] as const
const [published, received] = await runTwoSides<PublisherResult, SubscriberResult>(
  import.meta.url,
  sides,
  options,
)
console.log(JSON.stringify(sampleOf(options.updates, published, received)))
process.exit()
