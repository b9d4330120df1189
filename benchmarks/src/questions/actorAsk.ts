import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { AskOptions } from '../subjects/actors/asking.ts'

const conditions = [
  { name: 'hot', title: 'back to back' },
  { name: 'cold', title: 'after 2 ms of rest' },
  { name: 'window', title: '64 in flight, each' },
] as const

const MEASURED_MS = 1000
const REST_MS = 2
const WINDOW = 64

function optionsOf(condition: string, isQuick: boolean): AskOptions {
  return {
    window: condition === 'window' ? WINDOW : 1,
    restMs: condition === 'cold' ? REST_MS : 0,
    forMs: isQuick ? MEASURED_MS / 5 : MEASURED_MS,
  }
}

const node = (name: string, program: string): Subject => ({
  name,
  plan: (condition, isQuick) => planNode(`actors/${program}.js`, optionsOf(condition, isQuick)),
})

export const actorAsk: Question = {
  name: 'actorAsk',
  title: 'Ask: a number to another thread and back',
  method: [
    'The median of single asks, each timed alone; with 64 in flight, the time divided by the asks.',
    'postMessage: a number there and back, a promise for each. piscina: a pool of one thread and an',
    'empty task.',
  ].join('\n'),
  unit: 'µs',
  isHigherBetter: false,
  conditions,
  subjects: [
    node('postMessage', 'postMessageAsk'),
    node('piscina', 'piscinaAsk'),
    node('Ringpost', 'ringpostAsk'),
  ],
  ratios: ['postMessage', 'piscina'].map((against) => ({
    against,
    theirs: [against],
    ours: ['Ringpost'],
  })),
  targets: [
    {
      title: 'Ask against postMessage',
      ours: ['Ringpost'],
      theirs: ['postMessage'],
      conditions: ['cold'],
      atMost: 1,
    },
    { title: 'Ask, both sides hot', ours: ['Ringpost'], conditions: ['hot'], atMost: 5 },
    {
      title: 'Ask against piscina',
      ours: ['Ringpost'],
      theirs: ['piscina'],
      conditions: ['window'],
      atMost: 0.1,
    },
  ],
  read: (sample) => numberOf(sample, 'nanoseconds') / 1e3,
}
