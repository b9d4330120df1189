import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { Baseline } from '../subjects/turns/baselines.ts'
import type { Flood, TurnsOptions } from '../subjects/turns/floods.ts'

const SIZES = [16, 1024, 1_048_576]
const MOST_MILLISECONDS = 10

const names: Readonly<Record<Flood, string>> = {
  pull: 'PULL, `for await`',
  pullMany: 'PULL, `receiveMany`',
  pair: 'PAIR, `for await`',
  router: 'ROUTER, `for await`',
  sub: 'SUB, `for await`',
  dish: 'DISH, `for await`',
  subJunk: 'SUB that wants none of it',
  repJunk: 'REP, requests without an envelope',
  push: 'PUSH, `await send`',
  proxy: 'a proxy',
  pubTopics: 'PUB, `await send`, a topic that comes and goes',
}

function subject(flood: Flood | Baseline, name: string): Subject {
  return {
    name,
    plan: (size, isQuick) =>
      planNode('turns/host.js', {
        flood,
        size: Number(size),
        warmUpMilliseconds: 700,
        milliseconds: isQuick ? 500 : 1000,
      } satisfies TurnsOptions),
  }
}

/** Without a target: what V8 and the machine take of the others' times. */
const baselines: Readonly<Record<Baseline, string>> = {
  copies: 'no socket',
  onePlace: 'no socket, nothing made',
}

const floods = Object.keys(names) as Flood[]

export const turns: Question = {
  name: 'turns',
  title: 'Turns of the event loop under a flood',
  method: [
    'One thread floods a socket of another, whose loop takes what comes, or takes all that it sends, and',
    'never has to wait. The longest time between two turns of the event loop of that thread in a second, after',
    '0.7 s of warm-up; collecting garbage and what the system takes away are part of it.',
    'The rows without a socket say how much V8 and the machine take alone. One thread writes to 64 MiB of shared',
    'memory without a pause; the other copies out of it and turns its event loop after each millisecond: into',
    'new private memory, with a Buffer for each message, as a socket does that receives, or always into the same.',
  ].join('\n'),
  unit: 'ms',
  isHigherBetter: false,
  conditions: SIZES.map((size) => ({
    name: String(size),
    title: `${size.toLocaleString('en-US')} B`,
  })),
  subjects: [
    ...floods.map((flood) => subject(flood, names[flood])),
    ...(Object.keys(baselines) as Baseline[]).map((flood) => subject(flood, baselines[flood])),
  ],
  ratios: [],
  targets: floods.map((flood) => ({
    title: names[flood],
    ours: [names[flood]],
    conditions: SIZES.map(String),
    atMost: MOST_MILLISECONDS,
  })),
  read: (sample) => numberOf(sample, 'longest'),
}
