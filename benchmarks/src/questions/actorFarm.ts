import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { PoolOptions } from '../subjects/pools/host.ts'

const conditions = [
  { name: 'list', title: 'lists of 10,000' },
  { name: 'window', title: '64 under way' },
] as const

const MEASURED_MS = 1000
/** The main thread gives, two threads do. */
const THREADS = 2
const WINDOW = 64

const pool = (name: string, subject: string): Subject => ({
  name,
  plan: (condition, isQuick) =>
    planNode('pools/host.js', {
      subject,
      tasks: condition as 'list' | 'window',
      threads: THREADS,
      window: WINDOW,
      forMs: isQuick ? MEASURED_MS / 5 : MEASURED_MS,
    } satisfies PoolOptions),
})

const farm = 'Ringpost, farm.map'
const ours = [farm, 'Ringpost, farm.run', 'Ringpost, pool']
const theirs = ['piscina', 'poolifier', 'tinypool', 'workerpool', 'comlink']

export const actorFarm: Question = {
  name: 'actorFarm',
  title: 'Farm: empty tasks on two threads',
  method: [
    'Tasks that give back the number that they are given; every result is checked. Lists: 10,000 tasks are',
    'given at once, and the next list when all are done. 64 under way: each that is done is followed by',
    'another. All with the options that they have if nothing is said, except the number of threads;',
    '"piscina, tuned" takes 64 tasks a thread and does without atomics. comlink has no pool: its two threads',
    'take turns.',
  ].join('\n'),
  unit: 'thousand/s',
  isHigherBetter: true,
  conditions,
  subjects: [
    pool('piscina', 'piscina'),
    pool('piscina, tuned', 'piscinaMany'),
    pool('poolifier', 'poolifier'),
    pool('tinypool', 'tinypool'),
    pool('workerpool', 'workerpool'),
    pool('comlink', 'comlink'),
    pool(farm, 'ringpostFarm'),
    pool(ours[1]!, 'ringpostRun'),
    pool(ours[2]!, 'ringpostPool'),
  ],
  ratios: theirs.map((against) => ({ against, theirs: [against], ours })),
  targets: [
    {
      title: 'Farm against poolifier',
      ours: [farm],
      theirs: ['poolifier'],
      conditions: ['list'],
      atLeast: 5,
    },
    {
      title: 'Farm against piscina',
      ours: [farm],
      theirs: ['piscina'],
      conditions: ['list'],
      atLeast: 15,
    },
  ],
  read: (sample) => 1e6 / numberOf(sample, 'nanoseconds'),
}
