import { MessageChannel } from 'node:worker_threads'
import { Gate } from '../gate.ts'
import type { RoundTripOptions } from '../roundTrip/roundTripSubject.ts'
import type { Link } from '../throughput/throughputSubject.ts'
import type { Wire } from '../twoSides.ts'

/** What the host of a measurement over tcp is told, and tells the process at the other end. */
export interface TcpOptions {
  /** The module, relative to `subjects/throughput` or `subjects/roundTrip`, without extension. */
  readonly subject: string
  /** Of the context; 0 for I/O in the thread that sends and receives. */
  readonly ioThreads: number
}

export interface TcpThroughputOptions extends TcpOptions {
  readonly kind: 'throughput'
  readonly size: number
  readonly count: number
  readonly warmUp: number
}

export interface TcpRoundTripOptions extends TcpOptions {
  readonly kind: 'roundTrip'
  readonly milliseconds: number
  readonly warmUpMilliseconds: number
  readonly pauseMilliseconds: number
}

/** The other process is told where the first one has bound. */
export type PeerOptions = (TcpThroughputOptions | TcpRoundTripOptions) & {
  readonly endpoint: string
}

/** Beside them lie the subjects. */
export const throughputHost = new URL('../throughput/host.js', import.meta.url).href
export const roundTripHost = new URL('../roundTrip/host.js', import.meta.url).href

/** What the sides of `throughput` take, where only the endpoint leads to the other process. */
export function linkTo(endpoint: string, size: number): Link {
  const { ports, memory } = noWire()
  return { endpoint, size, port: ports[0]!, memory }
}

/** What the sides of `roundTrip` are told. */
export function asRoundTrip(options: TcpRoundTripOptions, endpoint: string): RoundTripOptions {
  return { ...options, endpoint, pattern: 'reqRep', placement: 'main', busyThreads: 0 }
}

/** Processes share nothing: channels that lead nowhere. */
export function noWire(): Wire {
  return {
    ports: [new MessageChannel().port1],
    gates: [Gate.allocate(), Gate.allocate()],
    memory: new SharedArrayBuffer(0),
  }
}
