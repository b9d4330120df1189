import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { TcpThroughputOptions } from '../subjects/tcp/tcpOptions.ts'
import { nativeSubject, scaleCount } from './families.ts'

/** Timed messages per size, so that a measurement takes about half a second. */
type Counts = Readonly<Record<string, number>>

const fast: Counts = { 16: 4e6, 64: 4e6, 256: 2e6, 1024: 8e5, 65536: 15e3 }
const encrypted: Counts = { 16: 3e5, 64: 3e5, 256: 2e5, 1024: 1e5, 65536: 3e3 }
const slow: Counts = { 16: 2e5, 64: 2e5, 256: 2e5, 1024: 15e4, 65536: 6e3 }

/** Counts are multiples of this, so that every batch is full. */
const COUNT_UNIT = 512

const conditions = [
  { name: '16', title: '16 B' },
  { name: '64', title: '64 B' },
  { name: '256', title: '256 B' },
  { name: '1024', title: '1,024 B' },
  { name: '65536', title: '65,536 B' },
] as const

function circumstancesOf(counts: Counts, condition: string, isQuick: boolean) {
  const messages = counts[condition]!
  return {
    size: Number(condition),
    count: scaleCount(messages, isQuick, COUNT_UNIT),
    // Not shortened for a quick run: long enough for the compiler to have seen all it will see.
    warmUp: scaleCount(messages / 2, false, COUNT_UNIT),
  }
}

function libzmq(name: string, how: 'copy' | 'message', counts = fast, curve = 0): Subject {
  return nativeSubject(name, 'tcp', (condition, isQuick) => ({
    how,
    curve,
    ...circumstancesOf(counts, condition, isQuick),
  }))
}

/** @param subject relative to `subjects/throughput` */
function node(name: string, subject: string, ioThreads = 0, counts = fast): Subject {
  return {
    name,
    plan: (condition, isQuick) =>
      planNode('tcp/host.js', {
        kind: 'throughput',
        subject,
        ioThreads,
        ...circumstancesOf(counts, condition, isQuick),
      } satisfies TcpThroughputOptions),
  }
}

const small = ['16', '64', '256', '1024']
const sizes = [...small, '65536']
const plainLibzmq = ['libzmq, copy', 'libzmq, message']
const batches = [
  'Ringpost, batches, own loop',
  'Ringpost, batches lent, own loop',
  'Ringpost, batches, I/O thread',
  'Ringpost, batches lent, I/O thread',
]
const promises = ['Ringpost, promises, own loop', 'Ringpost, promises, I/O thread']
const curve = ['Ringpost, CURVE, own loop', 'Ringpost, CURVE, I/O thread']

export const tcp: Question = {
  name: 'tcp',
  title: 'Throughput over tcp: one PUSH to one PULL between two processes',
  method: [
    'Two processes of this machine, default high-water marks, 64 prepared messages sent in turn; the',
    'receiver checks order, length and first byte of each. Timed from the first send after the warm-up',
    'to the last receive. "Own loop": `context.ioThreads = 0`, I/O in the event loop of the thread that',
    'sends and receives, by promises; "I/O thread", the default: the batches block. "net.Socket" carries',
    'the same bytes in writes of 64 KiB and makes no messages of them: the limit.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions,
  subjects: [
    libzmq('libzmq, copy', 'copy'),
    libzmq('libzmq, message', 'message'),
    node('zeromq.js', 'zeromq', 0, slow),
    node('net.Socket', '../tcp/netSocket'),
    node(batches[0]!, 'ringpostBatchPromises'),
    node(batches[1]!, '../tcp/ringpostLent'),
    node(batches[2]!, 'ringpostBatches', 1),
    node(batches[3]!, 'ringpostBatchesLent', 1),
    node(promises[0]!, 'ringpostPromises'),
    node(promises[1]!, 'ringpostPromises', 1),
    node('Ringpost, blocking, I/O thread', 'ringpostBlocking', 1),
    libzmq('libzmq, CURVE', 'message', encrypted, 1),
    node(curve[0]!, '../tcp/ringpostCurve', 0, encrypted),
    node(curve[1]!, '../tcp/ringpostCurve', 1, encrypted),
  ],
  ratios: [
    {
      against: 'libzmq',
      theirs: plainLibzmq,
      ours: [...batches, ...promises, 'Ringpost, blocking, I/O thread', 'net.Socket'],
    },
    { against: 'net.Socket', theirs: ['net.Socket'], ours: batches },
    { against: 'zeromq.js', theirs: ['zeromq.js'], ours: [...batches, ...promises] },
    { against: 'libzmq, CURVE', theirs: ['libzmq, CURVE'], ours: curve },
  ],
  targets: [
    {
      title: 'Batches against libzmq',
      ours: batches,
      theirs: plainLibzmq,
      conditions: small,
      atLeast: 1.3,
    },
    {
      title: 'Batches against libzmq',
      ours: batches,
      theirs: plainLibzmq,
      conditions: ['65536'],
      atLeast: 1,
    },
    {
      title: 'Promises against zeromq.js',
      ours: promises,
      theirs: ['zeromq.js'],
      conditions: ['16', '64', '256'],
      atLeast: 8,
    },
    {
      title: 'CURVE against libzmq',
      ours: curve,
      theirs: ['libzmq, CURVE'],
      conditions: sizes,
      atLeast: 0.3,
    },
  ],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}
