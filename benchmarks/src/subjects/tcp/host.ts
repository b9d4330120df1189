/** The process of one measurement over tcp that binds: it receives, or asks, and prints the sample. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
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
  const sender = startPeer({ ...options, endpoint })
  const told = once(sender, 'message')
  await receiver.receive(warmUp, new ThoroughReceipt(size))
  const receipt = new Receipt(size)
  sender.send('arrived')
  await receiver.receive(count, receipt)
  const endedMs = monotonicMs()
  const [startedMs] = (await told) as [number]
  return { messages: count, nanoseconds: Math.round((endedMs - startedMs) * 1e6) }
}

async function measureTrips(options: TcpRoundTripOptions): Promise<object> {
  // Before the other process starts, which is to find the endpoint bound.
  await loadSubject(roundTripHost, options.subject)
  startPeer({ ...options, endpoint })
  return runRequester(asRoundTrip(options, endpoint), noWire())
}

function startPeer(options: PeerOptions): ChildProcess {
  const path = fileURLToPath(new URL('./peer.js', import.meta.url))
  const peer = fork(path, [JSON.stringify(options)])
  peer.once('exit', (code, signal) => {
    if (code === 0) return
    console.error(`Error: the other process failed (${signal ?? code})`)
    process.exit(1)
  })
  return peer
}

async function freeEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `tcp://127.0.0.1:${port}`
}
