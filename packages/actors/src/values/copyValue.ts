import { ByteWriter } from './byteWriter.ts'
import type { ValueContext } from './valueContext.ts'
import { readValue, writeValue } from './values.ts'

/** Whether the value cannot be changed, so that within a thread no copy is needed. */
export function isImmutable(value: unknown): boolean {
  if (value === null) return true
  const type = typeof value
  return type !== 'object' && type !== 'function' && type !== 'symbol'
}

/**
 * The value as it would arrive elsewhere, sharing nothing with it.
 *
 * @throws {ValueError} what `writeValue` throws
 */
export function copyValue(value: unknown, context?: ValueContext): unknown {
  if (isImmutable(value)) return value
  const writer = new ByteWriter()
  writeValue(writer, value, context)
  const bytes = writer.take()
  return readValue(bytes, 0, bytes.length, context)
}
