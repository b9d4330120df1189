/** The process of one weather measurement over tcp that publishes, and prints the sample. */
import { MessageChannel } from 'node:worker_threads'
import { context } from '@ringpost/transport'
import { freeEndpoint, saidBy, startPeer } from '../tcp/twoProcesses.ts'
import { loadSubject, readOptions } from '../twoSides.ts'
import { publishAll, sampleOf, type SubscriberResult } from './side.ts'
import type { TcpWeatherOptions, WeatherSubject } from './weatherSubject.ts'

const options = readOptions<TcpWeatherOptions>()
context.ioThreads = options.ioThreads
const subject = await loadSubject<WeatherSubject>(import.meta.url, options.subject)
const endpoint = await freeEndpoint()
const publisher = await subject.openPublisher({ endpoint, port: new MessageChannel().port1 })
const peer = startPeer(import.meta.url, './tcpSubscriber.js', { ...options, endpoint })
let isHeard = false
const heardAll = saidBy(peer).then(() => {
  isHeard = true
  return saidBy(peer) as Promise<SubscriberResult>
})
const published = await publishAll(publisher, options, () => isHeard)
const received = await heardAll
console.log(JSON.stringify(sampleOf(options.updates, published, received)))
process.exit()
