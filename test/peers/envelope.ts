import type { Writable } from 'node:stream'
import { ByteReader } from '../support/byteReader.ts'
import type { Library, Message } from './library.ts'

/**
 * What a process is told to do with its socket, and what it answers:
 *
 *      0        4          4 + size
 *      +--------+----------+--------+-----+
 *      | size   | head     | frame  | …   |
 *      +--------+----------+--------+-----+
 *
 * `size` is big-endian; the head is JSON, and its `lengths` are those of the frames.
 */
export interface Envelope<Head> {
  readonly head: Head
  readonly frames: Message
}

/** One call: of a method of the socket, or of what is there beside it. */
export type Call =
  | { readonly call: 'admit' | 'version' | 'send' | 'receive' | 'close'; readonly arguments: [] }
  | { readonly call: 'open'; readonly arguments: Parameters<Library['open']> }
  | {
      readonly call: 'bind' | 'connect' | 'subscribe' | 'unsubscribe'
      readonly arguments: readonly string[]
    }

/** What came of it. Calls are answered in their order. */
export type Answer = { readonly result?: unknown } | { readonly error: string }

const SIZE_BYTES = 4

export function writeEnvelope<Head extends object>(
  output: Writable,
  { head, frames }: Envelope<Head>,
): void {
  const lengths = frames.map((frame) => frame.length)
  const json = Buffer.from(JSON.stringify({ ...head, lengths }))
  const size = Buffer.alloc(SIZE_BYTES)
  size.writeUInt32BE(json.length)
  output.cork()
  for (const part of [size, json, ...frames]) output.write(part)
  output.uncork()
}

/** One envelope after the other, until the stream ends. */
export async function* readEnvelopes<Head extends object>(
  input: AsyncIterable<Buffer>,
): AsyncGenerator<Envelope<Head>, undefined> {
  const bytes = new ByteReader(input)
  for (;;) {
    const size = await bytes.take(SIZE_BYTES)
    if (size === undefined) return
    const json = await need(bytes, size.readUInt32BE())
    const head = JSON.parse(String(json)) as Head & { lengths: number[] }
    const frames: Buffer[] = []
    for (const length of head.lengths) frames.push(await need(bytes, length))
    yield { head, frames }
  }
}

async function need(bytes: ByteReader, count: number): Promise<Buffer> {
  const taken = await bytes.take(count)
  if (taken === undefined) throw new Error('the stream has ended within an envelope')
  return taken
}
