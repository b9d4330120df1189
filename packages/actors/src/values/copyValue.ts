import { Buffer } from 'node:buffer'
import { types } from 'node:util'
import { ByteWriter } from './byteWriter.ts'
import { define } from './define.ts'
import { isPrototypeTouched } from './kinds.ts'
import { MetObjects } from './metObjects.ts'
import { defaultMaxDepth, type ValueContext } from './valueContext.ts'
import { readValue, writeValue } from './values.ts'

/** Stands for a copy that is made by writing and reading. */
const uncommon = Symbol('uncommon')
const bufferPrototype = Buffer.prototype

/** Whether the value cannot be changed, so that within a thread no copy is needed. */
export function isImmutable(value: unknown): boolean {
  if (value === null) return true
  const type = typeof value
  return type !== 'object' && type !== 'function' && type !== 'symbol'
}

/**
 * The value as it would arrive elsewhere, sharing nothing with it. Plain objects, arrays, dates and bytes
 * are copied directly, and for them `maxBytes` does not count; all else is written and read.
 *
 * @throws {ValueError} what `writeValue` and `readValue` throw
 */
export function copyValue(value: unknown, context?: ValueContext): unknown {
  if (isImmutable(value)) return value
  const copy = copyDirectly(value, context)
  return copy === uncommon ? copyByBytes(value, context) : copy
}

/**
 * The arguments of a call, as an actor of the same thread has them. The array, which is the call's own, is
 * handed on where it holds nothing that could be changed.
 *
 * @throws {ValueError} as `copyValue`
 */
export function copyArguments(args: unknown[], context?: ValueContext): unknown[] {
  for (let n = 0; n < args.length; n++)
    if (!isImmutable(args[n])) return copyValue(args, context) as unknown[]
  return args
}

/** The same, always written and read: so that what differs from a copy made directly shows. */
export function copyByBytes(value: unknown, context?: ValueContext): unknown {
  // A getter may copy a value while another is being copied.
  const writer = spareWriter ?? new ByteWriter()
  spareWriter = undefined
  try {
    writeValue(writer, value, context)
    const bytes = writer.take()
    return readValue(bytes, 0, bytes.length, context)
  } finally {
    spareWriter = writer
  }
}

let spareWriter: ByteWriter | undefined

function copyDirectly(value: unknown, context?: ValueContext): unknown {
  const free = copier.isBusy ? new ValueCopier() : copier
  try {
    return free.copy(value, context)
  } catch {
    // A getter or a proxy throws: writing asks it again, and says where it is.
    return uncommon
  }
}

class ValueCopier {
  isBusy = false
  #depthLeft = 0
  #context: ValueContext | undefined
  readonly #met = new MetObjects()

  copy(value: unknown, context?: ValueContext): unknown {
    this.isBusy = true
    this.#context = context
    this.#depthLeft = context?.maxDepth ?? defaultMaxDepth
    try {
      return this.#value(value)
    } finally {
      this.#met.clear()
      this.#context = undefined
      this.isBusy = false
    }
  }

  #value(value: unknown): unknown {
    if (isImmutable(value)) return value
    return typeof value === 'object' ? this.#object(value!) : uncommon
  }

  #object(value: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) return this.#plainObject(value as Record<string, unknown>)
    if (prototype === Array.prototype && Array.isArray(value)) return this.#array(value)
    if (prototype === bufferPrototype && types.isUint8Array(value)) {
      return this.#isRepeated(value) ? uncommon : Buffer.from(value)
    }
    if (prototype === Uint8Array.prototype && types.isUint8Array(value)) {
      return this.#isRepeated(value) ? uncommon : new Uint8Array(value)
    }
    if (prototype === Date.prototype && types.isDate(value)) {
      return this.#isRepeated(value) ? uncommon : new Date(value.getTime())
    }
    const bytes = this.#context?.toRef?.(value)
    if (bytes === undefined || this.#context?.fromRef === undefined) return uncommon
    return this.#context.fromRef(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))
  }

  #plainObject(object: Record<string, unknown>): unknown {
    if (this.#isRepeated(object) || --this.#depthLeft < 0) return uncommon
    if (isPrototypeTouched()) return uncommon
    const copy: Record<string, unknown> = {}
    // Without a list of keys, which takes as long as all the rest.
    for (const key in object) {
      const value = this.#value(object[key])
      if (value === uncommon) return uncommon
      if (key === '__proto__') define(copy, key, value, true)
      else copy[key] = value
    }
    this.#depthLeft++
    return copy
  }

  #array(array: readonly unknown[]): unknown {
    if (this.#isRepeated(array) || --this.#depthLeft < 0) return uncommon
    const copy: unknown[] = []
    const count = array.length
    for (let n = 0; n < count; n++) {
      const element = array[n]
      if (element === undefined && !Object.hasOwn(array, n)) return uncommon
      const value = this.#value(element)
      if (value === uncommon) return uncommon
      copy.push(value)
    }
    this.#depthLeft++
    return copy
  }

  /** Such objects are to be one in the copy, too. */
  #isRepeated(object: object): boolean {
    return this.#context?.references !== false && this.#met.meets(object)
  }
}

const copier = new ValueCopier()
