import type { Writable } from 'node:stream'
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
  const bytes = new Bytes(input)
  for (;;) {
    const size = await bytes.take(SIZE_BYTES)
    if (size === undefined) return
    const json = await bytes.require(size.readUInt32BE())
    const head = JSON.parse(String(json)) as Head & { lengths: number[] }
    const frames: Buffer[] = []
    for (const length of head.lengths) frames.push(await bytes.require(length))
    yield { head, frames }
  }
}

/** The bytes of a stream, as many at a time as are asked for. */
class Bytes {
  readonly #input: AsyncIterator<Buffer>
  #chunks: Buffer[] = []
  #length = 0

  constructor(input: AsyncIterable<Buffer>) {
    this.#input = input[Symbol.asyncIterator]()
  }

  /** Undefined when the stream has ended. */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.#length < count) {
      const { done, value } = await this.#input.next()
      if (done === true) return undefined
      this.#chunks.push(value)
      this.#length += value.length
    }
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all.subarray(count)]
    this.#length -= count
    return all.subarray(0, count)
  }

  async require(count: number): Promise<Buffer> {
    const taken = await this.take(count)
    if (taken === undefined) throw new Error('the stream has ended within an envelope')
    return taken
  }
}
