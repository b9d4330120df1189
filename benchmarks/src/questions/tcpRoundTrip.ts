import { planNative } from '../harness/nativePrograms.ts'
import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { TcpRoundTripOptions } from '../subjects/tcp/tcpOptions.ts'

const conditions = [
  { name: 'backToBack', title: 'back to back' },
  { name: 'cold', title: 'after 2 ms of rest' },
] as const

const COLD_PAUSE_MS = 2

function circumstancesOf(condition: string, isQuick: boolean) {
  return {
    milliseconds: isQuick ? 200 : 500,
    // The second process starts in it.
    warmUpMilliseconds: 600,
    pauseMilliseconds: condition === 'cold' ? COLD_PAUSE_MS : 0,
  }
}

const libzmq: Subject = {
  name: 'libzmq',
  plan(condition, isQuick) {
    const { pauseMilliseconds, ...circumstances } = circumstancesOf(condition, isQuick)
    const pauseMicroseconds = pauseMilliseconds * 1000
    return planNative('tcp', { pattern: 'reqRep', pauseMicroseconds, ...circumstances })
  },
}

/** @param subject relative to `subjects/roundTrip` */
function node(name: string, subject: string, ioThreads = 0): Subject {
  return {
    name,
    plan: (condition, isQuick) =>
      planNode('tcp/host.js', {
        kind: 'roundTrip',
        subject,
        ioThreads,
        ...circumstancesOf(condition, isQuick),
      } satisfies TcpRoundTripOptions),
  }
}

const own = 'Ringpost, promises, own loop'
const others = ['Ringpost, promises, I/O thread', 'Ringpost, blocking, I/O thread']

export const tcpRoundTrip: Question = {
  name: 'tcpRoundTrip',
  title: 'Round trip over tcp: 16 bytes to another process and back',
  method: [
    'REQ-REP between two processes of this machine: the median of the trips, each timed alone. Back to',
    'back: the next trip begins when the last has ended. After 2 ms of rest: both processes have fallen',
    'asleep. "Own loop": `context.ioThreads = 0`, I/O in the event loop of the thread that asks, or',
    'answers; "I/O thread": the default. "net.Socket": 16 bytes both ways and nothing else.',
  ].join('\n'),
  unit: 'µs',
  isHigherBetter: false,
  conditions,
  subjects: [
    libzmq,
    node('zeromq.js', 'zeromq'),
    node('net.Socket', '../tcp/netSocketEcho'),
    node(own, 'ringpostPromises'),
    node(others[0]!, 'ringpostPromises', 1),
    node(others[1]!, 'ringpostBlocking', 1),
  ],
  ratios: ['libzmq', 'zeromq.js', 'net.Socket'].map((name) => ({
    against: name,
    theirs: [name],
    ours: [own, ...others],
  })),
  targets: [
    {
      title: 'Own loop against zeromq.js',
      ours: [own],
      theirs: ['zeromq.js'],
      conditions: ['backToBack', 'cold'],
      atMost: 1.2,
    },
    {
      title: 'Own loop against net.Socket',
      ours: [own],
      theirs: ['net.Socket'],
      conditions: ['backToBack', 'cold'],
      atMost: 1.3,
    },
  ],
  read: (sample) => numberOf(sample, 'medianNanoseconds') / 1e3,
}
