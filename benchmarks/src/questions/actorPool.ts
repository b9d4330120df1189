import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { AskOptions } from '../subjects/actors/asking.ts'

const conditions = [
  { name: '64', title: '64 in flight' },
  { name: '1024', title: '1,024 in flight' },
] as const

const TASKS = 200_000

const node = (name: string, program: string): Subject => ({
  name,
  plan: (condition, isQuick) => {
    const options: AskOptions = {
      window: Number(condition),
      restMs: 0,
      forMs: 0,
      asks: isQuick ? TASKS / 5 : TASKS,
    }
    return planNode(`actors/${program}.js`, options)
  },
})

export const actorPool: Question = {
  name: 'actorPool',
  title: 'Pool: empty tasks on two threads',
  method: [
    'Tasks that give back the number that they are given, so many of them under way at a time.',
    'piscina: a pool of two threads. Ringpost: a pool of two actors on two hosts, of the route pull.',
  ].join('\n'),
  unit: 'thousand/s',
  isHigherBetter: true,
  conditions,
  subjects: [node('piscina', 'piscinaPool'), node('Ringpost', 'ringpostPool')],
  ratios: [{ against: 'piscina', theirs: ['piscina'], ours: ['Ringpost'] }],
  targets: [
    {
      title: 'Pool against piscina',
      ours: ['Ringpost'],
      theirs: ['piscina'],
      conditions: ['64'],
      atLeast: 5,
    },
  ],
  read: (sample) => 1e6 / numberOf(sample, 'nanoseconds'),
}
