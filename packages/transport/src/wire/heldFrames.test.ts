import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut } from '../testing/bytes.test-support.ts'
import type { HeldFrame } from './codec.ts'
import { FrameDecoder } from './frameDecoder.ts'
import { FrameEncoder } from './frameEncoder.ts'

/** Memory that is lent, and what of it is not given back. */
class Lender {
  readonly lent = new Set<HeldFrame>()
  readonly sizes: number[] = []

  readonly hold = (size: number): HeldFrame => {
    const frame: HeldFrame = {
      data: Buffer.alloc(size, 0xee),
      length: size,
      release: () => expect(this.lent.delete(frame)).toBe(true),
    }
    this.lent.add(frame)
    this.sizes.push(size)
    return frame
  }
}

function encoded(messages: readonly (readonly Uint8Array[])[]): Buffer {
  const encoder = new FrameEncoder()
  for (const message of messages) encoder.addMessage(message)
  return Buffer.concat(encoder.take())
}

function readAll(
  decoder: FrameDecoder<HeldFrame>,
  chunks: readonly Buffer[],
): (Buffer | HeldFrame)[][] {
  const messages: (Buffer | HeldFrame)[][] = []
  for (const chunk of chunks) {
    decoder.push(chunk)
    decoder.read(messages, Infinity)
    // As a stream does, whose memory is used again.
    decoder.keep()
  }
  return messages
}

const hexOf = (frame: Buffer | HeldFrame): string =>
  (Buffer.isBuffer(frame) ? frame : frame.data).toString('hex')

const hexes = (message: readonly Buffer[]): string[] => message.map(hexOf)

describe('memory for frames that are spread over chunks', () => {
  it('is filled with what arrives, whatever the chunks are', () => {
    const frame = fc.oneof(fc.nat(20), fc.nat(2000)).map((size) => Buffer.alloc(size, size))
    const message = fc.array(frame, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (messages, cuts) => {
          const lender = new Lender()
          const decoder = new FrameDecoder<HeldFrame>()
          decoder.startTraffic({ hold: lender.hold })
          const stream = encoded(messages)
          const places = cuts.map((place) => place % (stream.length + 1))
          const read = readAll(decoder, cut(stream, places))
          expect(read.map((frames) => frames.map(hexOf))).toEqual(messages.map(hexes))
          for (const part of read.flat()) if (!Buffer.isBuffer(part)) part.release()
          expect(lender.lent.size).toBe(0)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is not asked for where a frame lies in one chunk, or is a command, or would be large', () => {
    const lender = new Lender()
    const decoder = new FrameDecoder<HeldFrame>({ maxCommandSize: 100_000 })
    decoder.startTraffic({ hold: lender.hold })
    const command = new FrameEncoder()
    command.addCommand(Buffer.alloc(50_000, 1))
    const parts = [encoded([[Buffer.alloc(20_000)]]), ...cut(Buffer.concat(command.take()), [300])]
    readAll(decoder, parts)
    expect(decoder.takeCommand()?.length).toBe(50_000)
    const large = encoded([[Buffer.alloc(131_073)]])
    expect(readAll(decoder, cut(large, [1000]))[0]![0]).toBeInstanceOf(Buffer)
    expect(lender.sizes).toEqual([])
    readAll(decoder, cut(encoded([[Buffer.alloc(131_072)]]), [1000]))
    expect(lender.sizes).toEqual([131_072])
  })

  it('need not be there', () => {
    const decoder = new FrameDecoder<HeldFrame>()
    decoder.startTraffic({ hold: () => undefined })
    const body = Buffer.alloc(20_000, 7)
    const [[frame]] = readAll(decoder, cut(encoded([[body]]), [5000])) as [[Buffer]]
    expect(frame.equals(body)).toBe(true)
  })

  it('is given back when the connection ends in the middle of a frame, or of a message', () => {
    const lender = new Lender()
    const decoder = new FrameDecoder<HeldFrame>()
    decoder.startTraffic({ hold: lender.hold })
    const stream = encoded([[Buffer.alloc(20_000), Buffer.alloc(20_000)]])
    expect(readAll(decoder, cut(stream, [100, 30_000]).slice(0, 2))).toEqual([])
    expect(lender.lent.size).toBe(2)
    decoder.close()
    expect(lender.lent.size).toBe(0)
    decoder.close()
  })

  it('is no more than a mebibyte for one message, and begins anew with the next', () => {
    const lender = new Lender()
    const decoder = new FrameDecoder<HeldFrame>()
    decoder.startTraffic({ hold: lender.hold })
    const stream = encoded([Array.from({ length: 20 }, () => Buffer.alloc(100_000))])
    const places = Array.from({ length: 20 }, (_, n) => (n + 1) * 100_000)
    const chunks = cut(stream, places)
    expect(readAll(decoder, chunks.slice(0, -1))).toEqual([])
    expect(lender.sizes).toEqual(Array.from({ length: 10 }, () => 100_000))
    const [message] = readAll(decoder, chunks.slice(-1))
    expect(message!.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 100_000))
    readAll(decoder, cut(encoded([[Buffer.alloc(50_000)]]), [1000]))
    expect(lender.sizes).toHaveLength(11)
    readAll(decoder, chunks.slice(0, -1))
    expect(lender.sizes).toHaveLength(21)
  })

  it('is not used for what is encrypted', () => {
    const lender = new Lender()
    const decoder = new FrameDecoder<HeldFrame>()
    const cipher = {
      flags: 0,
      seal: () => expect.unreachable(),
      open: (body: Buffer) => body,
      close: () => undefined,
    }
    decoder.startTraffic({ cipher, hold: lender.hold })
    const [[frame]] = readAll(decoder, cut(encoded([[Buffer.alloc(20_000)]]), [10])) as [[Buffer]]
    expect(frame.length).toBe(20_000)
    expect(lender.sizes).toEqual([])
  })
})
