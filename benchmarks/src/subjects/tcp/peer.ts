/** The process at the other end: it connects, and sends or answers. Tells when it began to send. */
import { once } from 'node:events'
import { context } from '@ringpost/transport'
import { monotonicMs } from '../monotonicClock.ts'
import { runEcho } from '../roundTrip/side.ts'
import type { ThroughputSubject } from '../throughput/throughputSubject.ts'
import { loadSubject, readOptions } from '../twoSides.ts'
import {
  asRoundTrip,
  linkTo,
  noWire,
  throughputHost,
  type PeerOptions,
  type TcpThroughputOptions,
} from './tcpOptions.ts'

const options = readOptions<PeerOptions>()
context.ioThreads = options.ioThreads
if (options.kind === 'roundTrip') await runEcho(asRoundTrip(options, options.endpoint), noWire())
else await sendAll(options, options.endpoint)

async function sendAll(options: TcpThroughputOptions, endpoint: string): Promise<void> {
  const arrived = once(process, 'message')
  const subject = await loadSubject<ThroughputSubject>(throughputHost, options.subject)
  const sender = subject.openSender(linkTo(endpoint, options.size))
  await sender.send(options.warmUp)
  await arrived
  const startedMs = monotonicMs()
  await sender.send(options.count)
  process.send!(startedMs)
  sender.close()
}
