import { Buffer } from 'node:buffer'
import type { ByteWriter } from './byteWriter.ts'
import { Refusal } from './refusal.ts'
import { defaultMaxBytes } from './valueContext.ts'
import { extension } from './wireFormat.ts'

/** Shorter strings are written character by character, if they are ASCII. */
const SHORT_STRING = 40
const TWO_TO_32 = 0x1_0000_0000
const lowestInt64 = -(2n ** 63n)
const highestUint64 = 2n ** 64n - 1n
const highestInt64 = 2n ** 63n - 1n
const loneSurrogate = /\p{Surrogate}/u

/**
 * Writes what holds nothing else, and the headers of what does.
 *
 * The numbers of formats are those of msgpack's specification.
 */
export abstract class MsgpackWriter {
  protected out!: ByteWriter
  /** Where the value that is being written began. */
  protected begin = 0
  protected maxBytes = defaultMaxBytes

  protected number(value: number): void {
    this.room(9)
    const out = this.out
    const { bytes } = out
    let at = out.length
    if (value >>> 0 === value && !Object.is(value, -0)) {
      if (value < 0x80) {
        bytes[at++] = value
      } else if (value < 0x100) {
        bytes[at++] = 0xcc
        bytes[at++] = value
      } else if (value < 0x1_0000) {
        bytes[at++] = 0xcd
        bytes[at++] = value >>> 8
        bytes[at++] = value
      } else {
        bytes[at++] = 0xce
        out.setU32(value, at)
        at += 4
      }
    } else if (value >> 0 === value && value !== 0) {
      if (value >= -0x20) {
        bytes[at++] = value
      } else if (value >= -0x80) {
        bytes[at++] = 0xd0
        bytes[at++] = value
      } else if (value >= -0x8000) {
        bytes[at++] = 0xd1
        bytes[at++] = value >> 8
        bytes[at++] = value
      } else {
        bytes[at++] = 0xd2
        out.setU32(value, at)
        at += 4
      }
    } else if (Number.isSafeInteger(value) && value !== 0) {
      bytes[at] = value > 0 ? 0xcf : 0xd3
      out.setU32(Math.floor(value / TWO_TO_32), at + 1)
      out.setU32(value >>> 0, at + 5)
      at += 9
    } else {
      bytes[at] = 0xcb
      out.view.setFloat64(at + 1, value)
      at += 9
    }
    out.length = at
  }

  /** As an integer of msgpack where a number could not be meant, otherwise as an extension. */
  protected bigInt(value: bigint): void {
    const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    if (isSafe || value < lowestInt64 || value > highestUint64) {
      const bytes = toTwosComplement(value)
      this.extensionHeader(extension.bigInt, bytes.length)
      this.append(bytes)
      return
    }
    this.room(9)
    const out = this.out
    const { bytes, length } = out
    if (value > highestInt64) {
      bytes[length] = 0xcf
      bytes.writeBigUInt64BE(value, length + 1)
    } else {
      bytes[length] = 0xd3
      bytes.writeBigInt64BE(value, length + 1)
    }
    out.length = length + 9
  }

  protected string(value: string): void {
    const count = value.length
    if (count >= SHORT_STRING) return this.longString(value)
    this.room(count + 2)
    const out = this.out
    const { bytes } = out
    let at = out.length
    if (count < 0x20) {
      bytes[at++] = 0xa0 | count
    } else {
      bytes[at++] = 0xd9
      bytes[at++] = count
    }
    for (let n = 0; n < count; n++) {
      const unit = value.charCodeAt(n)
      if (unit >= 0x80) return this.longString(value)
      bytes[at++] = unit
    }
    out.length = at
  }

  protected longString(value: string): void {
    const count = Buffer.byteLength(value)
    if (count !== value.length && loneSurrogate.test(value)) return this.utf16(value)
    this.room(count + 5)
    const out = this.out
    if (count < 0x20) this.byte(0xa0 | count)
    else if (count < 0x100) this.bytes2(0xd9, count)
    else this.sized(0xda, count)
    out.bytes.write(value, out.length, count, 'utf8')
    out.length += count
  }

  protected utf16(value: string): void {
    const count = value.length * 2
    this.extensionHeader(extension.utf16, count)
    this.room(count)
    this.out.bytes.write(value, this.out.length, count, 'utf16le')
    this.out.length += count
  }

  protected bin(bytes: Buffer): void {
    const count = bytes.length
    this.room(5)
    if (count < 0x100) this.bytes2(0xc4, count)
    else this.sized(0xc5, count)
    this.append(bytes)
  }

  /** Never as a fixext: few lengths have one, and it saves a byte. */
  protected binary(code: number, content: Uint8Array): void {
    const count = content.length + 1
    this.room(7)
    const out = this.out
    const { bytes, length } = out
    if (count < 0x100) {
      bytes[length] = 0xc7
      bytes[length + 1] = count
      bytes[length + 2] = extension.binary
      bytes[length + 3] = code
      out.length = length + 4
    } else {
      this.sized(0xc8, count)
      this.byte(extension.binary)
      this.byte(code)
    }
    this.append(content)
  }

  protected date(milliseconds: number): void {
    if (Number.isNaN(milliseconds)) return this.extension(extension.invalidDate, 1, 0)
    const seconds = Math.floor(milliseconds / 1000)
    const nanoseconds = (milliseconds - seconds * 1000) * 1e6
    if (seconds >= 0 && seconds < 2 ** 34) {
      if (nanoseconds === 0 && seconds < TWO_TO_32) {
        return this.extension(extension.timestamp, 4, seconds)
      }
      this.extensionHeader(extension.timestamp, 8)
      this.u32(nanoseconds * 4 + Math.floor(seconds / TWO_TO_32))
      this.u32(seconds >>> 0)
      return
    }
    this.extensionHeader(extension.timestamp, 12)
    this.u32(nanoseconds)
    this.u32(Math.floor(seconds / TWO_TO_32))
    this.u32(seconds >>> 0)
  }

  /** An extension of 1 or 4 bytes, which are this number. */
  protected extension(type: number, count: 1 | 4, content: number): void {
    this.extensionHeader(type, count)
    if (count === 1) this.byte(content)
    else this.u32(content)
  }

  protected extensionHeader(type: number, count: number): void {
    this.room(6)
    if (count === 1) this.byte(0xd4)
    else if (count === 2) this.byte(0xd5)
    else if (count === 4) this.byte(0xd6)
    else if (count === 8) this.byte(0xd7)
    else if (count === 16) this.byte(0xd8)
    else if (count < 0x100) this.bytes2(0xc7, count)
    else this.sized(0xc8, count)
    this.byte(type)
  }

  /** An extension whose size is known in the end only; gives what `#endExtension` wants. */
  protected beginExtension(type: number): number {
    this.room(6)
    this.byte(0xc9)
    this.u32(0)
    this.byte(type)
    return this.out.length
  }

  protected endExtension(begin: number): void {
    this.out.setU32(this.out.length - begin, begin - 5)
  }

  /** The header of an array or a map: `few` with up to 15, `many` and the format after it with more. */
  protected collection(count: number, few: number, many: number): void {
    this.room(5)
    if (count < 0x10) this.byte(few | count)
    else this.sized(many, count)
  }

  /** The header of a map that takes more than the one byte which was left for it. */
  protected mapHeader(begin: number, count: number): void {
    const extra = count < 0x1_0000 ? 2 : 4
    this.room(extra)
    const out = this.out
    const { length } = out
    out.bytes.copyWithin(begin + 1 + extra, begin + 1, length)
    out.length = begin
    this.sized(0xde, count)
    out.length = length + extra
  }

  /** The format with two bytes for the size, or the one after it, with four. */
  protected sized(format: number, count: number): void {
    if (count < 0x1_0000) {
      this.bytes2(format, count >>> 8)
      this.byte(count)
    } else {
      this.byte(format + 1)
      this.u32(count)
    }
  }

  protected byte(value: number): void {
    this.room(1)
    const out = this.out
    out.bytes[out.length++] = value
  }

  protected bytes2(first: number, second: number): void {
    this.room(2)
    const out = this.out
    out.bytes[out.length++] = first
    out.bytes[out.length++] = second
  }

  protected u32(value: number): void {
    this.room(4)
    const out = this.out
    out.setU32(value, out.length)
    out.length += 4
  }

  protected append(bytes: Uint8Array): void {
    this.room(bytes.length)
    this.out.append(bytes)
  }

  /** Makes room, if there is none; what is over the limit anyway gets none. */
  protected room(count: number): void {
    const out = this.out
    if (out.length + count <= out.bytes.length) return
    this.checkSize(0)
    if (count > 9) this.checkSize(count - 9)
    out.reserve(count)
  }

  protected checkSize(more: number): void {
    if (this.out.length - this.begin + more > this.maxBytes) {
      throw new Refusal('EMSGSIZE', `takes more than ${this.maxBytes} bytes`)
    }
  }
}

/** As few bytes as hold the number and its sign, big-endian. */
function toTwosComplement(value: bigint): Buffer {
  const digits = (value < 0n ? ~value : value).toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  const bytes = Buffer.from(even >= '8' ? `00${even}` : even, 'hex')
  if (value < 0n) for (let n = 0; n < bytes.length; n++) bytes[n] = ~bytes[n]!
  return bytes
}
