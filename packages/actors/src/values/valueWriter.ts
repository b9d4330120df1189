import { Buffer } from 'node:buffer'
import { types } from 'node:util'
import type { ByteWriter } from './byteWriter.ts'
import { describeObject, isBuiltIn, isPlainPrototype, isPrototypeTouched } from './kinds.ts'
import { describeError } from './errorFields.ts'
import { MsgpackWriter } from './msgpackWriter.ts'
import { MetObjects } from './metObjects.ts'
import { asRefusal, keyStep, Refusal } from './refusal.ts'
import { defaultMaxBytes, defaultMaxDepth, type ValueContext } from './valueContext.ts'
import { arrayBufferCode, binaryCodes, extension, MAX_HOLES, uint8ArrayCode } from './wireFormat.ts'

/** Thrown, and caught by the writer, where an object occurs twice: the value is written again. */
const repetition = new Error('an object occurs more than once')

const noContext: ValueContext = {}
const uint8ArrayPrototype = Uint8Array.prototype
/** Asked of the global scope, it takes as long as all the rest. */
const bufferPrototype = Buffer.prototype

/**
 * Writes one value after another, each in one pass, or two where an object occurs more than once in it.
 */
export class ValueWriter extends MsgpackWriter {
  #context = noContext
  #depthLeft = 0
  #holes = 0
  isBusy = false

  readonly #met = new MetObjects()
  /** In the second pass: every object, and its place in the order in which they began. */
  #places: Map<object, number> | undefined
  #looksForRepetition = true

  /** @param isFresh whether it is an array that nothing in it can refer to, as arguments are */
  write(out: ByteWriter, value: unknown, context: ValueContext = noContext, isFresh = false): void {
    this.isBusy = true
    this.out = out
    this.begin = out.length
    this.#context = context
    this.maxBytes = context.maxBytes ?? defaultMaxBytes
    this.#looksForRepetition = context.references !== false
    try {
      this.#start()
      if (isFresh) this.#array(value as unknown[])
      else this.#value(value)
      this.checkSize(0)
    } catch (error) {
      out.truncate(this.begin)
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
      const end = this.beginExtension(extension.referencing)
      this.#value(value)
      this.endExtension(end)
      this.checkSize(0)
    } catch (error) {
      this.out.truncate(this.begin)
      throw asRefusal(error).toValueError(this.#context.name ?? 'value')
    }
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.string(value)
      case 'number':
        return this.number(value)
      case 'object':
        return value === null ? this.byte(0xc0) : this.#object(value)
      case 'boolean':
        return this.byte(value ? 0xc3 : 0xc2)
      case 'undefined':
        return this.extension(extension.undefined, 1, 0)
      case 'bigint':
        return this.bigInt(value)
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
      if (!this.#isRepeated(value)) this.binary(uint8ArrayCode, value as Uint8Array)
    } else if (prototype === bufferPrototype) {
      if (!this.#isRepeated(value)) this.bin(value as Buffer)
    } else {
      this.#rareObject(value)
    }
  }

  /**
   * Without a list of its keys: V8 gives keys and values in the order of the object's shape. How many
   * they are is known in the end, and what was written makes room if the number takes more than a byte.
   */
  #plainObject(object: Record<string, unknown>): void {
    if (isPrototypeTouched()) {
      this.#listedObject(object)
      return
    }
    this.#descend()
    const begin = this.out.length
    this.byte(0x80)
    let count = 0
    let key: string | undefined
    try {
      for (key in object) {
        this.string(key)
        this.#value(object[key])
        count++
      }
    } catch (error) {
      if (error === repetition) throw error
      // A proxy may not even tell its keys.
      throw key === undefined ? asRefusal(error) : asRefusal(error).within(keyStep(key))
    }
    if (count < 0x10) this.out.bytes[begin] = 0x80 | count
    else this.mapHeader(begin, count)
    this.#depthLeft++
  }

  #listedObject(object: Record<string, unknown>): void {
    this.#descend()
    const keys = Object.keys(object)
    const count = keys.length
    this.collection(count, 0x80, 0xde)
    let n = 0
    try {
      for (; n < count; n++) {
        const key = keys[n]!
        this.string(key)
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
    this.collection(count, 0x90, 0xdc)
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
    this.extension(extension.hole, 1, 0)
  }

  /** Whatever is no plain object, no array and no bytes, or of another realm. */
  #rareObject(value: object): void {
    const ref = this.#context.toRef?.(value)
    if (ref !== undefined) {
      this.extensionHeader(extension.actorRef, ref.length)
      this.append(ref)
      return
    }
    if (this.#isRepeated(value)) return
    if (types.isNativeError(value) || value instanceof Error) this.#error(value)
    else if (isPlainPrototype(value)) this.#listedObject(value as Record<string, unknown>)
    else if (!isBuiltIn(value)) throw new Refusal('EVALUE', describeObject(value))
    else if (Array.isArray(value)) this.#array(value)
    else if (ArrayBuffer.isView(value)) this.#view(value)
    else if (types.isMap(value)) this.#map(value)
    else if (types.isSet(value)) this.#set(value)
    else if (types.isDate(value)) this.date(value.getTime())
    else if (types.isRegExp(value)) this.#regExp(value)
    else if (types.isArrayBuffer(value)) this.binary(arrayBufferCode, new Uint8Array(value))
    else if (types.isBoxedPrimitive(value)) this.#boxed(value)
    else throw new Refusal('EVALUE', describeObject(value))
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#descend()
    const end = this.beginExtension(extension.map)
    const count = map.size
    this.collection(count * 2, 0x90, 0xdc)
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
    this.endExtension(end)
    this.#depthLeft++
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#descend()
    const end = this.beginExtension(extension.set)
    const count = set.size
    this.collection(count, 0x90, 0xdc)
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
    this.endExtension(end)
    this.#depthLeft++
  }

  #regExp(value: RegExp): void {
    const end = this.beginExtension(extension.regExp)
    this.byte(0x92)
    this.string(value.source)
    this.string(value.flags)
    this.endExtension(end)
  }

  #boxed(value: object): void {
    const end = this.beginExtension(extension.boxed)
    this.#value(unbox(value))
    this.endExtension(end)
  }

  /** An array: class, name, message, stack or nil, and a map of the other fields. */
  #error(error: Error): void {
    this.#descend()
    const { className, name, message, stack, keys } = describeError(error)
    const end = this.beginExtension(extension.error)
    this.byte(0x95)
    this.string(className)
    this.string(name)
    this.string(message)
    this.#value(stack)
    const counted = this.out.length
    this.byte(0xdf)
    this.u32(0)
    let count = 0
    for (const key of keys) if (this.#fieldIfItCanBe(error, key)) count++
    this.out.setU32(count, counted + 1)
    this.endExtension(end)
    this.#depthLeft++
  }

  /** False, and nothing written, where the field cannot be read or is none that a message carries. */
  #fieldIfItCanBe(error: Error, key: string): boolean {
    const { length } = this.out
    const depthLeft = this.#depthLeft
    const holes = this.#holes
    const places = this.#places?.size
    try {
      this.string(key)
      this.#value(error[key as keyof Error])
      return true
    } catch (thrown) {
      if (thrown === repetition) throw thrown
      const refusal = asRefusal(thrown)
      if (refusal.code !== 'EVALUE') throw refusal
      this.out.truncate(length)
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
    this.extensionHeader(extension.reference, 4)
    this.u32(place)
    return true
  }

  #descend(): void {
    if (--this.#depthLeft < 0) {
      const limit = this.#context.maxDepth ?? defaultMaxDepth
      throw new Refusal('EVALUE', `lies more than ${limit} levels deep, or within itself`)
    }
  }

  /** Any but a Uint8Array. */
  #view(view: ArrayBufferView): void {
    const code = binaryCodes.get(types.isDataView(view) ? 'DataView' : typedArrayName(view))
    if (code === undefined) throw new Refusal('EVALUE', describeObject(view))
    this.binary(code, new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
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
