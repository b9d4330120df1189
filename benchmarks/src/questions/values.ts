import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { ValuesOptions } from '../subjects/values/host.ts'
import type { ValueKind } from '../subjects/values/sampleValues.ts'
import { scaleCount } from './families.ts'

const titles: Readonly<Record<ValueKind, string>> = {
  number: 'a number',
  text: 'a short string',
  bytes64: 'a Uint8Array of 64 B',
  object: 'an object of 5 fields',
  nested: 'objects in an object',
  objects100: '100 objects',
}

function values(name: string, subject: ValuesOptions['subject'], isNative = true): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const kind = condition as ValueKind
      const count = scaleCount(kind === 'objects100' ? 20_000 : 1_000_000, isQuick)
      return planNode('values/host.js', { subject, kind, count, isNative } satisfies ValuesOptions)
    },
  }
}

function atMost(nanoseconds: number, name: string, ...conditions: ValueKind[]) {
  return { title: name, ours: [name], conditions, atMost: nanoseconds }
}

export const valueBytes: Question = {
  name: 'values',
  title: 'Values: what actors say to bytes and back',
  method: [
    'Each value is the only element of an array, as the arguments of a message are. Writing gives a Buffer,',
    'or leaves it to the next that is written; reading makes the value anew; copying does both for a message',
    'that stays in its thread. msgpackr has records off, with and without its native addon for strings.',
  ].join('\n'),
  unit: 'ns',
  isHigherBetter: false,
  conditions: Object.entries(titles).map(([name, title]) => ({ name, title })),
  subjects: [
    values('write', 'write'),
    values('write after others', 'write after others'),
    values('read', 'read'),
    values('copy', 'copy'),
    values('msgpackr, pack', 'pack'),
    values('msgpackr, unpack', 'unpack'),
    values('msgpackr, unpack without addon', 'unpack', false),
    values('msgpackr, both', 'pack and unpack'),
    values('structuredClone', 'structuredClone'),
  ],
  ratios: [],
  targets: [
    atMost(60, 'write after others', 'number'),
    atMost(60, 'read', 'number'),
    atMost(150, 'write after others', 'bytes64'),
    atMost(150, 'read', 'bytes64'),
    atMost(500, 'write after others', 'object'),
    atMost(500, 'read', 'object'),
    atMost(700, 'copy', 'object'),
  ],
  read: (sample) => numberOf(sample, 'nanoseconds') / numberOf(sample, 'values'),
}
