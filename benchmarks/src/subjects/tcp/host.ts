/** The process of one measurement over tcp that binds: it receives, or asks, and prints the sample. */
import type { ChildProcess } from 'node:child_process'
import { context } from '@ringpost/transport'
import { monotonicMs } from '../monotonicClock.ts'
import { Receipt, ThoroughReceipt } from '../preparedMessages.ts'
import { runRequester } from '../roundTrip/side.ts'
import type { ThroughputSubject } from '../throughput/throughputSubject.ts'
import { loadSubject, readOptions } from '../twoSides.ts'
import {
  asRoundTrip,
  linkTo,
  noWire,
  roundTripHost,
  throughputHost,
  type PeerOptions,
  type TcpRoundTripOptions,
  type TcpThroughputOptions,
} from './tcpOptions.ts'
import { freeEndpoint, saidBy, startPeer } from './twoProcesses.ts'

const options = readOptions<TcpThroughputOptions | TcpRoundTripOptions>()
context.ioThreads = options.ioThreads
const endpoint = await freeEndpoint()
const sample =
  options.kind === 'throughput' ? await measureThroughput(options) : await measureTrips(options)
console.log(JSON.stringify(sample))
process.exit()

async function measureThroughput(options: TcpThroughputOptions): Promise<object> {
  const { count, warmUp, size } = options
  const subject = await loadSubject<ThroughputSubject>(throughputHost, options.subject)
  const receiver = await subject.openReceiver(linkTo(endpoint, size))
  const sender = startOther(options)
  const told = saidBy(sender)
  await receiver.receive(warmUp, new ThoroughReceipt(size))
  const receipt = new Receipt(size)
  sender.send('arrived')
  await receiver.receive(count, receipt)
  const endedMs = monotonicMs()
  const startedMs = (await told) as number
  return { messages: count, nanoseconds: Math.round((endedMs - startedMs) * 1e6) }
}

async function measureTrips(options: TcpRoundTripOptions): Promise<object> {
  // Before the other process starts, which is to find the endpoint bound.
  await loadSubject(roundTripHost, options.subject)
  startOther(options)
  return runRequester(asRoundTrip(options, endpoint), noWire())
}

function startOther(options: TcpThroughputOptions | TcpRoundTripOptions): ChildProcess {
  return startPeer(import.meta.url, './peer.js', { ...options, endpoint } satisfies PeerOptions)
}
