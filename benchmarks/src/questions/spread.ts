import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { SpreadOptions } from '../subjects/spread/spreadSubject.ts'
import { nativeSubject, scaleCount } from './families.ts'

const socketCounts = [1, 2, 4, 8]
const MESSAGE_SIZE = 64
const COUNT_UNIT = 512
const FAST = 2e6
const SLOW = 2e5

function node(
  name: string,
  subject: string,
  messages: number,
  placement: SpreadOptions['placement'] = 'workers',
): Subject {
  return {
    name,
    plan(condition, isQuick) {
      return planNode('spread/host.js', {
        subject,
        sockets: Number(condition),
        size: MESSAGE_SIZE,
        count: scaleCount(messages, isQuick, COUNT_UNIT),
        warmUp: scaleCount(messages / 2, false, COUNT_UNIT),
        placement,
      } satisfies SpreadOptions)
    },
  }
}

export const spread: Question = {
  name: 'spread',
  title: 'Spread: one PUSH to 1, 2, 4 and 8 PULL sockets',
  method: [
    `Messages of ${MESSAGE_SIZE} B. One thread sends; one other thread owns all the PULL sockets. In C it sleeps in`,
    '`zmq_poll` and then empties each socket that has something; in JavaScript it runs one loop of',
    'promises per socket. postMessage has one channel per socket.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions: socketCounts.map((count) => ({
    name: String(count),
    title: `${count} socket${count === 1 ? '' : 's'}`,
  })),
  subjects: [
    nativeSubject('libzmq', 'spread', (condition, isQuick) => ({
      sockets: condition,
      size: MESSAGE_SIZE,
      count: scaleCount(FAST, isQuick),
    })),
    node('zeromq.js, one thread', 'zeromq', SLOW, 'main'),
    node('zeromq.js, two threads', 'zeromq', SLOW),
    node('postMessage', 'postMessage', SLOW),
    node('Ringpost, batches', 'ringpostBatches', FAST),
    node('Ringpost, promises', 'ringpostPromises', FAST),
  ],
  ratios: ['libzmq', 'zeromq.js, one thread', 'postMessage'].map((against) => ({
    against,
    theirs: [against],
    ours: ['Ringpost, batches', 'Ringpost, promises'],
  })),
  targets: [],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}
