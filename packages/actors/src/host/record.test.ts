import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from '../values/index.ts'
import { kind, type Envelope, type Parcel } from './envelope.ts'
import { RecordReader, RecordWriter, Unreadable } from './record.ts'

const FROM = 3
const aTell: Parcel = {
  kind: kind.tell,
  slot: 1,
  generation: 2,
  id: 0,
  deadline: Infinity,
  method: 'add',
  body: [1],
}

/** One end of a link and the other, with the frames between them. */
function aLink() {
  const writer = new ByteWriter()
  const records = new RecordWriter(writer, {})
  const reader = new RecordReader(FROM, {})
  return {
    write: (parcel: Parcel) => records.write(parcel),
    /** What was written since the last time, as it is read. */
    read: (begin = 0): Envelope[] => {
      const envelopes: Envelope[] = []
      const frame = Buffer.concat([Buffer.alloc(begin), writer.take()])
      reader.read(frame, begin, (envelope) => envelopes.push(envelope))
      return envelopes
    },
  }
}

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const parcels: fc.Arbitrary<Parcel> = fc
  .record({
    slot: word,
    generation: word,
    id: fc.oneof(fc.constant(0), word),
    deadline: fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 1e15, noNaN: true })),
    method: fc.oneof(fc.constantFrom('add', 'value'), fc.string()),
  })
  .chain((head) =>
    fc
      .oneof(
        fc.record({
          kind: fc.constantFrom(kind.tell, kind.ask),
          body: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }),
        }),
        fc.record({
          kind: fc.constantFrom(kind.reply, kind.credit, kind.notice),
          body: fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 1 })),
        }),
      )
      .map((rest) => ({ ...head, ...rest })),
  )

describe('the records of a link', () => {
  it('are what was written, in its order, wherever in a frame they begin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(parcels, { maxLength: 5 }), { maxLength: 4 }),
        fc.nat(9),
        (frames, begin) => {
          const { write, read } = aLink()
          for (const frame of frames) {
            frame.forEach(write)
            expect(read(begin)).toEqual(frame.map((parcel) => ({ ...parcel, from: FROM })))
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('spell a name once', () => {
    const writer = new ByteWriter()
    const records = new RecordWriter(writer, {})
    const bytes = [1, 2].map(() => {
      records.write(aTell)
      return writer.take().length
    })
    expect(bytes[0]! - bytes[1]!).toBe(2 + aTell.method.length)
  })

  it('spell names beyond the first thousands each time', () => {
    const { write, read } = aLink()
    const names = Array.from({ length: 5000 }, (_, n) => `name ${n}`)
    for (let round = 0; round < 2; round++) {
      for (const method of names) write({ ...aTell, method })
      expect(read().map(({ method }) => method)).toEqual(names)
    }
  })

  it('leave nothing behind where one cannot be written', () => {
    const { write, read } = aLink()
    expect(() => write({ ...aTell, body: [() => 1] })).toThrow(/is a function/)
    expect(() => write({ ...aTell, method: 'long'.repeat(300) })).toThrow(/too long/)
    expect(read()).toEqual([])
    write(aTell)
    expect(read()).toEqual([{ ...aTell, from: FROM }])
  })

  it('are read although the body of one is broken', () => {
    const writer = new ByteWriter()
    const records = new RecordWriter(writer, {})
    records.write(aTell)
    const broken = writer.length - 1
    records.write(aTell)
    const frame = writer.take()
    frame[broken] = 0xc1
    const envelopes: Envelope[] = []
    new RecordReader(FROM, {}).read(frame, 0, (envelope) => envelopes.push(envelope))
    expect(envelopes[0]!.body).toBeInstanceOf(Unreadable)
    expect(envelopes[1]).toEqual({ ...aTell, from: FROM })
  })
})
