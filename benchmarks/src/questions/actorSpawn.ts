import { planCaf } from '../harness/cafPrograms.ts'
import { planErlang } from '../harness/erlangPrograms.ts'
import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question } from '../harness/question.ts'
import type { SpawnCount } from '../subjects/actors/ringpostSpawn.ts'

const ACTORS = 1_000_000

const conditions = [
  { name: 'spawn', title: 'spawn, µs each' },
  { name: 'stop', title: 'stop, µs each' },
  { name: 'bytes', title: 'memory, KB each' },
] as const

const countOf = (isQuick: boolean): number => (isQuick ? ACTORS / 10 : ACTORS)

export const actorSpawn: Question = {
  name: 'actorSpawn',
  title: 'Spawn: actors of one host that do nothing',
  method: [
    'A million actors on one host, spawned by one of their own, all of which live before the first is',
    'stopped; timed until all have ended. Memory: resident memory of the process after a collection of',
    'garbage; of Erlang what it counts as its own. CAF has actors that run in its two threads.',
  ].join('\n'),
  unit: 'µs or KB',
  isHigherBetter: false,
  areReadings: true,
  conditions,
  subjects: [
    { name: 'Erlang', plan: (_, isQuick) => planErlang('spawning', String(countOf(isQuick))) },
    { name: 'CAF', plan: (_, isQuick) => planCaf('spawning', String(countOf(isQuick)), '2') },
    {
      name: 'Ringpost',
      plan: (_, isQuick) =>
        planNode('actors/ringpostSpawn.js', { actors: countOf(isQuick) } satisfies SpawnCount, [
          '--expose-gc',
        ]),
    },
  ],
  ratios: ['Erlang', 'CAF'].map((against) => ({
    against,
    theirs: [against],
    ours: ['Ringpost'],
  })),
  targets: [
    {
      title: 'Spawn and stop, 300,000/s',
      ours: ['Ringpost'],
      conditions: ['spawn', 'stop'],
      atMost: 3.33,
    },
    { title: 'Memory of an actor', ours: ['Ringpost'], conditions: ['bytes'], atMost: 1 },
  ],
  read(sample, condition) {
    if (condition === 'bytes') return numberOf(sample, 'bytes') / 1024
    return numberOf(sample, `${condition}Nanoseconds`) / numberOf(sample, 'actors') / 1e3
  },
}
