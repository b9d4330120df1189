import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { FrameEncoder, LARGE_BYTES, recycle } from './frameEncoder.ts'

const encode = (...messages: Uint8Array[][]): Buffer => {
  const encoder = new FrameEncoder()
  for (const message of messages) encoder.addMessage(message)
  return Buffer.concat(encoder.take())
}

describe('FrameEncoder', () => {
  it('writes messages as the RFC has them', () => {
    expect(encode([bytes('"hi"')])).toEqual(bytes('00 02 "hi"'))
    expect(encode([Buffer.alloc(0), bytes('"hello"')])).toEqual(bytes('01 00 00 05 "hello"'))
    expect(encode([Buffer.alloc(255, 'a')])).toEqual(bytes(`00 ff "${'a'.repeat(255)}"`))
    expect(encode([Buffer.alloc(256, 'a'), Buffer.alloc(0)])).toEqual(
      bytes(`03 00 00 00 00 00 00 01 00 "${'a'.repeat(256)}" 00 00`),
    )
  })

  it('writes commands as the RFC has them', () => {
    const encoder = new FrameEncoder()
    encoder.addCommand(bytes('05 "READY"'))
    encoder.addCommand(Buffer.alloc(256, 7))
    const long = Buffer.alloc(256, 7)
    const expected = [bytes('04 06 05 "READY"'), bytes('06 00 00 00 00 00 00 01 00'), long]
    expect(Buffer.concat(encoder.take())).toEqual(Buffer.concat(expected))
  })

  it('takes frames out of the middle of other bytes', () => {
    const sizes = [0, 1, 64, 65, 255, 256, 8192]
    const encoder = new FrameEncoder()
    for (const size of sizes) {
      const around = Buffer.concat([Buffer.of(9, 9, 9), Buffer.alloc(size, size), Buffer.of(9)])
      const memory = new Uint8Array(around)
      const spans = Int32Array.of(3, size, 1, 3, size, 0)
      encoder.frames({ bytes: memory, view: new DataView(memory.buffer) }, spans, 2)
    }
    const messages = sizes.map((size) => [Buffer.alloc(size, size), Buffer.alloc(size, size)])
    expect(Buffer.concat(encoder.take())).toEqual(encode(...messages))
  })

  it('takes frames that lie in a row, whatever is between them', () => {
    const frame = fc.record({
      length: fc.oneof(fc.nat(40), fc.nat(700), fc.nat(8192)),
      gap: fc.nat(12),
      hasMore: fc.nat(1),
    })
    const rows = fc.array(fc.array(frame, { minLength: 1, maxLength: 60 }), { maxLength: 6 })
    fc.assert(
      fc.property(rows, fc.boolean(), (all, isReversed) => {
        const encoder = new FrameEncoder()
        const expected: Buffer[] = []
        for (const row of all) {
          const spans: number[][] = []
          const bodies: Buffer[] = []
          let at = 0
          for (const { length, gap, hasMore } of row) {
            bodies.push(Buffer.alloc(gap, 0xee), Buffer.alloc(length, bodies.length))
            spans.push([at + gap, length, hasMore])
            at += gap + length
          }
          const memory = new Uint8Array(new SharedArrayBuffer(at))
          memory.set(Buffer.concat(bodies))
          if (isReversed) spans.reverse()
          const view = new DataView(memory.buffer)
          encoder.frames({ bytes: memory, view }, Int32Array.from(spans.flat()), spans.length)
          for (const [begin, length, hasMore] of spans) {
            const whole = encode([Buffer.from(memory.slice(begin, begin! + length!))])
            whole[0]! |= hasMore!
            expected.push(whole)
          }
        }
        expect(Buffer.concat(encoder.take()).equals(Buffer.concat(expected))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('takes what is packed as it is', () => {
    for (const size of [2, 300, 4000]) {
      const messages = Array.from({ length: 20 }, (_, i) => [Buffer.alloc(size / 2, i)])
      const packed = encode(...messages)
      const encoder = new FrameEncoder()
      for (const behind of [0, 5]) {
        const memory = new Uint8Array(
          Buffer.concat([Buffer.of(9, 9, 9), packed, Buffer.alloc(behind)]),
        )
        encoder.pack({ bytes: memory, view: new DataView(memory.buffer) }, 3, packed.length)
      }
      expect(Buffer.concat(encoder.take())).toEqual(encode(...messages, ...messages))
    }
  })

  it('gathers small frames into one chunk', () => {
    const encoder = new FrameEncoder()
    for (let i = 0; i < 1000; i++) encoder.addMessage([Buffer.alloc(16, i)])
    expect(encoder.pendingBytes).toBe(18_000)
    expect(encoder.take().map((chunk) => chunk.length)).toEqual([18_000])
    expect(encoder.pendingBytes).toBe(0)
    expect(encoder.take()).toEqual([])
  })

  it('begins a new chunk when the stage is full', () => {
    const encoder = new FrameEncoder()
    for (let i = 0; i < 100; i++) encoder.addMessage([Buffer.alloc(1000, i)])
    const lengths = encoder.take().map((chunk) => chunk.length)
    expect(lengths).toEqual([64 * 1009, 36 * 1009])
  })

  it('uses the memory of large chunks again when they were written', () => {
    const encoder = new FrameEncoder()
    const fill = (): Uint8Array[] => {
      for (let i = 0; i < 100; i++) encoder.addMessage([Buffer.alloc(1000, i)])
      return encoder.take()
    }
    const first = fill()
    const second = fill()
    for (const chunk of first)
      expect(second.every(({ buffer }) => buffer !== chunk.buffer)).toBe(true)
    recycle(first)
    const third = fill()
    const memory = new Set(first.map(({ buffer }) => buffer))
    // The first of them lay ready before.
    expect(third.slice(1).every(({ buffer }) => memory.has(buffer))).toBe(true)
    expect(Buffer.concat(third)).toEqual(Buffer.concat(second))
  })

  it('does not copy a large frame', () => {
    const encoder = new FrameEncoder()
    const large = Buffer.alloc(LARGE_BYTES, 1)
    encoder.addMessage([Buffer.from('a'), large, Buffer.from('b')])
    const chunks = encoder.take()
    expect(chunks.map((chunk) => chunk.length)).toEqual([3 + 9, LARGE_BYTES, 3])
    expect(chunks[1]).toBe(large)
  })

  it('copies a small frame, which may change at once', () => {
    const encoder = new FrameEncoder()
    const small = Buffer.alloc(LARGE_BYTES - 1, 1)
    encoder.addMessage([small])
    small.fill(2)
    expect(
      Buffer.concat(encoder.take())
        .subarray(9)
        .every((byte) => byte === 1),
    ).toBe(true)
  })

  it('keeps apart what several encoders gather in turn', () => {
    const frame = fc.record({
      encoder: fc.nat(2),
      length: fc.oneof(fc.nat(40), fc.nat(70_000)),
      isLast: fc.boolean(),
      isTaken: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), (steps) => {
        const encoders = [0, 1, 2].map(() => new FrameEncoder())
        const taken: Uint8Array[][] = [[], [], []]
        const expected: Buffer[][] = [[], [], []]
        steps.forEach(({ encoder, length, isLast, isTaken }, step) => {
          const body = Buffer.alloc(length, step)
          const message = isLast ? [body] : [body, Buffer.from([step])]
          encoders[encoder]!.addMessage(message)
          expected[encoder]!.push(encode(message))
          if (isTaken) taken[encoder]!.push(...encoders[encoder]!.take())
        })
        encoders.forEach((encoder, at) => {
          const { pendingBytes } = encoder
          const left = encoder.take()
          expect(Buffer.concat(left).length).toBe(pendingBytes)
          const all = Buffer.concat([...taken[at]!, ...left])
          expect(all.equals(Buffer.concat(expected[at]!))).toBe(true)
        })
      }),
      { numRuns: 100 },
    )
  })

  it('gives chunks that are not used again', () => {
    const encoder = new FrameEncoder()
    encoder.addMessage([Buffer.alloc(100, 1)])
    const [first] = encoder.take()
    const copy = Buffer.from(first!)
    encoder.addMessage([Buffer.alloc(100, 2)])
    new FrameEncoder().addMessage([Buffer.alloc(100, 3)])
    expect(copy.equals(first!)).toBe(true)
  })

  it('seals frames and commands once traffic is encrypted, in frames without flags', () => {
    const encoder = new FrameEncoder()
    encoder.addCommand(bytes('05 "READY"'))
    encoder.startTraffic({
      flags: 0,
      seal: (body, flags) => Buffer.concat([Buffer.of(0xee, flags), body]),
      open: () => expect.fail('nothing is opened here'),
      close: () => undefined,
    })
    encoder.addMessage([bytes('"a"'), bytes('"b"')])
    encoder.addCommand(bytes('04 "PING"'))
    const expected = '04 06 05 "READY" 00 03 ee 01 "a" 00 03 ee 00 "b" 00 07 ee 04 04 "PING"'
    expect(Buffer.concat(encoder.take())).toEqual(bytes(expected))
  })
})
