import type { ByteWriter } from './byteWriter.ts'
import type { ValueContext } from './valueContext.ts'
import { ValueReader } from './valueReader.ts'
import { ValueWriter } from './valueWriter.ts'

const writer = new ValueWriter()
const reader = new ValueReader()

/**
 * Appends one value, as msgpack with the extensions of `docs/actors/values.md`.
 *
 * Nothing of it stays in the writer where it fails.
 *
 * @throws {ValueError} `EVALUE` where it holds what no message carries, naming the place; `EMSGSIZE`
 */
export function writeValue(out: ByteWriter, value: unknown, context?: ValueContext): void {
  // A getter, or `toRef`, may write a value while another is being written.
  const free = writer.isBusy ? new ValueWriter() : writer
  free.write(out, value, context)
}

/** As `writeValue` with the array of a call's arguments, which nothing else refers to. */
export function writeArguments(out: ByteWriter, args: unknown[], context?: ValueContext): void {
  const free = writer.isBusy ? new ValueWriter() : writer
  free.write(out, args, context, true)
}

/**
 * Reads the value that is bytes[begin, end).
 *
 * Binary of more than 256 bytes may be a view of what was received, which then must not change.
 *
 * @throws {ValueError} `EBADMSG` for whatever is not one value: broken, too deep, too large
 */
export function readValue(
  bytes: Buffer,
  begin: number,
  end: number,
  context?: ValueContext,
): unknown {
  const free = reader.isBusy ? new ValueReader() : reader
  return free.read(bytes, begin, end, context)
}
