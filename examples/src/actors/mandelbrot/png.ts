import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflate } from 'node:zlib'

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** 8 bits for each of red, green and blue; compressed, filtered and laid out in the only or plainest way. */
const format = [8, 2, 0, 0, 0]

/** Each row begins with how it is filtered: not at all. */
const unfiltered = Buffer.from([0])

/**
 * Writes a picture as PNG, row by row as they come.
 *
 * @param rows from top to bottom, each with red, green and blue of its points
 * @see RFC 2083
 */
export async function writePng(
  file: string,
  width: number,
  height: number,
  rows: AsyncIterable<Uint8Array>,
): Promise<void> {
  await pipeline(Readable.from(encode(width, height, rows)), createWriteStream(file))
}

async function* encode(
  width: number,
  height: number,
  rows: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set(format, 8)

  yield signature
  yield chunk('IHDR', header)
  const compressed = Readable.from(filter(rows)).compose(createDeflate())
  for await (const data of compressed) yield chunk('IDAT', data as Buffer)
  yield chunk('IEND', Buffer.alloc(0))
}

async function* filter(rows: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const row of rows) yield Buffer.concat([unfiltered, row])
}

/** A piece of the file: its length, its name, what it holds and a checksum. */
function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const whole = Buffer.alloc(4 + named.length + 4)
  whole.writeUInt32BE(data.length, 0)
  whole.set(named, 4)
  whole.writeUInt32BE(crc32(named), 4 + named.length)
  return whole
}
