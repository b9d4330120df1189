import { Buffer } from 'node:buffer'
import { restoreClass } from '../errors.ts'
import { define } from './define.ts'
import { isHiddenInError, isOwnOfError, makeError } from './errorFields.ts'
import { MsgpackReader, refuse } from './msgpackReader.ts'
import { defaultMaxBytes, defaultMaxDepth, type ValueContext } from './valueContext.ts'
import { ValueError } from './valueError.ts'
import { arrayBufferCode, binaryKinds, extension, MAX_HOLES, uint8ArrayCode } from './wireFormat.ts'

/** Up to so many bytes are copied out of what was received, so that they do not keep it alive. */
const COPIED_BYTES = 256
const hole = Symbol('hole')
const noContext: ValueContext = {}
const noBytes: Buffer = Buffer.alloc(0)

/**
 * Reads one value after another out of bytes that anybody may have made up: whatever they are, it takes
 * time and memory in proportion to their number.
 */
export class ValueReader extends MsgpackReader {
  #depthLeft = 0
  #context = noContext
  #holes = 0
  /** Within a `referencing` extension: every object so far, in the order in which they began. */
  #objects: unknown[] | undefined
  isBusy = false

  read(bytes: Buffer, begin: number, end: number, context: ValueContext = noContext): unknown {
    if (!(begin >= 0 && begin <= end && end <= bytes.length)) {
      throw new RangeError(`bytes ${begin} to ${end} are not within the ${bytes.length} there are`)
    }
    if (end - begin > (context.maxBytes ?? defaultMaxBytes)) {
      throw refuse(`a value of ${end - begin} bytes is over the limit`)
    }
    this.isBusy = true
    this.bytes = bytes
    this.at = begin
    this.end = end
    this.#depthLeft = context.maxDepth ?? defaultMaxDepth
    this.#context = context
    this.#holes = 0
    try {
      const value = this.#content()
      if (this.at !== end) throw refuse(`${end - this.at} bytes follow the value`)
      return value
    } catch (error) {
      if (error instanceof ValueError) throw error
      const reason = error instanceof Error ? error.message : typeof error
      throw refuse(`the value cannot be made: ${reason}`, { cause: error })
    } finally {
      this.bytes = noBytes
      this.#context = noContext
      this.#objects = undefined
      this.isBusy = false
    }
  }

  #value(): unknown {
    const format = this.byte()
    if (format < 0x80) return format
    if (format < 0x90) return this.#object(format & 0x0f)
    if (format < 0xa0) return this.#array(format & 0x0f)
    if (format < 0xc0) return this.string(format & 0x1f)
    if (format >= 0xe0) return format - 0x100
    switch (format) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.#bin(this.byte())
      case 0xc5:
        return this.#bin(this.u16())
      case 0xc6:
        return this.#bin(this.u32())
      case 0xc7:
        return this.#extension(this.byte())
      case 0xc8:
        return this.#extension(this.u16())
      case 0xc9:
        return this.#extension(this.u32())
      case 0xca:
        return this.bytes.readFloatBE(this.advance(4))
      case 0xcb:
        return this.bytes.readDoubleBE(this.advance(8))
      case 0xcc:
        return this.byte()
      case 0xcd:
        return this.u16()
      case 0xce:
        return this.u32()
      case 0xcf:
        return this.integer64(this.u32())
      case 0xd0:
        return (this.byte() << 24) >> 24
      case 0xd1:
        return (this.u16() << 16) >> 16
      case 0xd2:
        return this.u32() | 0
      case 0xd3:
        return this.integer64(this.u32() | 0)
      case 0xd4:
        return this.#extension(1)
      case 0xd5:
        return this.#extension(2)
      case 0xd6:
        return this.#extension(4)
      case 0xd7:
        return this.#extension(8)
      case 0xd8:
        return this.#extension(16)
      case 0xd9:
        return this.string(this.byte())
      case 0xda:
        return this.string(this.u16())
      case 0xdb:
        return this.string(this.u32())
      case 0xdc:
        return this.#array(this.u16())
      case 0xdd:
        return this.#array(this.u32())
      case 0xde:
        return this.#object(this.u16())
      case 0xdf:
        return this.#object(this.u32())
      default:
        throw refuse('0xc1 is no format of msgpack')
    }
  }

  #array(count: number): unknown[] {
    this.#descend()
    // Each element takes a byte at least.
    if (count > this.end - this.at) throw refuse(`an array of ${count} elements is cut off`)
    if (count === 1 && this.#objects === undefined) return this.#arrayOfOne()
    const array: unknown[] = []
    this.#objects?.push(array)
    for (let n = 0; n < count; n++) {
      const value = this.#value()
      if (value === hole) array.length++
      else array.push(value)
    }
    this.#depthLeft++
    return array
  }

  /** As most arguments are: an array that is pushed to has room for seventeen. */
  #arrayOfOne(): unknown[] {
    const value = this.#value()
    this.#depthLeft++
    if (value !== hole) return [value]
    const array: unknown[] = []
    array.length = 1
    return array
  }

  #object(count: number): object {
    const object: Record<string, unknown> = {}
    this.#objects?.push(object)
    this.#fields(object, count)
    return object
  }

  #fields(object: Record<string, unknown>, count: number): void {
    this.#descend()
    if (count * 2 > this.end - this.at) throw refuse(`an object of ${count} fields is cut off`)
    for (let n = 0; n < count; n++) {
      const key = this.#key()
      const value = this.#content()
      if (key === '__proto__') define(object, key, value, true)
      else object[key] = value
    }
    this.#depthLeft++
  }

  #key(): string {
    const format = this.byte()
    if (format >= 0xa0 && format < 0xc0) return this.cachedString(format & 0x1f)
    this.at--
    const key = this.#value()
    if (typeof key !== 'string') throw refuse('the key of an object is no string')
    return key
  }

  /** A value wherever there can be no hole. */
  #content(): unknown {
    const value = this.#value()
    if (value === hole) throw refuse('a hole is not in an array')
    return value
  }

  #bin(count: number): Buffer {
    const at = this.advance(count)
    const bytes = this.bytes
    const bin =
      count <= COPIED_BYTES || !(bytes.buffer instanceof ArrayBuffer)
        ? copyOut(bytes, at, count)
        : bytes.subarray(at, at + count)
    this.#objects?.push(bin)
    return bin
  }

  #extension(count: number): unknown {
    const type = this.byte()
    const begin = this.at
    if (count > this.end - begin) throw refuse(`an extension of ${count} bytes is cut off`)
    const end = this.end
    this.end = begin + count
    const value = this.#extensionOf(type, count)
    if (this.at !== this.end)
      throw refuse(`an extension of type ${type} has more bytes than it needs`)
    this.end = end
    return value
  }

  #extensionOf(type: number, count: number): unknown {
    switch (type) {
      case extension.undefined:
        this.advance(count)
        return undefined
      case extension.hole:
        this.advance(count)
        if (++this.#holes > MAX_HOLES) throw refuse(`there are more than ${MAX_HOLES} holes`)
        return hole
      case extension.timestamp:
        return this.#keep(this.timestamp(count))
      case extension.invalidDate:
        this.advance(count)
        return this.#keep(new Date(Number.NaN))
      case extension.bigInt:
        return this.bigInt(count)
      case extension.binary:
        return this.#keep(this.#binary(count - 1))
      case extension.utf16:
        if (count % 2 !== 0) throw refuse('a string of UTF-16 has half a unit')
        return this.bytes.toString('utf16le', this.advance(count), this.at)
      case extension.map:
        return this.#map()
      case extension.set:
        return this.#set()
      case extension.regExp:
        return this.#regExp()
      case extension.error:
        return this.#error()
      case extension.boxed:
        return this.#boxed()
      case extension.referencing:
        return this.#referencing()
      case extension.reference:
        return this.#reference(count)
      case extension.actorRef:
        return this.#actorRef(count)
      default:
        throw refuse(`no extension has the type ${type}`)
    }
  }

  #keep<T>(object: T): T {
    this.#objects?.push(object)
    return object
  }

  #binary(count: number): ArrayBuffer | ArrayBufferView {
    const code = this.byte()
    const at = this.advance(count)
    const bytes = this.bytes
    if (code === uint8ArrayCode && count <= COPIED_BYTES) return copyAlone(bytes, at, count)
    if (code === arrayBufferCode) return copyAlone(bytes, at, count).buffer
    const kind = binaryKinds.get(code)
    if (kind === undefined) throw refuse(`no array has the code ${code}`)
    const { constructor, bytesPerElement } = kind
    if (count % bytesPerElement !== 0) throw refuse(`a ${kind.name} of ${count} bytes is cut off`)
    const offset = bytes.byteOffset + at
    const isCopied =
      count <= COPIED_BYTES ||
      offset % bytesPerElement !== 0 ||
      !(bytes.buffer instanceof ArrayBuffer)
    if (isCopied) return new constructor(copyAlone(bytes, at, count).buffer)
    return new constructor(bytes.buffer, offset, count / bytesPerElement)
  }

  #map(): Map<unknown, unknown> {
    this.#descend()
    const map = this.#keep(new Map<unknown, unknown>())
    const count = this.count()
    if (count % 2 !== 0) throw refuse('a Map has a key without a value')
    for (let n = 0; n < count; n += 2) map.set(this.#content(), this.#content())
    this.#depthLeft++
    return map
  }

  #set(): Set<unknown> {
    this.#descend()
    const set = this.#keep(new Set<unknown>())
    const count = this.count()
    for (let n = 0; n < count; n++) set.add(this.#content())
    this.#depthLeft++
    return set
  }

  #regExp(): RegExp {
    if (this.count() !== 2) throw refuse('a RegExp is not two strings')
    return this.#keep(new RegExp(this.#text(), this.#text()))
  }

  #error(): Error {
    this.#descend()
    const place = this.#objects?.push(undefined) ?? 0
    if (this.count() !== 5) throw refuse('an Error is not of five parts')
    const className = this.#text()
    const name = this.#text()
    const message = this.#text()
    const stack = this.#content()
    if (stack !== null && typeof stack !== 'string')
      throw refuse('the stack of an Error is no string')
    const error = makeError(className, name, message, stack)
    if (this.#objects !== undefined) this.#objects[place - 1] = error
    const fields = this.#errorFields()
    for (let n = 0; n < fields; n++) {
      const key = this.#key()
      if (isOwnOfError(key)) throw refuse(`an Error has a field ${key}`)
      define(error, key, this.#content(), !isHiddenInError(key))
    }
    restoreClass(error)
    this.#depthLeft++
    return error
  }

  #errorFields(): number {
    const format = this.byte()
    const count =
      format >= 0x80 && format < 0x90
        ? format & 0x0f
        : format === 0xde
          ? this.u16()
          : format === 0xdf
            ? this.u32()
            : Infinity
    if (count * 2 > this.end - this.at) throw refuse('an Error does not hold the map it should')
    return count
  }

  #text(): string {
    const text = this.#value()
    if (typeof text !== 'string') throw refuse('there is no string where there should be')
    return text
  }

  #boxed(): unknown {
    this.#descend()
    const place = this.#objects?.push(undefined) ?? 0
    const primitive = this.#value()
    if (!boxedTypes.has(typeof primitive))
      throw refuse('there is nothing that has an object of its own')
    const boxed: unknown = Object(primitive)
    if (this.#objects !== undefined) this.#objects[place - 1] = boxed
    this.#depthLeft++
    return boxed
  }

  #referencing(): unknown {
    if (this.#objects !== undefined) throw refuse('references lie in one another')
    this.#objects = []
    const value = this.#content()
    this.#objects = undefined
    return value
  }

  #reference(count: number): unknown {
    if (count !== 4) throw refuse(`a reference has ${count} bytes`)
    const object = this.#objects?.[this.u32()]
    if (object === undefined) throw refuse('a reference to an object that has not begun')
    return object
  }

  #actorRef(count: number): unknown {
    const context = this.#context
    if (context.fromRef === undefined) throw refuse('an actor ref where there are none')
    const at = this.advance(count)
    const ref: unknown = context.fromRef(this.bytes.subarray(at, at + count))
    return ref
  }

  #descend(): void {
    if (--this.#depthLeft < 0) throw refuse('the value is too deep')
  }
}

const boxedTypes = new Set(['number', 'string', 'boolean', 'bigint'])

/** Fewer bytes are copied in a loop: `slice` takes some 50 ns before the first byte. */
const COPIED_BY_LOOP = 16

function copyOut(bytes: Buffer, at: number, count: number): Buffer {
  // Of a Buffer a Buffer, with memory of its own.
  if (count > COPIED_BY_LOOP)
    return Uint8Array.prototype.slice.call(bytes, at, at + count) as Buffer
  const copy = Buffer.allocUnsafe(count)
  for (let n = 0; n < count; n++) copy[n] = bytes[at + n]!
  return copy
}

/** All of the memory that was read from last, where it is not much: many small values lie in it. */
let whole: Uint8Array = new Uint8Array(0)
const MOST_KEPT_BYTES = 256 * 1024

/** Memory of its own, as views of several bytes want: aligned, and as long as they are. */
function copyAlone(bytes: Buffer, at: number, count: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = bytes
  if (count > COPIED_BY_LOOP && buffer.byteLength <= MOST_KEPT_BYTES) {
    if (whole.buffer !== buffer) whole = new Uint8Array(buffer)
    return whole.slice(byteOffset + at, byteOffset + at + count)
  }
  const copy = new Uint8Array(count)
  if (count <= COPIED_BY_LOOP) for (let n = 0; n < count; n++) copy[n] = bytes[at + n]!
  else bytes.copy(copy, 0, at, at + count)
  return copy
}
