import { planNode } from '../harness/nodeProgram.ts'
import { numberOf, type Question, type Subject } from '../harness/question.ts'
import type { CodecOptions } from '../subjects/codec/host.ts'
import { scaleCount } from './families.ts'

type Counts = Readonly<Record<string, number>>

const inTheClear: Counts = { 16: 4e6, 64: 4e6, 256: 2e6, 1024: 1e6, 65536: 3e4 }
const encrypted: Counts = { 16: 5e5, 64: 5e5, 256: 3e5, 1024: 1e5, 65536: 2e3 }

/** Counts are multiples of this, so that every batch is full. */
const COUNT_UNIT = 256

function codec(name: string, subject: CodecOptions['subject'], isEncrypted: boolean): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const messages = (isEncrypted ? encrypted : inTheClear)[condition]!
      return planNode('codec/host.js', {
        subject,
        isEncrypted,
        size: Number(condition),
        count: scaleCount(messages, isQuick, COUNT_UNIT),
        warmUp: scaleCount(messages / 2, false, COUNT_UNIT),
      } satisfies CodecOptions)
    },
  }
}

export const wireCodec: Question = {
  name: 'codec',
  title: 'Codec: messages to bytes and back, ZMTP 3.1',
  method: [
    'Messages of one frame. Encoding gathers 256 messages and gives their chunks; decoding takes chunks of',
    '64 KiB, as a stream gives them, and gives every frame as a Buffer. Writing hands the chunks to a TCP',
    'connection on this machine, whose other end is a process that discards them. CURVE encrypts and decrypts.',
  ].join('\n'),
  unit: 'M messages/s',
  isHigherBetter: true,
  conditions: Object.keys(inTheClear).map((size) => ({
    name: size,
    title: `${Number(size).toLocaleString('en')} B`,
  })),
  subjects: [
    codec('encode', 'encode', false),
    codec('decode', 'decode', false),
    codec('encode and write', 'write', false),
    codec('encode, CURVE', 'encode', true),
    codec('decode, CURVE', 'decode', true),
  ],
  ratios: [],
  targets: [
    {
      title: 'encoding and writing 16 B',
      ours: ['encode and write'],
      conditions: ['16'],
      atLeast: 10,
    },
    {
      title: 'encoding and writing 64 B',
      ours: ['encode and write'],
      conditions: ['64'],
      atLeast: 4.6,
    },
  ],
  read: (sample) => (numberOf(sample, 'messages') / numberOf(sample, 'nanoseconds')) * 1e3,
}
