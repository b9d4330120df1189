import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
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
}

function subject(flood: Flood): Subject {
  return {
    name: names[flood],
    plan: (size, isQuick) =>
      planNode('turns/host.js', {
        flood,
        size: Number(size),
        warmUpMilliseconds: 700,
        milliseconds: isQuick ? 500 : 1000,
      } satisfies TurnsOptions),
  }
}

const floods = Object.keys(names) as Flood[]

export const turns: Question = {
  name: 'turns',
  title: 'Turns of the event loop under a flood',
  method: [
    'One thread floods a socket of another, whose loop takes what comes, or takes all that it sends, and',
    'never has to wait. The longest time between two turns of the event loop of that thread in a second, after',
    '0.7 s of warm-up; collecting garbage and what the system takes away are part of it.',
  ].join('\n'),
  unit: 'ms',
  isHigherBetter: false,
  conditions: SIZES.map((size) => ({
    name: String(size),
    title: `${size.toLocaleString('en-US')} B`,
  })),
  subjects: floods.map(subject),
  ratios: [],
  targets: floods.map((flood) => ({
    title: names[flood],
    ours: [names[flood]],
    conditions: SIZES.map(String),
    atMost: MOST_MILLISECONDS,
  })),
  read: (sample) => numberOf(sample, 'longest'),
}
