import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { FanOutOptions } from '../subjects/fanOut/fanOutSubject.ts'
import { nativeSubject, scaleCount } from './families.ts'

const subscriberCounts = [1, 10, 100]
const MESSAGE_SIZE = 64
const COUNT_UNIT = 256
/** Timed deliveries, of all subscribers together. */
const FAST = 2e6
const SLOW = 3e5

function circumstancesOf(deliveries: number, condition: string, isQuick: boolean) {
  const subscribers = Number(condition)
  return {
    subscribers,
    size: MESSAGE_SIZE,
    count: scaleCount(deliveries / subscribers, isQuick, COUNT_UNIT),
    // Not shortened for a quick run: long enough for the compiler to have seen all it will see.
    warmUp: scaleCount(deliveries / subscribers / 2, false, COUNT_UNIT),
  }
}

function node(name: string, subject: string, deliveries: number, ioThreads = 0): Subject {
  return {
    name,
    plan: (condition, isQuick) =>
      planNode('fanOut/host.js', {
        subject,
        ioThreads,
        ...circumstancesOf(deliveries, condition, isQuick),
      } satisfies FanOutOptions),
  }
}

const batches = [
  'Ringpost, batches, own loop',
  'Ringpost, batches lent, own loop',
  'Ringpost, batches, I/O thread',
  'Ringpost, batches lent, I/O thread',
]
const promises = ['Ringpost, promises, own loop', 'Ringpost, promises, I/O thread']

export const fanOut: Question = {
  name: 'fanOut',
  title: 'Fan-out over tcp: one publisher to 1, 10 and 100 subscribers',
  method: [
    `Messages of ${MESSAGE_SIZE} B, each to every subscriber. One process publishes, another has all the`,
    'subscribers in one thread: in C it sleeps in `zmq_poll` and then empties each socket that has',
    'something; in JavaScript it runs one loop of promises per socket. The publisher is an XPUB that waits',
    'for whoever is behind (`noDrop`), so that nobody wins by losing messages; default high-water marks.',
    'That of zeromq.js has none instead, for with `noDrop` its sends do not go on.',
    'Counted is what all subscribers receive, each in order and without a gap. "Lent": XSUB sockets, which',
    'leave the messages where they are; the others are SUB.',
  ].join('\n'),
  unit: 'M deliveries/s',
  isHigherBetter: true,
  conditions: subscriberCounts.map((count) => ({
    name: String(count),
    title: `${count} subscriber${count === 1 ? '' : 's'}`,
  })),
  subjects: [
    nativeSubject('libzmq', 'fanOut', (condition, isQuick) =>
      circumstancesOf(FAST, condition, isQuick),
    ),
    node('zeromq.js', 'zeromq', SLOW),
    node(batches[0]!, 'ringpostBatches', FAST),
    node(batches[1]!, 'ringpostLent', FAST),
    node(batches[2]!, 'ringpostBatches', FAST, 1),
    node(batches[3]!, 'ringpostLent', FAST, 1),
    node(promises[0]!, 'ringpostPromises', FAST),
    node(promises[1]!, 'ringpostPromises', FAST, 1),
  ],
  ratios: ['libzmq', 'zeromq.js'].map((against) => ({
    against,
    theirs: [against],
    ours: [...batches, ...promises],
  })),
  targets: [
    {
      title: 'Batches against libzmq',
      ours: batches,
      theirs: ['libzmq'],
      conditions: subscriberCounts.map(String),
      atLeast: 1,
    },
  ],
  read: (sample) => (numberOf(sample, 'deliveries') / numberOf(sample, 'nanoseconds')) * 1e3,
}
