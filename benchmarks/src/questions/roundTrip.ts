import { onOneCore } from '../harness/oneCore.ts'
import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Plan, type Question, type Subject } from '../harness/question.ts'
import type { RoundTripOptions } from '../subjects/roundTrip/roundTripSubject.ts'
import { planNative } from '../harness/nativePrograms.ts'

type Pattern = RoundTripOptions['pattern']

const conditions = [
  { name: 'backToBack', title: 'back to back' },
  { name: 'cold', title: 'after 2 ms of rest' },
  { name: 'oneCore', title: 'on one core' },
  { name: 'busy', title: 'with 4 busy threads' },
] as const

/** Where targets are judged; among busy threads the times are shown, but the scheduler makes them. */
const quiet = ['backToBack', 'cold', 'oneCore']
const MOST_MICROSECONDS_HOT = 3

const postMessages = ['postMessage', 'postMessage, promises']
const withPromises = ['Ringpost REQ-REP, promises', 'Ringpost PAIR, promises']

const COLD_PAUSE_MS = 2
const BUSY_THREADS = 4

interface Circumstances {
  readonly milliseconds: number
  readonly warmUpMilliseconds: number
  readonly pauseMilliseconds: number
  readonly busyThreads: number
}

function circumstancesOf(condition: string, isQuick: boolean): Circumstances {
  return {
    milliseconds: isQuick ? 150 : 300,
    // Not shorter for a quick run: with 200 ms V8 was still compiling the way of the promises, and what
    // was measured was 20 to 80 µs for what takes 7.
    warmUpMilliseconds: 1000,
    pauseMilliseconds: condition === 'cold' ? COLD_PAUSE_MS : 0,
    busyThreads: condition === 'busy' ? BUSY_THREADS : 0,
  }
}

function pin(plan: Plan, condition: string): Plan {
  return condition === 'oneCore' ? onOneCore(plan) : plan
}

function libzmq(name: string, pattern: Pattern, spin: boolean): Subject {
  return {
    name,
    plan(condition, isQuick) {
      if (spin && condition !== 'backToBack') return undefined
      const { pauseMilliseconds, ...circumstances } = circumstancesOf(condition, isQuick)
      const options = { pattern, spin: spin ? 1 : 0, pauseMicroseconds: pauseMilliseconds * 1000 }
      return pin(planNative('roundTrip', { ...options, ...circumstances }), condition)
    },
  }
}

function node(
  name: string,
  subject: string,
  pattern: Pattern,
  placement: RoundTripOptions['placement'] = 'workers',
): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const options: RoundTripOptions = {
        subject,
        pattern,
        placement,
        ...circumstancesOf(condition, isQuick),
      }
      return pin(planNode('roundTrip/host.js', options), condition)
    },
  }
}

export const roundTrip: Question = {
  name: 'roundTrip',
  title: 'Round trip: 16 bytes to another thread and back',
  method: [
    'The median of the trips of one process, each timed alone. Back to back: the next trip begins when',
    'the last has ended. After 2 ms of rest: both threads, and the cores if nothing else runs, have',
    'fallen asleep. On one core: the whole process is bound to one core, so that each trip needs two',
    'changes of thread. With 4 busy threads: four more threads of the process compute all the time.',
    '"Spinning" asks with `ZMQ_DONTWAIT` until something is there.',
  ].join('\n'),
  unit: 'µs',
  isHigherBetter: false,
  conditions,
  subjects: [
    libzmq('libzmq REQ-REP', 'reqRep', false),
    libzmq('libzmq PAIR', 'pair', false),
    libzmq('libzmq REQ-REP, spinning', 'reqRep', true),
    libzmq('libzmq PAIR, spinning', 'pair', true),
    node('zeromq.js REQ-REP, one thread', 'zeromq', 'reqRep', 'main'),
    node('zeromq.js REQ-REP, two threads', 'zeromq', 'reqRep'),
    node('postMessage', 'postMessage', 'pair'),
    node('postMessage, promises', 'postMessagePromises', 'pair'),
    node('Ringpost REQ-REP, blocking', 'ringpostBlocking', 'reqRep'),
    node('Ringpost PAIR, blocking', 'ringpostBlocking', 'pair'),
    node('Ringpost REQ-REP, promises', 'ringpostPromises', 'reqRep'),
    node('Ringpost PAIR, promises', 'ringpostPromises', 'pair'),
  ],
  ratios: [
    {
      against: 'libzmq REQ-REP',
      theirs: ['libzmq REQ-REP'],
      ours: ['Ringpost REQ-REP, blocking'],
    },
    { against: 'libzmq PAIR', theirs: ['libzmq PAIR'], ours: ['Ringpost PAIR, blocking'] },
    {
      against: 'zeromq.js REQ-REP',
      theirs: ['zeromq.js REQ-REP, one thread', 'zeromq.js REQ-REP, two threads'],
      ours: ['Ringpost REQ-REP, promises'],
    },
    { against: 'postMessage', theirs: postMessages, ours: withPromises },
  ],
  targets: [
    {
      title: 'Blocking REQ-REP against libzmq',
      ours: ['Ringpost REQ-REP, blocking'],
      theirs: ['libzmq REQ-REP'],
      conditions: quiet,
      atMost: 1,
    },
    {
      title: 'Blocking PAIR against libzmq',
      ours: ['Ringpost PAIR, blocking'],
      theirs: ['libzmq PAIR'],
      conditions: quiet,
      atMost: 1,
    },
    ...withPromises.map((name) => ({
      title: `${name}, against postMessage`,
      ours: [name],
      theirs: postMessages,
      conditions: quiet,
      atMost: 1,
    })),
    ...['Ringpost REQ-REP, blocking', 'Ringpost PAIR, blocking'].map((name) => ({
      title: `${name}, both sides hot`,
      ours: [name],
      conditions: ['backToBack'],
      atMost: MOST_MICROSECONDS_HOT,
    })),
  ],
  read: (sample) => numberOf(sample, 'medianNanoseconds') / 1e3,
}
