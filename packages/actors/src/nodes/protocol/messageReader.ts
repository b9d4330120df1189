import { ActorError } from '../../errors.ts'
import { KeyCache } from '../../values/keyCache.ts'
import {
  earlierFieldsOf,
  fieldsOf,
  MAX_TEXT_BYTES,
  messageOf,
  type Message,
  type Say,
} from './message.ts'
import { format } from './messageWriter.ts'
import { cutOff, skipValue } from './skipValue.ts'

/** Takes a message, and where its body lies in the frame: both positions are the same if it has none. */
export type TakesMessage = (message: Message, frame: Buffer, begin: number, end: number) => void

/**
 * Reads the messages of a frame, one after the other.
 *
 * @throws {ActorError} `EBADMSG`: what is there is no message; those before it were taken
 */
export function readMessages(frame: Buffer, take: TakesMessage): void {
  let at = 0
  while (at < frame.length) at = readMessage(frame, at, take)
}

function readMessage(frame: Buffer, begin: number, take: TakesMessage): number {
  const count = frame[begin]! - format.fixArray
  const kind = frame[begin + 1] ?? -1
  let fields = fieldsOf[kind]
  if (fields !== undefined && count <= fields.length) fields = earlierFieldsOf[kind]
  if (fields === undefined || count !== fields.length + 1)
    throw new ActorError('EBADMSG', 'It is no message of this version of the protocol')
  const message = messageOf(kind as Say)
  const cursor = new Cursor(frame, begin + 2)
  let bodyBegin = 0
  for (const field of fields) {
    // Each by its own name: `message[field]` is looked up anew each time.
    switch (field) {
      case 'body':
        bodyBegin = cursor.at
        cursor.at = skipValue(frame, cursor.at)
        break
      case 'id':
        message.id = cursor.number()
        break
      case 'to':
        message.to = cursor.text()
        break
      case 'method':
        message.method = cursor.text()
        break
      case 'remainingMs':
        message.remainingMs = cursor.remaining()
        break
      case 'count':
        message.count = cursor.number()
        break
      case 'graceMs':
        message.graceMs = cursor.number()
        break
      case 'code':
        message.code = cursor.text()
        break
      default:
        message.text = cursor.text()
    }
  }
  if (bodyBegin === 0) bodyBegin = cursor.at
  take(message, frame, bodyBegin, cursor.at)
  return cursor.at
}

/** Paths and names are few, and come again and again. */
const texts = new KeyCache()

/** Reads the few kinds of values that the head of a message has. */
class Cursor {
  readonly #frame: Buffer
  at: number

  constructor(frame: Buffer, at: number) {
    this.#frame = frame
    this.at = at
  }

  /** A whole number below 2^32. Some libraries write small ones in more bytes than needed. */
  number(): number {
    const byte = this.#frame[this.at++]
    if (byte === undefined) throw notANumber()
    if (byte < 0x80) return byte
    const bytes = 1 << (byte - format.uint8)
    if (byte < format.uint8 || byte > format.uint64) throw notANumber()
    const begin = this.at
    this.at += bytes
    if (this.at > this.#frame.length) throw notANumber()
    if (bytes < 8) return this.#frame.readUIntBE(begin, bytes)
    const value = this.#frame.readBigUInt64BE(begin)
    if (value >= 2n ** 32n) throw notANumber()
    return Number(value)
  }

  remaining(): number {
    if (this.#frame[this.at] !== format.nil) return this.number()
    this.at++
    return Infinity
  }

  text(): string {
    const begin = this.at
    const byte = this.#frame[begin] ?? 0
    if (byte >= format.fixString && byte < format.nil) return this.#shortText(byte & 0x1f)
    const end = skipValue(this.#frame, begin)
    let head = 1
    if (byte === format.string8) head = 2
    else if (byte === format.string16) head = 3
    else if (byte === format.string32) head = 5
    else throw new ActorError('EBADMSG', 'There is no text where one should be')
    if (end - begin - head > MAX_TEXT_BYTES)
      throw new ActorError('EBADMSG', `A name is longer than ${MAX_TEXT_BYTES} bytes`)
    this.at = end
    return this.#frame.toString('utf8', begin + head, end)
  }

  /** As nearly all paths and names are. */
  #shortText(bytes: number): string {
    const frame = this.#frame
    const begin = this.at + 1
    const end = begin + bytes
    if (end > frame.length) throw cutOff()
    this.at = end
    return texts.find(frame, begin, bytes) ?? frame.toString('utf8', begin, end)
  }
}

const notANumber = (): ActorError =>
  new ActorError('EBADMSG', 'There is no whole number below 2^32 where one should be')
