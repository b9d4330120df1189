import { availableParallelism } from 'node:os'
import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { PoolOptions } from '../subjects/pools/host.ts'

const conditions = [{ name: 'share', title: 'share of the cores' }] as const

const MEASURED_MS = 1000
const TASKS_PER_CORE = 32

const pool = (name: string, subject: string): Subject => ({
  name,
  plan(_, isQuick) {
    const threads = availableParallelism()
    return planNode('pools/host.js', {
      subject,
      tasks: 'cores',
      threads,
      window: threads * TASKS_PER_CORE,
      forMs: isQuick ? MEASURED_MS / 5 : MEASURED_MS,
    } satisfies PoolOptions)
  },
})

const farm = 'Ringpost, farm.map'

export const actorCores: Question = {
  name: 'actorCores',
  title: 'Farm: tasks of 1 ms on all cores',
  method: [
    'As many threads as cores, and a second of computing for each, in tasks of 1 ms. The share is the time',
    'that as many bare threads take for the same, each its part in one loop, divided by the time of the',
    'pool; both in one process, one after the other. 32 tasks a thread are under way.',
  ].join('\n'),
  unit: 'share',
  isHigherBetter: true,
  conditions,
  subjects: [
    pool('piscina', 'piscina'),
    pool('poolifier', 'poolifier'),
    pool(farm, 'ringpostFarm'),
    pool('Ringpost, pool', 'ringpostPool'),
  ],
  ratios: ['piscina', 'poolifier'].map((against) => ({
    against,
    theirs: [against],
    ours: [farm],
  })),
  targets: [{ title: 'Farm, cores used', ours: [farm], conditions: ['share'], atLeast: 0.95 }],
  read: (sample) => numberOf(sample, 'share'),
}
