import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { ThroughputOptions } from '../subjects/throughput/throughputSubject.ts'
import { nativeSubject, scaleCount } from './families.ts'

const sizes = [16, 64, 256, 1024, 65536] as const
const smallSizes = ['16', '64', '256', '1024']

/** Timed messages per size, so that a measurement takes about half a second. */
type Counts = readonly [number, number, number, number, number]

/** Counts are multiples of this, so that every batch is full. */
const COUNT_UNIT = 512

function countFor(counts: Counts, condition: string, isQuick: boolean): number {
  const index = sizes.findIndex((size) => String(size) === condition)
  return scaleCount(counts[index] ?? 0, isQuick, COUNT_UNIT)
}

function libzmq(how: string, counts: Counts, onlyLarge = false): Subject {
  return nativeSubject(`libzmq, ${how}`, 'pushPull', (condition, isQuick) => {
    if (onlyLarge && condition !== '65536') return undefined
    return { how, size: condition, count: countFor(counts, condition, isQuick) }
  })
}

function node(
  name: string,
  subject: string,
  counts: Counts,
  options: { placement?: ThroughputOptions['placement']; onlyLarge?: boolean } = {},
): Subject {
  return {
    name,
    plan(condition, isQuick) {
      if (options.onlyLarge === true && condition !== '65536') return undefined
      const count = countFor(counts, condition, isQuick)
      return planNode('throughput/host.js', {
        subject,
        size: Number(condition),
        count,
        // Long enough for the compiler to have seen all it will see.
        warmUp: scaleCount(count / 2, false, COUNT_UNIT),
        placement: options.placement ?? 'workers',
        busyThreads: 0,
      } satisfies ThroughputOptions)
    },
  }
}

const fast: Counts = [4e6, 4e6, 2.5e6, 1.5e6, 4e4]
const placed: Counts = [4e6, 4e6, 2.5e6, 1.5e6, 1e6]
const slow: Counts = [3e5, 3e5, 3e5, 2e5, 4e3]

const libzmqCopying = ['libzmq, copy', 'libzmq, message']

export const throughput: Question = {
  name: 'throughput',
  title: 'Throughput: one PUSH to one PULL between two threads',
  method: [
    'A sender thread and a receiver thread, default high-water marks, 64 prepared messages sent in',
    'turn; the receiver checks order, length and first byte of each. Timed from the first send after',
    'the warm-up to the last receive. "libzmq" in the ratios is the better of its two copying ways',
    '(`zmq_send`/`zmq_recv`, and `zmq_msg_t` filled with memcpy). At 65,536 B, "in place" means that',
    'only the first byte is written, on either side; "borrow" is `zmq_msg_init_data`.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions: sizes.map((size) => ({
    name: String(size),
    title: `${size.toLocaleString('en')} B`,
  })),
  subjects: [
    libzmq('copy', fast),
    libzmq('message', fast),
    libzmq('place', placed, true),
    libzmq('borrow', placed, true),
    node('zeromq.js, one thread', 'zeromq', slow, { placement: 'main' }),
    node('zeromq.js, two threads', 'zeromq', slow),
    node('postMessage', 'postMessage', slow),
    node('postMessage, batches of 100', 'postMessageBatches', slow),
  ],
  ratios: [],
  targets: [],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}

export { libzmqCopying, smallSizes }
