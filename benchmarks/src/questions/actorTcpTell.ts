import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question } from '../harness/question.ts'
import type { TcpTellOptions } from '../subjects/actors/tcpHost.ts'
import type { What } from '../subjects/actors/values.ts'
import { scaleCount } from './families.ts'

const conditions = [
  { name: 'number', title: 'number' },
  { name: 'string', title: 'string' },
  { name: 'object', title: 'object' },
] as const

const MESSAGES = 1_000_000
const COUNT_UNIT = 2000

export const actorTcpTell: Question = {
  name: 'actorTcpTell',
  title: 'Tell over tcp: an actor of another process',
  method: [
    'Two processes of this machine, over loopback; the actor runs in the main thread of one, and is told by',
    'that of the other. At most 4,000 messages are on their way. An object has five small fields.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions,
  subjects: [
    {
      name: 'Ringpost',
      plan: (condition, isQuick) =>
        planNode('actors/tcpHost.js', {
          ioThread: true,
          what: condition as What,
          messages: scaleCount(MESSAGES, isQuick, COUNT_UNIT),
        } satisfies TcpTellOptions),
    },
  ],
  ratios: [],
  targets: [
    {
      title: 'Small tells over tcp',
      ours: ['Ringpost'],
      conditions: ['number', 'string'],
      atLeast: 0.6,
    },
  ],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}
