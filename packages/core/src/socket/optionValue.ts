import { SocketError } from '../errors.ts'
import type { OptionAccessor, OptionDefinition, OptionType } from './optionDefinition.ts'
import { decodeZ85, encodeZ85 } from './z85.ts'

const roundingWarning =
  'Value is larger than Number.MAX_SAFE_INTEGER and may have been rounded inaccurately.'

/**
 * Turns what a user gave into what is kept.
 *
 * @throws {TypeError} it is of another type
 * @throws {SocketError} `EINVAL`: out of range
 */
export function encodeOptionValue(definition: OptionDefinition, value: unknown): unknown {
  switch (definition.type) {
    case 'bool':
      return checkBoolean(value)
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      return encodeInteger(definition, value)
    case 'string':
      return encodeBytes(definition, value)?.toString() ?? null
    case 'bytes':
      return encodeBytes(definition, value)
    case 'key':
      return encodeKey(definition, value)
  }
}

/** Turns what is kept into what a user reads. */
export function decodeOptionValue(type: OptionType, kept: unknown): unknown {
  if (!(kept instanceof Uint8Array)) return kept
  return type === 'key' ? encodeZ85(kept) : Buffer.from(kept).toString()
}

/**
 * Turns a value given by one of the accessors (`setInt32Option` and the like) into one of the
 * option's own type, as libzmq takes a boolean for an int that is 0 or 1.
 *
 * @throws {TypeError} it is not of the accessor's type
 * @throws {SocketError} `EINVAL`: the accessor is of another size than the option
 */
export function fromAccessor(type: OptionType, accessor: OptionAccessor, value: unknown): unknown {
  if (accessor === 'string') {
    checkText(value)
  } else if (accessor === 'bool') {
    checkBoolean(value)
  } else {
    checkNumber(value)
  }
  if (familyOf(type) !== familyOf(accessor)) throw new SocketError('EINVAL')
  if (type === 'bool') {
    if (typeof value === 'boolean') return value
    if (value === 0 || value === 1) return value === 1
    throw new SocketError('EINVAL')
  }
  return typeof value === 'boolean' ? Number(value) : value
}

/**
 * Turns an option's value into one of the accessor's type.
 *
 * @throws {SocketError} `EINVAL`: the accessor is of another size than the option
 */
export function toAccessor(type: OptionType, accessor: OptionAccessor, value: unknown): unknown {
  if (familyOf(type) !== familyOf(accessor)) throw new SocketError('EINVAL')
  if (accessor === 'bool') return Boolean(value)
  return typeof value === 'boolean' ? Number(value) : value
}

/** What can stand for each other by number: what has the same size in C. */
function familyOf(type: OptionType): 'int' | 'long' | 'text' {
  switch (type) {
    case 'bool':
    case 'int32':
    case 'uint32':
      return 'int'
    case 'int64':
    case 'uint64':
      return 'long'
    case 'string':
    case 'bytes':
    case 'key':
      return 'text'
  }
}

/** @throws {TypeError} the value is no boolean */
function checkBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError('Option value must be a boolean')
  return value
}

/** @throws {TypeError} the value is no number */
function checkNumber(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('Option value must be a number')
  return value
}

function checkText(value: unknown): string | ArrayBufferView | null {
  if (value === null || typeof value === 'string' || ArrayBuffer.isView(value)) return value
  throw new TypeError('Option value must be a string or buffer')
}

function encodeInteger(definition: OptionDefinition, value: unknown): number {
  // Adding zero turns -0 into 0.
  const integer = Math.trunc(checkNumber(value)) + 0
  // Written so that NaN fails too.
  if (!(integer >= definition.minimum && integer <= definition.maximum)) {
    throw new SocketError('EINVAL')
  }
  if (definition.type === 'uint64' && integer > Number.MAX_SAFE_INTEGER) {
    process.emitWarning(roundingWarning)
  }
  return integer
}

/** A copy, or null for none: callers may write to their buffer afterwards. */
function encodeBytes(definition: OptionDefinition, value: unknown): Buffer | null {
  const text = checkText(value)
  if (text === null) {
    if (definition.nullable) return null
    throw new SocketError('EINVAL')
  }
  const copy = copyBytes(text)
  if (copy.length < definition.minimum || copy.length > definition.maximum) {
    throw new SocketError('EINVAL')
  }
  return copy.length === 0 ? null : copy
}

function encodeKey(definition: OptionDefinition, value: unknown): Buffer {
  const bytes = encodeBytes(definition, value)
  const key = bytes?.length === 32 ? bytes : decodeZ85(bytes?.toString() ?? '')
  if (key?.length !== 32) throw new SocketError('EINVAL')
  return key
}

function copyBytes(text: string | ArrayBufferView): Buffer {
  if (typeof text === 'string') return Buffer.from(text)
  return Buffer.from(new Uint8Array(text.buffer, text.byteOffset, text.byteLength))
}
