import { Buffer } from 'node:buffer'
import { types } from 'node:util'
import type { ByteWriter } from './byteWriter.ts'
import { describeObject, isBuiltIn, isPlainPrototype } from './kinds.ts'
import { describeError } from './errorFields.ts'
import { MetObjects } from './metObjects.ts'
import { asRefusal, keyStep, Refusal } from './refusal.ts'
import { defaultMaxBytes, defaultMaxDepth, type ValueContext } from './valueContext.ts'
import { arrayBufferCode, binaryCodes, extension, MAX_HOLES, uint8ArrayCode } from './wireFormat.ts'

/** Thrown, and caught by the writer, where an object occurs twice: the value is written again. */
const repetition = new Error('an object occurs more than once')

/** Shorter strings are written character by character, if they are ASCII. */
const SHORT_STRING = 40
const TWO_TO_32 = 0x1_0000_0000
const lowestInt64 = -(2n ** 63n)
const highestUint64 = 2n ** 64n - 1n
const highestInt64 = 2n ** 63n - 1n
const loneSurrogate = /\p{Surrogate}/u
const noContext: ValueContext = {}
const uint8ArrayPrototype = Uint8Array.prototype
/** Asked of the global scope, it takes as long as all the rest. */
const bufferPrototype = Buffer.prototype

/**
 * Writes one value after another, each in one pass, or two where an object occurs more than once in it.
 *
 * The numbers of msgpack's formats are those of its specification.
 */
export class ValueWriter {
  #out!: ByteWriter
  #context = noContext
  #begin = 0
  #maxBytes = defaultMaxBytes
  #depthLeft = 0
  #holes = 0
  isBusy = false

  readonly #met = new MetObjects()
  /** In the second pass: every object, and its place in the order in which they began. */
  #places: Map<object, number> | undefined
  #looksForRepetition = true

  write(out: ByteWriter, value: unknown, context: ValueContext = noContext): void {
    this.isBusy = true
    this.#out = out
    this.#begin = out.length
    this.#context = context
    this.#maxBytes = context.maxBytes ?? defaultMaxBytes
    this.#looksForRepetition = context.references !== false
    try {
      this.#start()
      this.#value(value)
      this.#checkSize(0)
    } catch (error) {
      out.truncate(this.#begin)
      if (error !== repetition) throw asRefusal(error).toValueError(context.name ?? 'value')
      this.#writeReferencing(value)
    } finally {
      this.#met.clear()
      this.#places = undefined
      this.#context = noContext
      this.isBusy = false
    }
  }

  #start(): void {
    this.#depthLeft = this.#context.maxDepth ?? defaultMaxDepth
    this.#holes = 0
  }

  #writeReferencing(value: unknown): void {
    this.#places = new Map()
    try {
      this.#start()
      const end = this.#beginExtension(extension.referencing)
      this.#value(value)
      this.#endExtension(end)
      this.#checkSize(0)
    } catch (error) {
      this.#out.truncate(this.#begin)
      throw asRefusal(error).toValueError(this.#context.name ?? 'value')
    }
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#string(value)
      case 'number':
        return this.#number(value)
      case 'object':
        return value === null ? this.#byte(0xc0) : this.#object(value)
      case 'boolean':
        return this.#byte(value ? 0xc3 : 0xc2)
      case 'undefined':
        return this.#extension(extension.undefined, 1, 0)
      case 'bigint':
        return this.#bigInt(value)
      case 'function':
        throw new Refusal('EVALUE', /^class\b/.test(String(value)) ? 'is a class' : 'is a function')
      default:
        throw new Refusal('EVALUE', 'is a symbol')
    }
  }

  #object(value: object): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) {
      if (!this.#isRepeated(value)) this.#plainObject(value as Record<string, unknown>)
    } else if (prototype === Array.prototype && Array.isArray(value)) {
      if (!this.#isRepeated(value)) this.#array(value)
    } else if (prototype === uint8ArrayPrototype) {
      if (!this.#isRepeated(value)) this.#binary(uint8ArrayCode, value as Uint8Array)
    } else if (prototype === bufferPrototype) {
      if (!this.#isRepeated(value)) this.#bin(value as Buffer)
    } else {
      this.#rareObject(value)
    }
  }

  #plainObject(object: Record<string, unknown>): void {
    this.#descend()
    const keys = Object.keys(object)
    const count = keys.length
    this.#collection(count, 0x80, 0xde)
    let n = 0
    try {
      for (; n < count; n++) {
        const key = keys[n]!
        this.#string(key)
        this.#value(object[key])
      }
    } catch (error) {
      throw error === repetition ? error : asRefusal(error).within(keyStep(keys[n]!))
    }
    this.#depthLeft++
  }

  #array(array: readonly unknown[]): void {
    this.#descend()
    const count = array.length
    this.#collection(count, 0x90, 0xdc)
    let n = 0
    try {
      for (; n < count; n++) {
        const value = array[n]
        if (value === undefined && !Object.hasOwn(array, n)) this.#hole()
        else this.#value(value)
      }
    } catch (error) {
      throw error === repetition ? error : asRefusal(error).within(`[${n}]`)
    }
    this.#depthLeft++
  }

  /** Holes take time and bytes, and an array may have 2 ** 32 of them. */
  #hole(): void {
    if (++this.#holes > MAX_HOLES) {
      throw new Refusal('EVALUE', `is one hole more than the ${MAX_HOLES} that a value may have`)
    }
    this.#extension(extension.hole, 1, 0)
  }

  /** Whatever is no plain object, no array and no bytes, or of another realm. */
  #rareObject(value: object): void {
    const ref = this.#context.toRef?.(value)
    if (ref !== undefined) {
      this.#extensionHeader(extension.actorRef, ref.length)
      this.#append(ref)
      return
    }
    if (this.#isRepeated(value)) return
    if (types.isNativeError(value) || value instanceof Error) this.#error(value)
    else if (isPlainPrototype(value)) this.#plainObject(value as Record<string, unknown>)
    else if (!isBuiltIn(value)) throw new Refusal('EVALUE', describeObject(value))
    else if (Array.isArray(value)) this.#array(value)
    else if (ArrayBuffer.isView(value)) this.#view(value)
    else if (types.isMap(value)) this.#map(value)
    else if (types.isSet(value)) this.#set(value)
    else if (types.isDate(value)) this.#date(value.getTime())
    else if (types.isRegExp(value)) this.#regExp(value)
    else if (types.isArrayBuffer(value)) this.#binary(arrayBufferCode, new Uint8Array(value))
    else if (types.isBoxedPrimitive(value)) this.#boxed(value)
    else throw new Refusal('EVALUE', describeObject(value))
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#descend()
    const end = this.#beginExtension(extension.map)
    const count = map.size
    this.#collection(count * 2, 0x90, 0xdc)
    let n = 0
    let part = 'key'
    try {
      for (const [key, value] of Map.prototype.entries.call(map) as MapIterator<
        [unknown, unknown]
      >) {
        part = 'key'
        this.#value(key)
        part = 'value'
        this.#value(value)
        n++
      }
    } catch (error) {
      throw error === repetition ? error : asRefusal(error).within(`<${part} ${n}>`)
    }
    if (n !== count) throw new Refusal('EVALUE', 'changed while it was written')
    this.#endExtension(end)
    this.#depthLeft++
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#descend()
    const end = this.#beginExtension(extension.set)
    const count = set.size
    this.#collection(count, 0x90, 0xdc)
    let n = 0
    try {
      for (const element of Set.prototype.values.call(set) as SetIterator<unknown>) {
        this.#value(element)
        n++
      }
    } catch (error) {
      throw error === repetition ? error : asRefusal(error).within(`<element ${n}>`)
    }
    if (n !== count) throw new Refusal('EVALUE', 'changed while it was written')
    this.#endExtension(end)
    this.#depthLeft++
  }

  #regExp(value: RegExp): void {
    const end = this.#beginExtension(extension.regExp)
    this.#byte(0x92)
    this.#string(value.source)
    this.#string(value.flags)
    this.#endExtension(end)
  }

  #boxed(value: object): void {
    const end = this.#beginExtension(extension.boxed)
    this.#value(unbox(value))
    this.#endExtension(end)
  }

  /** An array: class, name, message, stack or nil, and a map of the other fields. */
  #error(error: Error): void {
    this.#descend()
    const { className, name, message, stack, keys } = describeError(error)
    const end = this.#beginExtension(extension.error)
    this.#byte(0x95)
    this.#string(className)
    this.#string(name)
    this.#string(message)
    this.#value(stack)
    const counted = this.#out.length
    this.#byte(0xdf)
    this.#u32(0)
    let count = 0
    for (const key of keys) if (this.#fieldIfItCanBe(error, key)) count++
    this.#out.setU32(count, counted + 1)
    this.#endExtension(end)
    this.#depthLeft++
  }

  /** False, and nothing written, where the field cannot be read or is none that a message carries. */
  #fieldIfItCanBe(error: Error, key: string): boolean {
    const { length } = this.#out
    const depthLeft = this.#depthLeft
    const holes = this.#holes
    const places = this.#places?.size
    try {
      this.#string(key)
      this.#value(error[key as keyof Error])
      return true
    } catch (thrown) {
      if (thrown === repetition) throw thrown
      const refusal = asRefusal(thrown)
      if (refusal.code !== 'EVALUE') throw refusal
      this.#out.truncate(length)
      this.#depthLeft = depthLeft
      this.#holes = holes
      if (places !== undefined) this.#forgetPlacesFrom(places)
      return false
    }
  }

  #forgetPlacesFrom(count: number): void {
    const places = this.#places!
    for (const [object, place] of places) if (place >= count) places.delete(object)
  }

  /** True where the object was met before: a reference is written, or the value again from the start. */
  #isRepeated(object: object): boolean {
    if (this.#places !== undefined) return this.#isReferred(object, this.#places)
    if (this.#looksForRepetition && this.#met.meets(object)) throw repetition
    return false
  }

  #isReferred(object: object, places: Map<object, number>): boolean {
    const place = places.get(object)
    if (place === undefined) {
      places.set(object, places.size)
      return false
    }
    this.#extensionHeader(extension.reference, 4)
    this.#u32(place)
    return true
  }

  #descend(): void {
    if (--this.#depthLeft < 0) {
      const limit = this.#context.maxDepth ?? defaultMaxDepth
      throw new Refusal('EVALUE', `lies more than ${limit} levels deep, or within itself`)
    }
  }

  #number(value: number): void {
    this.#room(9)
    const out = this.#out
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
      bytes.writeDoubleBE(value, at + 1)
      at += 9
    }
    out.length = at
  }

  /** As an integer of msgpack where a number could not be meant, otherwise as an extension. */
  #bigInt(value: bigint): void {
    const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    if (isSafe || value < lowestInt64 || value > highestUint64) {
      const bytes = toTwosComplement(value)
      this.#extensionHeader(extension.bigInt, bytes.length)
      this.#append(bytes)
      return
    }
    this.#room(9)
    const out = this.#out
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

  #string(value: string): void {
    const count = value.length
    if (count >= SHORT_STRING) return this.#longString(value)
    this.#room(count + 2)
    const out = this.#out
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
      if (unit >= 0x80) return this.#longString(value)
      bytes[at++] = unit
    }
    out.length = at
  }

  #longString(value: string): void {
    const count = Buffer.byteLength(value)
    if (count !== value.length && loneSurrogate.test(value)) return this.#utf16(value)
    this.#room(count + 5)
    const out = this.#out
    if (count < 0x20) this.#byte(0xa0 | count)
    else if (count < 0x100) this.#bytes2(0xd9, count)
    else this.#sized(0xda, count)
    out.bytes.write(value, out.length, count, 'utf8')
    out.length += count
  }

  #utf16(value: string): void {
    const count = value.length * 2
    this.#extensionHeader(extension.utf16, count)
    this.#room(count)
    this.#out.bytes.write(value, this.#out.length, count, 'utf16le')
    this.#out.length += count
  }

  #bin(bytes: Buffer): void {
    const count = bytes.length
    this.#room(5)
    if (count < 0x100) this.#bytes2(0xc4, count)
    else this.#sized(0xc5, count)
    this.#append(bytes)
  }

  /** Any but a Uint8Array. */
  #view(view: ArrayBufferView): void {
    const code = binaryCodes.get(types.isDataView(view) ? 'DataView' : typedArrayName(view))
    if (code === undefined) throw new Refusal('EVALUE', describeObject(view))
    this.#binary(code, new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
  }

  #binary(code: number, bytes: Uint8Array): void {
    // Where another format is shorter, by a byte, it would be another for each of few lengths.
    const count = bytes.length + 1
    this.#room(6)
    if (count < 0x100) this.#bytes2(0xc7, count)
    else this.#sized(0xc8, count)
    this.#byte(extension.binary)
    this.#byte(code)
    this.#append(bytes)
  }

  #date(milliseconds: number): void {
    if (Number.isNaN(milliseconds)) return this.#extension(extension.invalidDate, 1, 0)
    const seconds = Math.floor(milliseconds / 1000)
    const nanoseconds = (milliseconds - seconds * 1000) * 1e6
    if (seconds >= 0 && seconds < 2 ** 34) {
      if (nanoseconds === 0 && seconds < TWO_TO_32) {
        return this.#extension(extension.timestamp, 4, seconds)
      }
      this.#extensionHeader(extension.timestamp, 8)
      this.#u32(nanoseconds * 4 + Math.floor(seconds / TWO_TO_32))
      this.#u32(seconds >>> 0)
      return
    }
    this.#extensionHeader(extension.timestamp, 12)
    this.#u32(nanoseconds)
    this.#u32(Math.floor(seconds / TWO_TO_32))
    this.#u32(seconds >>> 0)
  }

  /** An extension of 1 or 4 bytes, which are this number. */
  #extension(type: number, count: 1 | 4, content: number): void {
    this.#extensionHeader(type, count)
    if (count === 1) this.#byte(content)
    else this.#u32(content)
  }

  #extensionHeader(type: number, count: number): void {
    this.#room(6)
    if (count === 1) this.#byte(0xd4)
    else if (count === 2) this.#byte(0xd5)
    else if (count === 4) this.#byte(0xd6)
    else if (count === 8) this.#byte(0xd7)
    else if (count === 16) this.#byte(0xd8)
    else if (count < 0x100) this.#bytes2(0xc7, count)
    else this.#sized(0xc8, count)
    this.#byte(type)
  }

  /** An extension whose size is known in the end only; gives what `#endExtension` wants. */
  #beginExtension(type: number): number {
    this.#room(6)
    this.#byte(0xc9)
    this.#u32(0)
    this.#byte(type)
    return this.#out.length
  }

  #endExtension(begin: number): void {
    this.#out.setU32(this.#out.length - begin, begin - 5)
  }

  /** The header of an array or a map: `few` with up to 15, `many` and the format after it with more. */
  #collection(count: number, few: number, many: number): void {
    this.#room(5)
    if (count < 0x10) this.#byte(few | count)
    else this.#sized(many, count)
  }

  /** The format with two bytes for the size, or the one after it, with four. */
  #sized(format: number, count: number): void {
    if (count < 0x1_0000) {
      this.#bytes2(format, count >>> 8)
      this.#byte(count)
    } else {
      this.#byte(format + 1)
      this.#u32(count)
    }
  }

  #byte(value: number): void {
    this.#room(1)
    const out = this.#out
    out.bytes[out.length++] = value
  }

  #bytes2(first: number, second: number): void {
    this.#room(2)
    const out = this.#out
    out.bytes[out.length++] = first
    out.bytes[out.length++] = second
  }

  #u32(value: number): void {
    this.#room(4)
    const out = this.#out
    out.setU32(value, out.length)
    out.length += 4
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#out.append(bytes)
  }

  /** Makes room, if there is none; what is over the limit anyway gets none. */
  #room(count: number): void {
    const out = this.#out
    if (out.length + count <= out.bytes.length) return
    this.#checkSize(0)
    if (count > 9) this.#checkSize(count - 9)
    out.reserve(count)
  }

  #checkSize(more: number): void {
    if (this.#out.length - this.#begin + more > this.#maxBytes) {
      throw new Refusal('EMSGSIZE', `takes more than ${this.#maxBytes} bytes`)
    }
  }
}

/** Without asking `valueOf`, which the object may have of its own. */
function unbox(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value)
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value)
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value)
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value)
  return Symbol.prototype.valueOf.call(value)
}

function typedArrayName(view: ArrayBufferView): string {
  return String((view as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag])
}

/** As few bytes as hold the number and its sign, big-endian. */
function toTwosComplement(value: bigint): Buffer {
  const digits = (value < 0n ? ~value : value).toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  const bytes = Buffer.from(even >= '8' ? `00${even}` : even, 'hex')
  if (value < 0n) for (let n = 0; n < bytes.length; n++) bytes[n] = ~bytes[n]!
  return bytes
}
