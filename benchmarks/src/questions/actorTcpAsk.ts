import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { AskOptions } from '../subjects/actors/asking.ts'
import { WARM_UP_MS } from '../subjects/actors/warmUp.ts'
import type { TcpRoundTripOptions } from '../subjects/tcp/tcpOptions.ts'

const conditions = [
  { name: 'backToBack', title: 'back to back' },
  { name: 'cold', title: 'after 2 ms of rest' },
] as const

const REST_MS = 2
const MEASURED_MS = 1000

const restOf = (condition: string): number => (condition === 'cold' ? REST_MS : 0)
const lastsMs = (isQuick: boolean): number => (isQuick ? MEASURED_MS / 5 : MEASURED_MS)

const reqRep = (name: string, ioThreads: number): Subject => ({
  name,
  plan: (condition, isQuick) =>
    planNode('tcp/host.js', {
      kind: 'roundTrip',
      subject: 'ringpostPromises',
      ioThreads,
      milliseconds: lastsMs(isQuick),
      warmUpMilliseconds: WARM_UP_MS,
      pauseMilliseconds: restOf(condition),
    } satisfies TcpRoundTripOptions),
})

const actor: Subject = {
  name: 'Ringpost, ask',
  plan: (condition, isQuick) =>
    planNode('actors/tcpHost.js', {
      window: 1,
      restMs: restOf(condition),
      forMs: lastsMs(isQuick),
    } satisfies AskOptions),
}

const byDefault = 'REQ-REP'

export const actorTcpAsk: Question = {
  name: 'actorTcpAsk',
  title: 'Ask over tcp: an actor of another process',
  method: [
    'The median of single asks, each timed alone, beside single messages of 16 bytes from REQ to REP over',
    'the same transport, with promises. Both sides are main threads; I/O is in a thread of its own, as it',
    'is if nothing is said, and as actors have it. "Own loop": in the thread that asks, or answers.',
  ].join('\n'),
  unit: 'µs',
  isHigherBetter: false,
  conditions,
  subjects: [reqRep(byDefault, 1), reqRep('REQ-REP, own loop', 0), actor],
  ratios: [byDefault, 'REQ-REP, own loop'].map((against) => ({
    against,
    theirs: [against],
    ours: [actor.name],
  })),
  targets: [
    {
      title: 'Ask over tcp against REQ-REP',
      ours: [actor.name],
      theirs: [byDefault],
      conditions: ['backToBack', 'cold'],
      atMost: 1.5,
    },
  ],
  read: (sample) => numberOf(sample, 'medianNanoseconds') / 1e3,
}
