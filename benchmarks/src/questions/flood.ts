import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { FloodOptions } from '../subjects/memory/flood.ts'

const MOST_BYTES = 1024
/** Growth that is not memory of messages: the arena's is counted in blocks, a process breathes. */
const ARENA_MEGABYTES = 0.5
const RESIDENT_MEGABYTES = 8

const push = 'Ringpost, PUSH to a slow PULL'
const publisher = 'Ringpost, PUB to a SUB that does not read'

function node(name: string, pattern: FloodOptions['pattern']): Subject {
  return {
    name,
    plan: (_, isQuick) =>
      planNode('memory/flood.js', {
        pattern,
        mostBytes: MOST_BYTES,
        warmUpMilliseconds: 700,
        milliseconds: isQuick ? 1000 : 2400,
      } satisfies FloodOptions),
  }
}

const readings = {
  usedFirst: 'arena, first half',
  usedSecond: 'arena, second half',
  residentFirst: 'resident, first half',
  residentSecond: 'resident, second half',
}

export const flood: Question = {
  name: 'flood',
  title: 'Memory: a flood at a high-water mark of 1,000',
  method: [
    `One thread sends messages of up to ${MOST_BYTES} B as fast as it can, another receives less than comes. The`,
    'highest values seen in the first and in the second half of the flood; it is flat when the second',
    'is not higher than the first.',
  ].join('\n'),
  unit: 'MB',
  isHigherBetter: false,
  areReadings: true,
  conditions: [
    ...Object.entries(readings).map(([name, title]) => ({ name, title })),
    { name: 'usedGrowth', title: 'arena, growth' },
    { name: 'residentGrowth', title: 'resident, growth' },
  ],
  subjects: [node(push, 'pushPull'), node(publisher, 'pubSub')],
  ratios: [],
  targets: [push, publisher].flatMap((name) => [
    { title: `${name}`, ours: [name], conditions: ['usedGrowth'], atMost: ARENA_MEGABYTES },
    { title: `${name}`, ours: [name], conditions: ['residentGrowth'], atMost: RESIDENT_MEGABYTES },
  ]),
  read(sample, reading) {
    const megabytes = (name: string): number => numberOf(sample, name) / 1e6
    if (reading === 'usedGrowth') return megabytes('usedSecond') - megabytes('usedFirst')
    if (reading === 'residentGrowth') {
      return megabytes('residentSecond') - megabytes('residentFirst')
    }
    return megabytes(reading)
  },
}
