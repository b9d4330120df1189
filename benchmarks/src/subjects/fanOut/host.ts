/** The process of one measurement of a fan-out that publishes, and prints the sample. */
import { context } from '@ringpost/transport'
import { monotonicMs } from '../monotonicClock.ts'
import { freeEndpoint, saidBy, startPeer } from '../tcp/twoProcesses.ts'
import { loadSubject, readOptions } from '../twoSides.ts'
import type { FanOutOptions, FanOutSubject, SubscribersOptions } from './fanOutSubject.ts'

const options = readOptions<FanOutOptions>()
context.ioThreads = options.ioThreads
const subject = await loadSubject<FanOutSubject>(import.meta.url, options.subject)
const endpoint = await freeEndpoint()
const publisher = await subject.openPublisher(endpoint, options.size)
const peer = startPeer(import.meta.url, './subscribers.js', {
  ...options,
  endpoint,
} satisfies SubscribersOptions)
const warm = saidBy(peer)
await publisher.subscribed(options.subscribers)
await publisher.publish(options.warmUp)
await warm
const ended = saidBy(peer)
const startedMs = monotonicMs()
await publisher.publish(options.count)
const nanoseconds = Math.round((((await ended) as number) - startedMs) * 1e6)
const { count, subscribers } = options
console.log(JSON.stringify({ messages: count, deliveries: count * subscribers, nanoseconds }))
process.exit()
