import { planErlang } from '../harness/erlangPrograms.ts'
import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { TellOptions, What, Where } from '../subjects/actors/values.ts'
import { scaleCount } from './families.ts'

const MESSAGES = 3_000_000
const SLOW = 500_000
const COUNT_UNIT = 1000

const conditions = [
  { name: 'between:number', title: 'two hosts, number' },
  { name: 'between:binary', title: 'two hosts, 64 B' },
  { name: 'between:object', title: 'two hosts, object' },
  { name: 'within:number', title: 'one host, number' },
  { name: 'within:string', title: 'one host, string' },
  { name: 'within:object', title: 'one host, object' },
] as const

const optionsOf = (condition: string, messages: number, isQuick: boolean): TellOptions => {
  const [where, what] = condition.split(':') as [Where, What]
  return { where, what, messages: scaleCount(messages, isQuick, COUNT_UNIT) }
}

/** The target that each peer is for says under which conditions it is measured. */
const erlangConditions = ['between:number', 'between:binary', 'within:number', 'within:string']

const erlang: Subject = {
  name: 'Erlang',
  plan(condition, isQuick) {
    if (!erlangConditions.includes(condition)) return undefined
    const { where, what, messages } = optionsOf(condition, MESSAGES, isQuick)
    return planErlang('flood', where, what, String(messages))
  },
}

const only = (wanted: string, name: string, program: string): Subject => ({
  name,
  plan: (condition, isQuick) =>
    condition === wanted
      ? planNode(`actors/${program}.js`, optionsOf(condition, SLOW, isQuick))
      : undefined,
})

const ringpost: Subject = {
  name: 'Ringpost',
  plan: (condition, isQuick) =>
    planNode('actors/ringpostTell.js', optionsOf(condition, MESSAGES, isQuick)),
}

export const actorTell: Question = {
  name: 'actorTell',
  title: 'Tell: one actor tells another as fast as it is taken',
  method: [
    'At most 1,000 messages are on their way, for all. Two hosts are two threads; of Erlang two schedulers,',
    'to each of which one process is bound. One host: both actors in one thread; of Erlang the schedulers',
    'decide. An object has five small fields. nact hands the object itself over, the others a copy.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions,
  subjects: [
    erlang,
    only('between:object', 'postMessage', 'postMessageTell'),
    only('within:object', 'nact', 'nactTell'),
    ringpost,
  ],
  ratios: ['Erlang', 'postMessage', 'nact'].map((against) => ({
    against,
    theirs: [against],
    ours: ['Ringpost'],
  })),
  targets: [
    {
      title: 'Tell against Erlang',
      ours: ['Ringpost'],
      theirs: ['Erlang'],
      conditions: erlangConditions,
      atLeast: 1,
    },
    {
      title: 'Tell against postMessage',
      ours: ['Ringpost'],
      theirs: ['postMessage'],
      conditions: ['between:object'],
      atLeast: 3,
    },
    {
      title: 'Tell against nact',
      ours: ['Ringpost'],
      theirs: ['nact'],
      conditions: ['within:object'],
      atLeast: 2,
    },
  ],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}
