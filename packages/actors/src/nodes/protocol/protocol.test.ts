import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ActorError } from '../../errors.ts'
import { ByteWriter, readValue, writeValue } from '../../values/index.ts'
import { fieldsOf, MAX_DEPTH, MAX_TEXT_BYTES, messageOf, say, type Message } from './message.ts'
import { readMessages } from './messageReader.ts'
import { writeHead } from './messageWriter.ts'
import { skipValue } from './skipValue.ts'

const hasBody = (message: Message): boolean => fieldsOf[message.kind]!.includes('body')

function bytesOf(message: Message, body?: unknown): Buffer {
  const writer = new ByteWriter()
  writeHead(writer, message)
  if (hasBody(message)) writeValue(writer, body)
  return writer.take()
}

/** What is read from a frame, with the bytes of bodies. */
function read(frame: Buffer): (Message & { body: string })[] {
  const read: (Message & { body: string })[] = []
  readMessages(frame, (message, at, begin, end) =>
    read.push({ ...message, body: at.toString('hex', begin, end) }),
  )
  return read
}

const codeOf = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error instanceof ActorError ? error.code : error
  }
  return undefined
}

/** As docs/protocol.md shows them, byte for byte. */
const golden: readonly (readonly [string, Message, unknown, string])[] = [
  [
    'hello',
    messageOf(say.hello, { text: 'ringpost', count: 1 }),
    { node: '0'.repeat(32) },
    `94 00 a8 72696e67706f7374 01 81 a4 6e6f6465 d920 ${'30'.repeat(32)}`,
  ],
  [
    'goodbye',
    messageOf(say.goodbye, { code: 'ECLOSED', text: 'bye' }),
    undefined,
    '93 01 a7 45434c4f534544 a3 627965',
  ],
  [
    'error',
    messageOf(say.error, { code: 'EBADMSG', text: 'what?' }),
    undefined,
    '93 02 a7 4542 41444d5347 a5 776861743f',
  ],
  [
    'tell',
    messageOf(say.tell, { to: '/counter', method: 'add' }),
    [2],
    '94 03 a8 2f636f756e746572 a3 616464 91 02',
  ],
  [
    'ask',
    messageOf(say.ask, { id: 1, to: '/counter', method: 'value', remainingMs: 5000 }),
    [],
    '96 04 01 a8 2f636f756e746572 a5 76616c7565 cd1388 90',
  ],
  [
    'send',
    messageOf(say.send, { id: 200, to: '/counter', method: 'add' }),
    [2],
    '96 05 ccc8 a8 2f636f756e746572 a3 616464 c0 91 02',
  ],
  [
    'stream',
    messageOf(say.stream, { id: 70_000, to: '/counter', method: 'upTo', count: 64 }),
    [45],
    '97 06 ce00011170 a8 2f636f756e746572 a4 7570546f c0 40 91 2d',
  ],
  ['reply', messageOf(say.reply, { id: 1 }), 42, '93 07 01 2a'],
  [
    'failure',
    messageOf(say.failure, { id: 1 }),
    { name: 'RangeError', message: 'no' },
    '93 08 01 82 a4 6e616d65 aa 52616e67654572726f72 a7 6d657373616765 a2 6e6f',
  ],
  ['item', messageOf(say.item, { id: 2 }), 'x', '93 09 02 a1 78'],
  ['end', messageOf(say.end, { id: 2 }), undefined, '92 0a 02'],
  ['credit', messageOf(say.credit, { id: 2, count: 32 }), undefined, '93 0b 02 20'],
  ['cancel', messageOf(say.cancel, { id: 2 }), undefined, '92 0c 02'],
  [
    'watch',
    messageOf(say.watch, { id: 3, to: '/counter' }),
    undefined,
    '93 0d 03 a8 2f636f756e746572',
  ],
  [
    'down',
    messageOf(say.down, { id: 3 }),
    { reason: 'stopped' },
    '93 0e 03 81 a6 726561736f6e a7 73746f70706564',
  ],
  [
    'spawn',
    messageOf(say.spawn, { id: 4, method: 'counter', remainingMs: 5000 }),
    [40],
    '95 0f 04 a7 636f756e746572 cd1388 91 28',
  ],
  [
    'stop',
    messageOf(say.stop, { id: 5, to: '/a', count: 1, graceMs: 5000 }),
    undefined,
    '95 10 05 a2 2f61 01 cd1388',
  ],
  ['pause', messageOf(say.pause, { to: '/a' }), undefined, '92 11 a2 2f61'],
  ['resume', messageOf(say.resume, { to: '/a' }), undefined, '92 12 a2 2f61'],
  ['link', messageOf(say.link, { id: 6, to: '/a', count: 1 }), 'x', '95 13 06 a2 2f61 01 a1 78'],
]

const hex = (text: string): string => text.replaceAll(' ', '')

describe('the messages between nodes', () => {
  it('are all of them here', () => {
    expect(golden.map(([name]) => name)).toEqual(Object.keys(say))
  })

  it.for(golden)('%s is written as the protocol says', ([, message, , bytes]) => {
    const writer = new ByteWriter()
    writeHead(writer, message)
    const head = writer.take().toString('hex')
    const [one] = read(Buffer.from(hex(bytes), 'hex'))
    expect(head + one!.body).toBe(hex(bytes))
  })

  it.for(golden)('%s is read as it was written', ([, message, body, bytes]) => {
    const [one, ...others] = read(Buffer.from(hex(bytes), 'hex'))
    expect(others).toEqual([])
    expect(one).toMatchObject(message)
    expect(one!.body.length > 0).toBe(hasBody(message))
    const inBody = Buffer.from(one!.body, 'hex')
    if (hasBody(message)) expect(readValue(inBody, 0, inBody.length)).toEqual(body)
  })

  it('are as they were at first where what was added is not said', () => {
    const stop = messageOf(say.stop, { id: 5, to: '/a', count: 1 })
    const bytes = bytesOf(stop)
    expect(bytes.toString('hex')).toBe(hex('94 10 05 a2 2f61 01'))
    expect(read(bytes)).toEqual([{ ...stop, body: '' }])
  })

  it('are read one after the other from a frame', () => {
    const frame = Buffer.concat(golden.map(([, message, body]) => bytesOf(message, body)))
    expect(read(frame).map(({ kind }) => kind)).toEqual(Object.values(say))
  })

  it('are read whichever formats a library has for numbers and texts', () => {
    const ask = '96 04 cf0000000000000001 db00000002 2f61 da0001 62 d1' // an int16 is no deadline
    expect(codeOf(() => read(Buffer.from(hex(`${ask}0001 90`), 'hex')))).toBe('EBADMSG')
    const wide = '96 04 cf0000000000000001 db00000002 2f61 da0001 62 cf0000000000000005 dd00000000'
    expect(read(Buffer.from(hex(wide), 'hex'))).toMatchObject([
      { id: 1, to: '/a', method: 'b', remainingMs: 5, body: 'dd00000000' },
    ])
  })

  it.for([
    ['nothing', 'c0'],
    ['an empty array', '90'],
    ['a map', '81 04 01'],
    ['a kind that there is not', '92 13 01'],
    ['no number for a kind', '92 a1 61 01'],
    ['too few elements', '94 04 01 a1 61 a1 62'],
    ['too many elements', '93 0a 02 01'],
    ['fewer elements than there ever were', '93 10 05 a2 2f61'],
    ['more elements than there are yet', '96 10 05 a2 2f61 01 05 05'],
    ['nil for a time that may be left out', '95 10 05 a2 2f61 01 c0'],
    ['a negative id', '92 0a ff'],
    ['a fraction for an id', '92 0a cb3ff8000000000000'],
    ['an id that is too large', '92 0a cf0000000100000000'],
    ['an id that is cut off', '92 0a cd01'],
    ['bytes for a path', '92 11 c4022f61'],
    ['nil for a path', '92 11 c0'],
    ['a path that is cut off', '92 11 a5 2f61'],
    ['a body that is cut off', '93 07 01 92 01'],
    ['no body', '93 07 01'],
    ['a format that there is not', '93 07 01 c1'],
  ] as const)('are not %s', ([, bytes]) => {
    expect(codeOf(() => read(Buffer.from(hex(bytes), 'hex')))).toBe('EBADMSG')
  })

  it('have no long names', () => {
    const long = 'x'.repeat(MAX_TEXT_BYTES + 1)
    expect(codeOf(() => bytesOf(messageOf(say.pause, { to: long })))).toBe('EMSGSIZE')
    const frame = Buffer.concat([Buffer.from('9211da0401', 'hex'), Buffer.from(long)])
    expect(codeOf(() => read(frame))).toBe('EBADMSG')
  })

  it('never end otherwise than by a typed error, whatever comes', () => {
    const some = golden.map(([, , , bytes]) => Buffer.from(hex(bytes), 'hex'))
    const mutated = fc
      .tuple(
        fc.constantFrom(...some),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 }),
      )
      .map(([bytes, changes]) => {
        const copy = Buffer.from(bytes)
        for (const [at, byte] of changes) if (at < copy.length) copy[at] = byte
        return copy
      })
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(mutated, any), (frame) => {
        expect([undefined, 'EBADMSG']).toContain(codeOf(() => read(frame)))
      }),
      { numRuns: 5000 },
    )
  })
})

describe('skipping a value', () => {
  it('comes to its end', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const writer = new ByteWriter()
        writeValue(writer, value)
        const bytes = Buffer.concat([writer.take(), Buffer.from('rest')])
        expect(skipValue(bytes, 0)).toBe(bytes.length - 4)
        expect(codeOf(() => skipValue(bytes, 0, bytes.length - 5))).toBe('EBADMSG')
      }),
    )
  })

  it('believes no count that the bytes do not bear out', () => {
    for (const bytes of [
      'ddffffffff',
      'dfffffffff00',
      'c6ffffffff00',
      'dbffffffff',
      'c9ffffffff01',
    ])
      expect(codeOf(() => skipValue(Buffer.from(bytes, 'hex'), 0))).toBe('EBADMSG')
  })

  it('goes only so deep', () => {
    const nested = (depth: number): Buffer =>
      Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(1)])
    expect(skipValue(nested(MAX_DEPTH), 0)).toBe(MAX_DEPTH + 1)
    expect(codeOf(() => skipValue(nested(MAX_DEPTH + 1), 0))).toBe('EBADMSG')
    expect(codeOf(() => skipValue(nested(1_000_000), 0))).toBe('EBADMSG')
  })
})
