import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { TcpWeatherOptions, WeatherCounts } from '../subjects/weather/weatherSubject.ts'
import { nativeSubject, scaleCount } from './families.ts'

const conditions = [
  { name: 'formatted', title: 'each update formatted' },
  { name: 'prepared', title: 'prepared updates' },
] as const

/** Of the Guide: what the times are given for, even where fewer are measured. */
const UPDATES = 10_000_000
/** For what publishes less than a million updates per second. */
const UPDATES_IF_SLOW = 300_000
/** Half of what the Guide measured. */
const MOST_SECONDS = 2.2

function node(name: string, subject: string, ioThreads = 0, updates = UPDATES): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const count = scaleCount(updates, isQuick)
      return planNode('weather/tcpHost.js', {
        subject,
        ioThreads,
        how: condition as WeatherCounts['how'],
        updates: count,
        warmUp: count / 10,
      } satisfies TcpWeatherOptions)
    },
  }
}

const ringpost = [
  'Ringpost, promises, own loop',
  'Ringpost, promises, I/O thread',
  'Ringpost, blocking, I/O thread',
  'Ringpost, batches, I/O thread',
]

export const tcpWeather: Question = {
  name: 'tcpWeather',
  title: 'Weather over tcp: 10 million updates, filtered by the publisher',
  method: [
    'As `weather`, between two processes: one publishes, the other has asked for one of 100,000 zip',
    'codes, which it has told the publisher. From the first update to the receipt of the end marker',
    `behind the last. zeromq.js publishes ${UPDATES_IF_SLOW.toLocaleString('en')} updates, and its time is scaled.`,
  ].join('\n'),
  unit: 's for 10 million updates',
  isHigherBetter: false,
  conditions,
  subjects: [
    nativeSubject('libzmq', 'weather', (condition, isQuick) => ({
      transport: 'tcp',
      how: condition,
      updates: scaleCount(UPDATES, isQuick),
    })),
    node('zeromq.js', 'zeromq', 0, UPDATES_IF_SLOW),
    node(ringpost[0]!, 'ringpostPromises'),
    node(ringpost[1]!, 'ringpostPromises', 1),
    node(ringpost[2]!, 'ringpostBlocking', 1),
    node(ringpost[3]!, 'ringpostBatches', 1),
  ],
  ratios: ['libzmq', 'zeromq.js'].map((against) => ({
    against,
    theirs: [against],
    ours: ringpost,
  })),
  targets: [
    {
      title: 'Half of the time that the Guide gives',
      ours: ringpost,
      conditions: ['formatted'],
      atMost: MOST_SECONDS,
    },
    {
      title: 'Best way against libzmq',
      ours: ringpost,
      theirs: ['libzmq'],
      conditions: conditions.map(({ name }) => name),
      atMost: 1,
    },
  ],
  read: (sample) =>
    ((numberOf(sample, 'nanoseconds') / numberOf(sample, 'messages')) * UPDATES) / 1e9,
}
