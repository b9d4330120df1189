/** The process of all subscribers: tells when all are warm, and when the last has the last message. */
import { context } from '@ringpost/transport'
import { monotonicMs } from '../monotonicClock.ts'
import { Receipt, ThoroughReceipt } from '../preparedMessages.ts'
import { loadSubject, readOptions } from '../twoSides.ts'
import type { FanOutSubject, SubscribersOptions } from './fanOutSubject.ts'

const options = readOptions<SubscribersOptions>()
context.ioThreads = options.ioThreads
const { endpoint, subscribers, size, warmUp, count } = options
const subject = await loadSubject<FanOutSubject>(import.meta.url, options.subject)
const sides = Array.from({ length: subscribers }, () => subject.openSubscriber(endpoint))
await Promise.all(sides.map((side) => side.receive(warmUp, new ThoroughReceipt(size))))
process.send!('warm')
await Promise.all(sides.map((side) => side.receive(count, new Receipt(size))))
process.send!(monotonicMs())
