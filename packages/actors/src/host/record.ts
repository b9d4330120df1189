import { ActorError } from '../errors.ts'
import { readValue, writeValue, type ByteWriter, type ValueContext } from '../values/index.ts'
import type { Envelope, Kind, Parcel } from './envelope.ts'

/**
 * One envelope in a frame between two hosts of a process; frames carry several, one after the other.
 * Native to this release, little-endian, not aligned.
 *
 *      0        4      5      6        8      12           16   20         28       28+n     length
 *      +--------+------+------+--------+------+------------+----+----------+--------+--------+
 *      | length | kind | how  | method | slot | generation | id | deadline | name   | body   |
 *      +--------+------+------+--------+------+------------+----+----------+--------+--------+
 *
 * | field      | at | bytes | meaning                                                          |
 * | ---------- | -- | ----- | ---------------------------------------------------------------- |
 * | length     |  0 |     4 | bytes of the record                                              |
 * | kind       |  4 |     1 | what it is for                                                   |
 * | how        |  5 |     1 | 1: a name follows, and `method` stands for it from now on; 2: a name follows |
 * | method     |  6 |     2 | stands for a name of this link; with a name, 0 or what will stand for it |
 * | slot       |  8 |     4 | the actor's                                                      |
 * | generation | 12 |     4 | the actor's                                                      |
 * | id         | 16 |     4 | what is to be answered                                           |
 * | deadline   | 20 |     8 | in milliseconds since the epoch                                  |
 * | name       | 28 |   2+n | only as `how` says: its length in bytes, and UTF-8               |
 * | body       |    |       | a value                                                          |
 */
const record = {
  length: 0,
  kind: 4,
  how: 5,
  method: 6,
  slot: 8,
  generation: 12,
  id: 16,
  deadline: 20,
  name: 28,
} as const

const how = { known: 0, introduces: 1, names: 2 } as const

/** So many names of a link have a number; those that come later are spelled out each time. */
const MAX_NAMES = 4096

/** The longest name of a method, in bytes. */
const MAX_NAME_BYTES = 1024

/** Writes the envelopes of one link. */
export class RecordWriter {
  readonly #numbers = new Map<string, number>()
  readonly #writer: ByteWriter
  readonly #context: ValueContext

  constructor(writer: ByteWriter, context: ValueContext) {
    this.#writer = writer
    this.#context = context
  }

  /** @throws {ActorError} `EVALUE`, `EMSGSIZE`; nothing was written then */
  write(parcel: Parcel): void {
    const writer = this.#writer
    const begin = writer.length
    const { method } = parcel
    const number = this.#numbers.get(method)
    writer.reserve(record.name)
    const { bytes } = writer
    bytes[begin + record.kind] = parcel.kind
    bytes[begin + record.how] = how.known
    bytes.writeUInt32LE(parcel.slot, begin + record.slot)
    bytes.writeUInt32LE(parcel.generation, begin + record.generation)
    bytes.writeUInt32LE(parcel.id, begin + record.id)
    bytes.writeDoubleLE(parcel.deadline, begin + record.deadline)
    writer.length = begin + record.name
    if (number !== undefined) bytes.writeUInt16LE(number, begin + record.method)
    else this.#name(begin, method)
    try {
      if (parcel.body !== undefined) writeValue(writer, parcel.body, this.#context)
    } catch (error) {
      // A name that was introduced here never gets there.
      if (number === undefined) this.#numbers.delete(method)
      writer.length = begin
      throw error
    }
    writer.bytes.writeUInt32LE(writer.length - begin, begin + record.length)
  }

  #name(begin: number, method: string): void {
    const writer = this.#writer
    const bytes = Buffer.byteLength(method)
    if (bytes > MAX_NAME_BYTES)
      throw new ActorError('EMSGSIZE', `A name of ${bytes} bytes is too long`)
    writer.reserve(2 + bytes)
    const isNew = this.#numbers.size < MAX_NAMES
    const number = isNew ? this.#numbers.size : 0
    writer.bytes[begin + record.how] = isNew ? how.introduces : how.names
    writer.bytes.writeUInt16LE(number, begin + record.method)
    writer.bytes.writeUInt16LE(bytes, writer.length)
    writer.bytes.write(method, writer.length + 2, bytes)
    writer.length += 2 + bytes
    if (isNew) this.#numbers.set(method, number)
  }
}

/** Stands for a body that could not be read. */
export class Unreadable {
  readonly error: Error

  constructor(error: Error) {
    this.error = error
  }
}

/** Reads the envelopes of one link. */
export class RecordReader {
  readonly #names: string[] = []
  readonly #from: number
  readonly #context: ValueContext

  /** @param from the host at the other end */
  constructor(from: number, context: ValueContext) {
    this.#from = from
    this.#context = context
  }

  /** Calls `take` with each envelope of the frame, from `begin` on. */
  read(frame: Buffer, begin: number, take: (envelope: Envelope) => void): void {
    for (let at = begin; at < frame.length; at += frame.readUInt32LE(at))
      take(this.#envelope(frame, at))
  }

  #envelope(frame: Buffer, at: number): Envelope {
    const end = at + frame.readUInt32LE(at)
    let body = at + record.name
    let number = frame.readUInt16LE(at + record.method)
    let method: string
    if (frame[at + record.how] === how.known) method = this.#names[number]!
    else {
      const bytes = frame.readUInt16LE(body)
      method = frame.toString('utf8', body + 2, body + 2 + bytes)
      if (frame[at + record.how] === how.introduces) this.#names[number] = method
      body += 2 + bytes
    }
    const value = body === end ? undefined : this.#value(frame, body, end)
    return {
      kind: frame[at + record.kind] as Kind,
      slot: frame.readUInt32LE(at + record.slot),
      generation: frame.readUInt32LE(at + record.generation),
      from: this.#from,
      id: frame.readUInt32LE(at + record.id),
      deadline: frame.readDoubleLE(at + record.deadline),
      method,
      body: value,
    }
  }

  #value(frame: Buffer, begin: number, end: number): unknown {
    try {
      return readValue(frame, begin, end, this.#context)
    } catch (error) {
      return new Unreadable(error as Error)
    }
  }
}
