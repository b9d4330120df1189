import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { WeatherOptions } from '../subjects/weather/weatherSubject.ts'
import { nativeSubject, scaleCount } from './families.ts'

const conditions = [
  { name: 'formatted', title: 'each update formatted' },
  { name: 'digits', title: 'digits by hand' },
  { name: 'prepared', title: 'prepared updates' },
] as const

/** Of the Guide: what the times are given for, even where fewer are measured. */
const UPDATES = 10_000_000
/** What the Guide measured, in seconds. */
const GUIDE_SECONDS = 4.47
const ringpost = ['Ringpost, blocking', 'Ringpost, batches', 'Ringpost, promises']
/** For what publishes less than a million updates per second. */
const UPDATES_IF_SLOW = 300_000

function node(
  name: string,
  subject: string,
  updates: number,
  placement: WeatherOptions['placement'] = 'workers',
): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const count = scaleCount(updates, isQuick)
      const options = { subject, how: condition, updates: count, warmUp: count / 10, placement }
      return planNode('weather/host.js', options satisfies Record<keyof WeatherOptions, unknown>)
    },
  }
}

export const weather: Question = {
  name: 'weather',
  title: 'Weather: 10 million updates, filtered by zip code',
  method: [
    'One PUB thread, one SUB thread that asked for one of 100,000 zip codes, over inproc. From the first',
    'update to the receipt of the end marker that follows the last. "Each update formatted": text made',
    'when it is published, of a random zip code, as in the Guide; `snprintf` in C, a template string in',
    'JavaScript. "Digits by hand": the same text written digit by digit into a buffer, in C too.',
    '"Prepared": 64 messages reused, every 100,000th a match. zeromq.js and postMessage',
    `publish ${UPDATES_IF_SLOW.toLocaleString('en')} updates, and their time is scaled.`,
  ].join('\n'),
  unit: 's for 10 million updates',
  isHigherBetter: false,
  conditions,
  subjects: [
    nativeSubject('libzmq', 'weather', (condition, isQuick) => ({
      how: condition,
      updates: scaleCount(UPDATES, isQuick),
    })),
    node('zeromq.js, one thread', 'zeromq', UPDATES_IF_SLOW, 'main'),
    node('zeromq.js, two threads', 'zeromq', UPDATES_IF_SLOW),
    node('postMessage', 'postMessage', UPDATES_IF_SLOW),
    node('Ringpost, blocking', 'ringpostBlocking', UPDATES),
    node('Ringpost, batches', 'ringpostBatches', UPDATES),
    node('Ringpost, promises', 'ringpostPromises', UPDATES),
  ],
  ratios: [
    { against: 'libzmq', theirs: ['libzmq'], ours: ringpost },
    {
      against: 'zeromq.js',
      theirs: ['zeromq.js, one thread', 'zeromq.js, two threads'],
      ours: ringpost,
    },
    { against: 'postMessage', theirs: ['postMessage'], ours: ringpost },
  ],
  targets: [
    {
      title: 'Half of the time that the Guide gives',
      ours: ringpost,
      conditions: ['formatted'],
      atMost: GUIDE_SECONDS / 2,
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
