import { Buffer, isUtf8 } from 'node:buffer'
import { KeyCache } from './keyCache.ts'
import { LONGEST_READ, readAscii } from './readAscii.ts'
import { ValueError } from './valueError.ts'

const TWO_TO_32 = 0x1_0000_0000
const noBytes: Buffer = Buffer.alloc(0)
const keys = new KeyCache()

export function refuse(message: string, options?: ErrorOptions): ValueError {
  return new ValueError('EBADMSG', message, options)
}

/** Reads what holds nothing else, and the headers of what does, and never beyond the end. */
export abstract class MsgpackReader {
  protected bytes = noBytes
  protected at = 0
  protected end = 0

  /** A string that is likely to come again. */
  protected cachedString(count: number): string {
    const at = this.advance(count)
    return keys.find(this.bytes, at, count) ?? this.decode(at, count)
  }

  protected string(count: number): string {
    const at = this.advance(count)
    return (
      (count <= LONGEST_READ ? readAscii(this.bytes, at, count) : undefined) ??
      this.decode(at, count)
    )
  }

  protected decode(at: number, count: number): string {
    const string = this.bytes.toString('utf8', at, at + count)
    // It stands for what is not valid as well as for itself.
    if (string.includes('\uFFFD') && !isUtf8(this.bytes.subarray(at, at + count))) {
      throw refuse('a string is not valid UTF-8')
    }
    return string
  }

  /** Of the two halves the upper one is read. */
  protected integer64(high: number): number | bigint {
    const low = this.u32()
    const number = high * TWO_TO_32 + low
    if (Number.isSafeInteger(number)) return number
    return (BigInt(high) << 32n) | BigInt(low)
  }

  protected timestamp(count: number): Date {
    let seconds: number
    let nanoseconds = 0
    if (count === 4) {
      seconds = this.u32()
    } else if (count === 8) {
      const first = this.u32()
      nanoseconds = first >>> 2
      seconds = (first & 3) * TWO_TO_32 + this.u32()
    } else if (count === 12) {
      nanoseconds = this.u32()
      seconds = (this.u32() | 0) * TWO_TO_32 + this.u32()
    } else {
      throw refuse(`a timestamp has ${count} bytes`)
    }
    const date = new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6))
    if (nanoseconds >= 1e9 || Number.isNaN(date.getTime()))
      throw refuse('a timestamp is out of range')
    return date
  }

  protected bigInt(count: number): bigint {
    if (count === 0) throw refuse('a bigint has no bytes')
    const at = this.advance(count)
    const magnitude = BigInt(`0x${this.bytes.toString('hex', at, at + count)}`)
    return this.bytes[at]! < 0x80 ? magnitude : magnitude - (1n << BigInt(count * 8))
  }

  /** The header of the array that an extension holds. */
  protected count(): number {
    const format = this.byte()
    const count =
      format >= 0x90 && format < 0xa0
        ? format & 0x0f
        : format === 0xdc
          ? this.u16()
          : format === 0xdd
            ? this.u32()
            : Infinity
    if (count > this.end - this.at) throw refuse('an extension does not hold the array it should')
    return count
  }

  /** The position of so many bytes, after which reading goes on. */
  protected advance(count: number): number {
    const at = this.at
    const next = at + count
    if (next > this.end) throw refuse('the value is cut off')
    this.at = next
    return at
  }

  protected byte(): number {
    const at = this.at
    if (at >= this.end) throw refuse('the value is cut off')
    this.at = at + 1
    return this.bytes[at]!
  }

  protected u16(): number {
    const at = this.advance(2)
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }

  protected u32(): number {
    const at = this.advance(4)
    const bytes = this.bytes
    const upper = (bytes[at]! << 24) | (bytes[at + 1]! << 16)
    return (upper | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  }
}
