import { ActorError } from '../../errors.ts'
import type { ByteWriter } from '../../values/index.ts'
import { earlierFieldsOf, fieldsOf, MAX_TEXT_BYTES, say, type Message } from './message.ts'

/** The numbers of msgpack's formats. @see https://github.com/msgpack/msgpack/blob/master/spec.md */
export const format = {
  fixMap: 0x80,
  fixArray: 0x90,
  fixString: 0xa0,
  nil: 0xc0,
  bin8: 0xc4,
  uint8: 0xcc,
  uint16: 0xcd,
  uint32: 0xce,
  uint64: 0xcf,
  string8: 0xd9,
  string16: 0xda,
  string32: 0xdb,
} as const

/** No more than array's head and kind, and a number or two. */
const NUMBERS_BYTES = 32

/**
 * Writes the array of a message up to its body, which is to be written next if its kind has one.
 *
 * @throws {ActorError} `EMSGSIZE`: a path or a name is too long; nothing was written then
 */
export function writeHead(writer: ByteWriter, message: Message): void {
  const { kind, graceMs } = message
  const fields = (kind === say.stop && graceMs === Infinity ? earlierFieldsOf : fieldsOf)[kind]!
  const begin = writer.length
  writer.reserve(NUMBERS_BYTES)
  writer.bytes[writer.length++] = format.fixArray | (fields.length + 1)
  writer.bytes[writer.length++] = kind
  try {
    for (const field of fields) {
      // Each by its own name: `message[field]` is looked up anew each time.
      switch (field) {
        case 'body':
          return
        case 'id':
          writeNumber(writer, message.id)
          break
        case 'to':
          writeText(writer, message.to)
          break
        case 'method':
          writeText(writer, message.method)
          break
        case 'remainingMs':
          writeRemaining(writer, message.remainingMs)
          break
        case 'count':
          writeNumber(writer, message.count)
          break
        case 'graceMs':
          writeNumber(writer, wholeMs(graceMs))
          break
        case 'code':
          writeText(writer, message.code)
          break
        default:
          writeText(writer, message.text)
      }
    }
  } catch (error) {
    writer.length = begin
    throw error
  }
}

function writeRemaining(writer: ByteWriter, remainingMs: number): void {
  if (remainingMs !== Infinity) writeNumber(writer, wholeMs(remainingMs))
  else {
    writer.reserve(1)
    writer.bytes[writer.length++] = format.nil
  }
}

const wholeMs = (ms: number): number => Math.min(Math.ceil(ms), 2 ** 32 - 1)

/** @param value a whole number below 2^32 */
function writeNumber(writer: ByteWriter, value: number): void {
  writer.reserve(5)
  const { bytes } = writer
  if (value < 0x80) bytes[writer.length++] = value
  else if (value < 0x100) {
    bytes[writer.length++] = format.uint8
    bytes[writer.length++] = value
  } else if (value < 0x1_0000) {
    bytes[writer.length] = format.uint16
    bytes.writeUInt16BE(value, writer.length + 1)
    writer.length += 3
  } else {
    bytes[writer.length] = format.uint32
    bytes.writeUInt32BE(value, writer.length + 1)
    writer.length += 5
  }
}

function writeText(writer: ByteWriter, text: string): void {
  if (!writeShortAscii(writer, text)) writeLongText(writer, text)
}

/** As nearly all paths and names are. @returns false, and nothing written: it is something else */
function writeShortAscii(writer: ByteWriter, text: string): boolean {
  const count = text.length
  if (count >= 32) return false
  writer.reserve(1 + count)
  const { bytes, length } = writer
  bytes[length] = format.fixString | count
  for (let n = 0; n < count; n++) {
    const unit = text.charCodeAt(n)
    if (unit >= 0x80) return false
    bytes[length + 1 + n] = unit
  }
  writer.length = length + 1 + count
  return true
}

function writeLongText(writer: ByteWriter, text: string): void {
  const size = Buffer.byteLength(text)
  if (size > MAX_TEXT_BYTES)
    throw new ActorError(
      'EMSGSIZE',
      `A name of ${size} bytes is too long; ${MAX_TEXT_BYTES} is the limit`,
    )
  writer.reserve(3 + size)
  const { bytes } = writer
  if (size < 32) bytes[writer.length++] = format.fixString | size
  else if (size < 0x100) {
    bytes[writer.length++] = format.string8
    bytes[writer.length++] = size
  } else {
    bytes[writer.length] = format.string16
    bytes.writeUInt16BE(size, writer.length + 1)
    writer.length += 3
  }
  bytes.write(text, writer.length, size)
  writer.length += size
}
