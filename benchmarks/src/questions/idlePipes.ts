import { numberOf, type Question } from '../harness/question.ts'
import { nativeSubject } from './families.ts'

const PIPES = 10_000

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
  subjects: [nativeSubject('libzmq', 'idlePipes', () => ({ pipes: PIPES }))],
  ratios: [],
  targets: [],
  read: (sample, reading) => (reading in sample ? numberOf(sample, reading) / 1e6 : undefined),
}
