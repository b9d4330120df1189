import { ActorError } from '../errors.ts'
import {
  readValue,
  writeArguments,
  writeValue,
  type ByteWriter,
  type ValueContext,
} from '../values/index.ts'
import { kind as kinds, type Envelope, type Kind, type Parcel } from './envelope.ts'
import { f64, u16, u32 } from './littleEndian.ts'

/**
 * One envelope in a frame between two hosts of a process; frames carry several, one after the other.
 * Native to this release, little-endian, not aligned.
 *
 *      0        4      5     6        8      12           16                               length
 *      +--------+------+-----+--------+------+------------+----+----------+------+--------+
 *      | length | kind | has | method | slot | generation | id | deadline | name | body   |
 *      +--------+------+-----+--------+------+------------+----+----------+------+--------+
 *
 * | field      | at | bytes | meaning                                                          |
 * | ---------- | -- | ----- | ---------------------------------------------------------------- |
 * | length     |  0 |     4 | bytes of the record                                              |
 * | kind       |  4 |     1 | what it is for                                                   |
 * | has        |  5 |     1 | bits: which of the fields from 16 on there are                   |
 * | method     |  6 |     2 | stands for a name of this link; with a name, 0 or what will stand for it |
 * | slot       |  8 |     4 | the actor's                                                      |
 * | generation | 12 |     4 | the actor's                                                      |
 * | id         |    |   0,4 | what is to be answered                                           |
 * | deadline   |    |   0,8 | in milliseconds since the epoch                                  |
 * | name       |    | 0,2+n | its length in bytes, and UTF-8                                   |
 * | body       |    |       | a value, or nothing                                              |
 */
const record = {
  length: 0,
  kind: 4,
  has: 5,
  method: 6,
  slot: 8,
  generation: 12,
  more: 16,
  /** The longest that comes before the name. */
  headBytes: 28,
} as const

const has = {
  id: 1,
  deadline: 2,
  name: 4,
  /** Of a name: `method` stands for it from now on. */
  introduction: 8,
} as const

/** So many names of a link have a number; those that come later are spelled out each time. */
const MAX_NAMES = 4096

/** The longest name of a method, in bytes. */
const MAX_NAME_BYTES = 1024

/** Writes the envelopes of one link. */
export class RecordWriter {
  readonly #numbers = new Map<string, number>()
  /** The name that was asked for last, and its number: most messages are like the one before. */
  #lastName: string | undefined
  #lastNumber = 0
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
    const { kind, method, slot, generation, id, deadline, body } = parcel
    writer.reserve(record.headBytes)
    const { view } = writer
    let fields = 0
    let end = begin + record.more
    if (id !== 0) {
      fields |= has.id
      view.setUint32(end, id, true)
      end += 4
    }
    if (deadline !== Infinity) {
      fields |= has.deadline
      view.setFloat64(end, deadline, true)
      end += 8
    }
    view.setUint8(begin + record.kind, kind)
    view.setUint8(begin + record.has, fields)
    view.setUint32(begin + record.slot, slot, true)
    view.setUint32(begin + record.generation, generation, true)
    writer.length = end
    const number = this.#numberOf(method)
    if (number === undefined) this.#name(begin, fields, method)
    else view.setUint16(begin + record.method, number, true)
    try {
      if (kind < kinds.call) writeArguments(writer, body as unknown[], this.#context)
      else if (body !== undefined) writeValue(writer, body, this.#context)
    } catch (error) {
      // A name that was introduced here never gets there.
      if (number === undefined) this.#numbers.delete(method)
      writer.length = begin
      throw error
    }
    // The memory may be another by now.
    writer.view.setUint32(begin + record.length, writer.length - begin, true)
  }

  #numberOf(method: string): number | undefined {
    if (method === this.#lastName) return this.#lastNumber
    const number = this.#numbers.get(method)
    if (number !== undefined) {
      this.#lastName = method
      this.#lastNumber = number
    }
    return number
  }

  #name(begin: number, fields: number, method: string): void {
    const writer = this.#writer
    const bytes = Buffer.byteLength(method)
    if (bytes > MAX_NAME_BYTES) {
      writer.length = begin
      throw new ActorError('EMSGSIZE', `A name of ${bytes} bytes is too long`)
    }
    writer.reserve(2 + bytes)
    const { view } = writer
    const isNew = this.#numbers.size < MAX_NAMES
    const number = isNew ? this.#numbers.size : 0
    view.setUint8(begin + record.has, fields | has.name | (isNew ? has.introduction : 0))
    view.setUint16(begin + record.method, number, true)
    view.setUint16(writer.length, bytes, true)
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
    const { length } = frame
    for (let at = begin; at < length;) {
      const end = at + u32(frame, at + record.length)
      take(this.#envelope(frame, at, end))
      at = end
    }
  }

  #envelope(frame: Buffer, begin: number, end: number): Envelope {
    const fields = frame[begin + record.has]!
    let next = begin + record.more
    let id = 0
    if ((fields & has.id) !== 0) {
      id = u32(frame, next)
      next += 4
    }
    let deadline = Infinity
    if ((fields & has.deadline) !== 0) {
      deadline = f64(frame, next)
      next += 8
    }
    const name = u16(frame, begin + record.method)
    let method: string
    if ((fields & has.name) === 0) method = this.#names[name]!
    else {
      const bytes = u16(frame, next)
      next += 2 + bytes
      method = frame.toString('utf8', next - bytes, next)
      if ((fields & has.introduction) !== 0) this.#names[name] = method
    }
    return {
      kind: frame[begin + record.kind] as Kind,
      slot: u32(frame, begin + record.slot),
      generation: u32(frame, begin + record.generation),
      from: this.#from,
      id,
      deadline,
      method,
      body: next === end ? undefined : this.#value(frame, next, end),
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
