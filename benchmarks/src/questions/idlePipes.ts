import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question } from '../harness/question.ts'
import { nativeSubject } from './families.ts'

const PIPES = 10_000
const MOST_MEGABYTES = 20

export const idlePipes: Question = {
  name: 'idlePipes',
  title: 'Memory: 10,000 idle pipes',
  method: [
    '100 PUSH and 100 PULL sockets of one thread, each PUSH connected to each PULL over inproc, nothing',
    'sent. "Resident" is the growth of the process, "arena" that of the bytes in use in shared memory.',
  ].join('\n'),
  unit: 'MB',
  isHigherBetter: false,
  areReadings: true,
  conditions: [
    { name: 'residentBytes', title: 'resident' },
    { name: 'usedBytes', title: 'arena' },
  ],
  subjects: [
    nativeSubject('libzmq', 'idlePipes', () => ({ pipes: PIPES })),
    {
      name: 'Ringpost',
      plan: () => planNode('memory/idlePipes.js', { pipes: PIPES }, ['--expose-gc']),
    },
  ],
  ratios: [],
  targets: [
    {
      title: 'All pipes together',
      ours: ['Ringpost'],
      conditions: ['residentBytes', 'usedBytes'],
      atMost: MOST_MEGABYTES,
    },
  ],
  read: (sample, reading) => (reading in sample ? numberOf(sample, reading) / 1e6 : undefined),
}
