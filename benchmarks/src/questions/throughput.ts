import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { ThroughputOptions } from '../subjects/throughput/throughputSubject.ts'
import { nativeSubject, scaleCount } from './families.ts'

/** Timed messages per size, so that a measurement takes about half a second. */
type Counts = Readonly<Record<string, number>>

const fast: Counts = { 16: 3e6, 64: 3e6, 256: 2e6, 1024: 1e6, 65536: 1e5, crowded: 5e5 }
const placed: Counts = { 65536: 1e6 }
const slow: Counts = { 16: 2e5, 64: 2e5, 256: 2e5, 1024: 1.5e5, 65536: 3e3, crowded: 5e4 }

/** Counts are multiples of this, so that every batch is full. */
const COUNT_UNIT = 512
const BUSY_THREADS = 4

const conditions = [
  { name: '16', title: '16 B' },
  { name: '64', title: '64 B' },
  { name: '256', title: '256 B' },
  { name: '1024', title: '1,024 B' },
  { name: '65536', title: '65,536 B' },
  { name: 'crowded', title: '64 B, 4 busy threads' },
] as const

interface Circumstances {
  readonly size: number
  readonly count: number
  readonly warmUp: number
  readonly busyThreads: number
}

/** Undefined where the counts leave the condition out. */
function circumstancesOf(
  counts: Counts,
  condition: string,
  isQuick: boolean,
): Circumstances | undefined {
  const messages = counts[condition]
  if (messages === undefined) return undefined
  return {
    size: condition === 'crowded' ? 64 : Number(condition),
    count: scaleCount(messages, isQuick, COUNT_UNIT),
    // Not shortened for a quick run: long enough for the compiler to have seen all it will see.
    warmUp: scaleCount(messages / 2, false, COUNT_UNIT),
    busyThreads: condition === 'crowded' ? BUSY_THREADS : 0,
  }
}

function libzmq(how: string, counts: Counts): Subject {
  return nativeSubject(`libzmq, ${how}`, 'pushPull', (condition, isQuick) => {
    const circumstances = circumstancesOf(counts, condition, isQuick)
    return circumstances && { how, ...circumstances }
  })
}

function node(
  name: string,
  subject: string,
  counts: Counts,
  placement: ThroughputOptions['placement'] = 'workers',
): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const circumstances = circumstancesOf(counts, condition, isQuick)
      const options = circumstances && { subject, placement, ...circumstances }
      return options && planNode('throughput/host.js', options satisfies ThroughputOptions)
    },
  }
}

const small = ['16', '64', '256', '1024']
const libzmqCopying = ['libzmq, copy', 'libzmq, message']
const zeromqJs = ['zeromq.js, one thread', 'zeromq.js, two threads']
const batches = ['Ringpost, batches', 'Ringpost, batches lent']
const blocking = ['Ringpost, blocking', 'Ringpost, blocking lent']
const all = [...batches, ...blocking, 'Ringpost, promises']

export const throughput: Question = {
  name: 'throughput',
  title: 'Throughput: one PUSH to one PULL between two threads',
  method: [
    'A sender thread and a receiver thread, default high-water marks, 64 prepared messages sent in',
    'turn; the receiver checks order, length and first byte of each. Timed from the first send after',
    'the warm-up to the last receive. "libzmq" in the ratios is the better of its two copying ways',
    '(`zmq_send`/`zmq_recv`, and `zmq_msg_t` filled with memcpy). "Place": messages allocated where',
    'the receiver will see them, only the first byte written, on either side; "borrow" is',
    '`zmq_msg_init_data`. The bare ring is a ring between two threads and nothing else, publishing each',
    'message, or many at once.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions,
  subjects: [
    libzmq('copy', fast),
    libzmq('message', fast),
    libzmq('place', placed),
    libzmq('borrow', placed),
    node('zeromq.js, one thread', 'zeromq', slow, 'main'),
    node('zeromq.js, two threads', 'zeromq', slow),
    node('postMessage', 'postMessage', slow),
    node('postMessage, batches of 100', 'postMessageBatches', slow),
    node('bare ring', 'bareRing', fast),
    node('bare ring, batches', 'bareRingBatches', fast),
    node('Ringpost, batches', 'ringpostBatches', fast),
    node('Ringpost, batches lent', 'ringpostBatchesLent', fast),
    node('Ringpost, blocking', 'ringpostBlocking', fast),
    node('Ringpost, blocking lent', 'ringpostBlockingLent', fast),
    node('Ringpost, promises', 'ringpostPromises', fast),
    node('Ringpost, batches with promises', 'ringpostBatchPromises', fast),
    node('Ringpost, place', 'ringpostPlace', placed),
    node('Ringpost, place and fill', 'ringpostPlaceFilled', { 65536: 1e5 }),
  ],
  ratios: [
    { against: 'libzmq', theirs: libzmqCopying, ours: [...all, 'Ringpost, place and fill'] },
    { against: 'libzmq, place', theirs: ['libzmq, place'], ours: ['Ringpost, place'] },
    { against: 'zeromq.js', theirs: zeromqJs, ours: all },
    { against: 'postMessage', theirs: ['postMessage'], ours: all },
    {
      against: 'postMessage in batches',
      theirs: ['postMessage, batches of 100'],
      ours: ['Ringpost, batches'],
    },
    { against: 'bare ring', theirs: ['bare ring'], ours: batches },
    { against: 'bare ring in batches', theirs: ['bare ring, batches'], ours: batches },
  ],
  targets: [
    ...batches.flatMap((name) => [
      target(`${name} against libzmq`, [name], libzmqCopying, ['16', '64'], 1.5),
      target(`${name} against libzmq`, [name], libzmqCopying, ['256', '1024'], 1.2),
      target(`${name} against the bare ring`, [name], ['bare ring'], small, 0.5),
    ]),
    target('Place against libzmq, place', ['Ringpost, place'], ['libzmq, place'], ['65536'], 1),
    target(
      'Place and fill against libzmq copying',
      ['Ringpost, place and fill'],
      libzmqCopying,
      ['65536'],
      1,
    ),
    ...blocking.map((name) => target(`${name} against libzmq`, [name], libzmqCopying, small, 1)),
    target('Promises against zeromq.js', ['Ringpost, promises'], zeromqJs, ['16', '64', '256'], 10),
    target(
      'Promises against postMessage',
      ['Ringpost, promises'],
      ['postMessage'],
      ['16', '64', '256'],
      5,
    ),
  ],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}

function target(
  title: string,
  ours: readonly string[],
  theirs: readonly string[],
  where: readonly string[],
  atLeast: number,
): Question['targets'][number] {
  return { title, ours, theirs, conditions: where, atLeast }
}
