/** The process of the subscriber: tells that it has heard the publisher, and then what it has heard. */
import { MessageChannel } from 'node:worker_threads'
import { context } from '@ringpost/transport'
import { loadSubject, readOptions } from '../twoSides.ts'
import { hearAll } from './side.ts'
import type { TcpWeatherOptions, WeatherSubject } from './weatherSubject.ts'

const options = readOptions<TcpWeatherOptions & { readonly endpoint: string }>()
context.ioThreads = options.ioThreads
const subject = await loadSubject<WeatherSubject>(import.meta.url, options.subject)
const link = { endpoint: options.endpoint, port: new MessageChannel().port1 }
let isHeard = false
const result = await hearAll(subject, link, () => {
  if (!isHeard) process.send!('heard')
  isHeard = true
})
process.send!(result)
