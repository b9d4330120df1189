import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { TcpAskOptions } from '../subjects/actors/tcpHost.ts'
import type { TcpRoundTripOptions } from '../subjects/tcp/tcpOptions.ts'

const conditions = [
  { name: 'backToBack', title: 'back to back' },
  { name: 'cold', title: 'after 2 ms of rest' },
] as const

const REST_MS = 2
const MEASURED_MS = 1000
/** The code of an ask is compiled after some three thousand, which take a second while it is not. */
const WARM_UP_MS = 3000

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

const ask = (name: string, ioThread: boolean): Subject => ({
  name,
  plan: (condition, isQuick) =>
    planNode('actors/tcpHost.js', {
      ioThread,
      window: 1,
      restMs: restOf(condition),
      forMs: lastsMs(isQuick),
      warmUpMs: WARM_UP_MS,
    } satisfies TcpAskOptions),
})

const withThread = { reqRep: 'REQ-REP', ask: 'Ringpost, ask' } as const
const ownLoop = { reqRep: 'REQ-REP, own loop', ask: 'Ringpost, ask, own loop' } as const

const target = (title: string, name: string, atMost: number) => ({
  title,
  ours: [name],
  theirs: [withThread.reqRep],
  conditions: conditions.map(({ name }) => name),
  atMost,
})

export const actorTcpAsk: Question = {
  name: 'actorTcpAsk',
  title: 'Ask over tcp: an actor of another process',
  method: [
    'The median of single asks, each timed alone, beside single messages of 16 bytes from REQ to REP over',
    'the same transport, with promises. Both sides are main threads; I/O is in a thread of its own, as it',
    'is if nothing is said. "Own loop": in the thread that asks, or answers, which actors have with',
    '`ioThread: false`. Each is warmed up for 3 s: what is not compiled yet takes four times as long.',
  ].join('\n'),
  unit: 'µs',
  isHigherBetter: false,
  conditions,
  subjects: [
    reqRep(withThread.reqRep, 1),
    reqRep(ownLoop.reqRep, 0),
    ask(withThread.ask, true),
    ask(ownLoop.ask, false),
  ],
  ratios: [
    {
      against: withThread.reqRep,
      theirs: [withThread.reqRep],
      ours: [withThread.ask, ownLoop.ask],
    },
    { against: ownLoop.reqRep, theirs: [ownLoop.reqRep], ours: [ownLoop.ask] },
  ],
  targets: [
    target('Ask over tcp against REQ-REP', withThread.ask, 1.5),
    target('Ask over tcp in the own loop against REQ-REP', ownLoop.ask, 1.5),
  ],
  read: (sample) => numberOf(sample, 'medianNanoseconds') / 1e3,
}
