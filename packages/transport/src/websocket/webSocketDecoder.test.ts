import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, codeOf, cut } from '../testing/bytes.test-support.ts'
import { bytesInUse } from '../testing/garbage.test-support.ts'
import { opcode, writeHeader } from './frame.ts'
import { applyMask } from './mask.ts'
import { WebSocketDecoder } from './webSocketDecoder.ts'

const NO_LIMIT = 2 ** 40

const ofServer = (limit = NO_LIMIT): WebSocketDecoder => new WebSocketDecoder(true, limit)
const ofClient = (limit = NO_LIMIT): WebSocketDecoder => new WebSocketDecoder(false, limit)

/** All messages that these chunks hold. */
function readAll(decoder: WebSocketDecoder, chunks: readonly Buffer[]): string[] {
  const messages: string[] = []
  for (const chunk of chunks) {
    decoder.push(Buffer.from(chunk))
    for (let message = decoder.read(); message !== undefined; message = decoder.read()) {
      messages.push(message.toString('latin1'))
    }
  }
  return messages
}

const read = (decoder: WebSocketDecoder, hex: string): string[] => readAll(decoder, [bytes(hex)])

interface FrameParts {
  readonly code: number
  readonly payload: Uint8Array
  readonly isFinal?: boolean
  /** Of a client. */
  readonly key?: Uint8Array | undefined
}

function frameOf({ code, payload, isFinal = true, key }: FrameParts): Buffer {
  const frame = Buffer.alloc(14 + payload.length)
  let at = writeHeader(frame, 0, code, payload.length, key !== undefined)
  if (!isFinal) frame[0]! &= 0x7f
  if (key !== undefined) {
    frame.set(key, at)
    at += key.length
  }
  frame.set(payload, at)
  if (key !== undefined) applyMask(frame, at, at + payload.length, key, 0)
  return frame.subarray(0, at + payload.length)
}

describe('the examples of RFC 6455, section 5.7', () => {
  it('are read, as bytes: one frame, unmasked and masked', () => {
    expect(read(ofClient(), '82 05 48 65 6c 6c 6f')).toEqual(['Hello'])
    expect(read(ofServer(), '82 85 37 fa 21 3d 7f 9f 4d 51 58')).toEqual(['Hello'])
  })

  it('are read, as bytes: two frames', () => {
    expect(read(ofClient(), '02 03 48 65 6c 80 02 6c 6f')).toEqual(['Hello'])
  })

  it.each(['81', '01'])('are refused as texts at the first byte: %s', (first) => {
    expect(codeOf(() => read(ofClient(), first))).toBe('UNSUPPORTED_DATA')
  })

  it('are read: a ping, and its pong', () => {
    const client = ofClient()
    expect(read(client, '89 05 48 65 6c 6c 6f')).toEqual([])
    expect(String(client.takePing())).toBe('Hello')
    expect(client.takePing()).toBeUndefined()
    const server = ofServer()
    expect(read(server, '8a 85 37 fa 21 3d 7f 9f 4d 51 58')).toEqual([])
    expect(server.takePing()).toBeUndefined()
  })

  it.each([
    { length: 256, header: '82 7e 01 00' },
    { length: 65_536, header: '82 7f 00 00 00 00 00 01 00 00' },
  ])('are read: $length bytes in one frame', ({ length, header }) => {
    const payload = Buffer.alloc(length, 'x')
    const frame = Buffer.concat([bytes(header), payload])
    expect(readAll(ofClient(), [frame])).toEqual([String(payload)])
  })
})

describe('a decoder of WebSocket frames', () => {
  const payload = fc.oneof(
    { weight: 8, arbitrary: fc.uint8Array({ maxLength: 20 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 120, maxLength: 300, size: 'max' }) },
  )
  const key = fc.uint8Array({ minLength: 4, maxLength: 4 })
  const message = fc.record({
    parts: fc.array(payload, { minLength: 1, maxLength: 4 }),
    pings: fc.array(fc.uint8Array({ maxLength: 125 }), { maxLength: 2 }),
    key,
  })

  it('reads the same however the bytes are cut and the messages fragmented', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.nat(2000), { maxLength: 12 }),
        fc.boolean(),
        (messages, places, isServer) => {
          const frames: Buffer[] = []
          for (const { parts, pings, key: given } of messages) {
            const mask = isServer ? given : undefined
            parts.forEach((part, i) => {
              const code = i === 0 ? opcode.binary : opcode.continuation
              const isFinal = i === parts.length - 1
              frames.push(frameOf({ code, payload: part, isFinal, key: mask }))
              // Control frames may come within a message.
              for (const ping of pings) {
                frames.push(frameOf({ code: opcode.ping, payload: ping, key: mask }))
              }
            })
          }
          const decoder = new WebSocketDecoder(isServer, NO_LIMIT)
          const expected = messages.map(({ parts }) => Buffer.concat(parts).toString('latin1'))
          expect(readAll(decoder, cut(Buffer.concat(frames), places))).toEqual(expected)
          const lastPing = messages.flatMap(({ pings }) => pings).at(-1)
          const ping = decoder.takePing()
          expect(ping && [...ping]).toEqual(lastPing && [...lastPing])
        },
      ),
    )
  })

  it('keeps what was not read when the memory of chunks is used again', () => {
    const decoder = ofClient()
    const chunk = bytes('82 01 61 82 03 62 63')
    decoder.push(chunk)
    expect(String(decoder.read())).toBe('a')
    decoder.keep()
    chunk.fill(0)
    decoder.push(bytes('64'))
    expect(String(decoder.read())).toBe('bcd')
  })

  it('holds no more memory than a megabyte, or twice what has arrived', () => {
    const decoder = ofClient()
    const before = bytesInUse()
    // A gigabyte is announced.
    decoder.push(bytes('82 7f 00 00 00 00 40 00 00 00'))
    expect(decoder.read()).toBeUndefined()
    decoder.push(Buffer.alloc(10))
    expect(decoder.read()).toBeUndefined()
    expect(bytesInUse() - before).toBeLessThan(1_500_000)
    for (let sent = 0; sent < 3_000_000; sent += 60_000) {
      decoder.push(Buffer.alloc(60_000))
      expect(decoder.read()).toBeUndefined()
    }
    expect(bytesInUse() - before).toBeLessThan(7_000_000)
  })

  it.each([
    ['reserved bits', 'c2 01 61'],
    ['an opcode for other data', '83 00'],
    ['an opcode for other control', '8b 00'],
    ['a part without a beginning', '80 01 61'],
    ['a message within another', '02 01 61 82 01 62'],
    ['a control frame in parts', '09 00'],
    ['a long control frame', '89 7e 00 80'],
    ['a mask from a server', '82 81 00 00 00 00 61'],
    ['two bytes for a length of one', '82 7e 00 7d'],
    ['eight bytes for a length of two', '82 7f 00 00 00 00 00 00 ff ff'],
    ['a length below zero', '82 7f 80 00 00 00 00 00 00 00'],
    ['a close frame of one byte', '88 01 03'],
    ['a close frame with a code of no close frame', '88 02 03 ed'],
    ['a close frame with a code beyond all', '88 02 13 88'],
    ['a close frame whose text is none', '88 03 03 e8 ff'],
  ])('refuses %s', (_, hex) => {
    expect(codeOf(() => read(ofClient(), hex))).toBe('MALFORMED_FRAME')
    // As early, when it comes byte by byte.
    expect(codeOf(() => readAll(ofClient(), cut(bytes(hex), [1, 2, 3, 4, 5, 6, 7, 8, 9])))).toBe(
      'MALFORMED_FRAME',
    )
  })

  it('refuses a client that does not mask', () => {
    expect(codeOf(() => read(ofServer(), '82 01 61'))).toBe('MALFORMED_FRAME')
  })

  it('refuses what is over the limit before it arrives, also in parts', () => {
    expect(read(ofClient(3), '82 03 61 62 63')).toEqual(['abc'])
    expect(codeOf(() => read(ofClient(3), '82 04'))).toBe('FRAME_TOO_LARGE')
    expect(codeOf(() => read(ofClient(3), '02 02 61 62 80 02'))).toBe('FRAME_TOO_LARGE')
    expect(codeOf(() => read(ofClient(), '82 7f 7f ff ff ff ff ff ff ff'))).toBe('FRAME_TOO_LARGE')
  })

  it.each(['88 00', '88 02 03 e8', '88 06 03 e8 c3 a4 c3 a4', '88 02 0f a0'])(
    'ends at a close frame: %s',
    (hex) => {
      const decoder = ofClient()
      expect(read(decoder, `82 01 61 ${hex} 82 01 62`)).toEqual(['a'])
      expect(decoder.hasEnded).toBe(true)
      expect(read(decoder, '82 01 63')).toEqual([])
    },
  )

  it('throws nothing but a WireError, whatever comes', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // What begins right gets further.
      fc
        .tuple(fc.constantFrom(0x82, 0x02, 0x80, 0x89, 0x88), fc.nat(255), fc.uint8Array())
        .map(([first, second, rest]) => Uint8Array.of(first, second, ...rest)),
    )
    const known = new Set<unknown>([
      undefined,
      'MALFORMED_FRAME',
      'FRAME_TOO_LARGE',
      'UNSUPPORTED_DATA',
    ])
    fc.assert(
      fc.property(
        fc.array(noise, { maxLength: 8 }),
        fc.array(fc.nat(500), { maxLength: 8 }),
        fc.boolean(),
        (parts, places, isServer) => {
          const chunks = cut(Buffer.concat(parts), places)
          const outcome = (pieces: readonly Buffer[]): unknown[] => {
            const decoder = new WebSocketDecoder(isServer, 1000)
            const messages: string[] = []
            const code = codeOf(() => {
              for (const piece of pieces) messages.push(...readAll(decoder, [piece]))
            })
            return [code, decoder.hasEnded, code === undefined ? messages : []]
          }
          const [code, ...rest] = outcome(chunks)
          expect(known).toContain(code)
          // Where it is cut makes no difference.
          expect([code, ...rest]).toEqual(outcome([Buffer.concat(chunks)]))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
