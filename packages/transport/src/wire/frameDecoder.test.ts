import fc from 'fast-check'
import { INLINE_BYTES, PACK_BYTES, unpack, type FrameMemory } from '@ringpost/core/internal'
import { describe, expect, it, vi } from 'vitest'
import { bytes, codeOf, cut } from '../testing/bytes.test-support.ts'
import type { HeldFrame } from './codec.ts'
import { type DecoderLimits, FrameDecoder, HANDSHAKE_COMMAND_BYTES } from './frameDecoder.ts'
import { FrameEncoder } from './frameEncoder.ts'

/** A decoder after the handshake. */
function trafficDecoder(limits?: DecoderLimits): FrameDecoder {
  const decoder = new FrameDecoder(limits)
  decoder.startTraffic()
  return decoder
}

/** All that these chunks hold, messages and commands in order. */
function readAll(decoder: FrameDecoder, chunks: readonly Buffer[], limit = Infinity): unknown[] {
  const items: unknown[] = []
  for (const chunk of chunks) {
    decoder.push(chunk)
    for (;;) {
      const messages: Buffer[][] = []
      const count = decoder.read(messages, limit)
      expect(count).toBe(messages.length)
      items.push(...messages.map((frames) => frames.map((frame) => frame.toString('hex'))))
      const command = decoder.takeCommand()
      if (command !== undefined) items.push({ command: command.toString('hex') })
      else if (count === 0) break
    }
  }
  return items
}

/** As `readAll`, with what can be given away as it lies, as far as there is room. */
function transferAll(decoder: FrameDecoder, chunks: readonly Buffer[], room: number): unknown[] {
  const items: unknown[] = []
  let left = 0
  const sink = {
    room: () => left,
    pack({ bytes: data }: FrameMemory, begin: number, length: number, count: number) {
      const messages: Buffer[][] = []
      expect(unpack(data, begin, count, messages)).toBe(begin + length)
      expect(length).toBeLessThanOrEqual(PACK_BYTES)
      items.push(...messages.map((frames) => frames.map(hexOf)))
      left -= count
      expect(left).toBeGreaterThanOrEqual(0)
    },
  }
  for (const chunk of chunks) {
    decoder.push(chunk)
    for (let before = -1; before !== items.length;) {
      before = items.length
      left = room
      decoder.transfer(sink)
      const messages: Buffer[][] = []
      decoder.read(messages, 1)
      items.push(...messages.map((parts) => parts.map(hexOf)))
      const command = decoder.takeCommand()
      if (command !== undefined) items.push({ command: hexOf(command) })
    }
  }
  return items
}

const frame = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 250, maxLength: 260, size: 'max' }) },
)
const item = fc.oneof(
  { weight: 4, arbitrary: fc.array(frame, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.record({ command: fc.uint8Array({ minLength: 1, maxLength: 300 }) }) },
)

function encodeItems(items: readonly (Uint8Array[] | { command: Uint8Array })[]): Buffer {
  const encoder = new FrameEncoder()
  for (const each of items) {
    if ('command' in each) encoder.addCommand(each.command)
    else encoder.addMessage(each)
  }
  return Buffer.concat(encoder.take())
}

const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex')
const describeItems = (items: readonly (Uint8Array[] | { command: Uint8Array })[]): unknown[] =>
  items.map((each) =>
    'command' in each ? { command: hexOf(each.command) } : each.map((part) => hexOf(part)),
  )

describe('FrameDecoder', () => {
  it('reads messages and commands as the RFC has them', () => {
    const wire = bytes('00 02 "hi" 01 01 "a" 00 00 04 05 04 "PING" 02 00 00 00 00 00 00 00 01 "x"')
    expect(readAll(trafficDecoder(), [wire])).toEqual([
      ['6869'],
      ['61', ''],
      { command: '0450494e47' },
      ['78'],
    ])
  })

  it('reads whatever was written, split anywhere', () => {
    const run = fc.tuple(
      fc.array(item, { maxLength: 12 }),
      fc.array(fc.nat(2000), { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
    )
    fc.assert(
      fc.property(run, ([items, places, limit]) => {
        const chunks = cut(encodeItems(items), places)
        expect(readAll(trafficDecoder(), chunks, limit)).toEqual(describeItems(items))
      }),
      { numRuns: 500 },
    )
  })

  it('gives away as it lies what it reads otherwise', () => {
    const run = fc.tuple(
      fc.array(item, { maxLength: 12 }),
      fc.array(fc.nat(2000), { maxLength: 8 }),
      fc.integer({ min: 0, max: 4 }),
    )
    fc.assert(
      fc.property(run, ([items, places, room]) => {
        const chunks = cut(encodeItems(items), places)
        expect(transferAll(trafficDecoder(), chunks, room)).toEqual(describeItems(items))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps what it has not read when the memory of chunks is used again', () => {
    const run = fc.tuple(
      fc.array(item, { maxLength: 12 }),
      fc.array(fc.nat(2000), { maxLength: 8 }),
      fc.integer({ min: 0, max: 4 }),
    )
    fc.assert(
      fc.property(run, ([items, places, limit]) => {
        const memory = Buffer.alloc(16_384)
        const decoder = trafficDecoder()
        const read: unknown[] = []
        for (const chunk of [...cut(encodeItems(items), places), Buffer.alloc(0)]) {
          chunk.copy(memory)
          decoder.push(memory.subarray(0, chunk.length))
          read.push(...readAll(decoder, [], limit))
          const messages: Buffer[][] = []
          decoder.read(messages, limit)
          read.push(...messages.map((frames) => frames.map(hexOf)))
          decoder.keep()
          memory.fill(0xee)
        }
        read.push(...readAll(decoder, [Buffer.alloc(0)]))
        expect(read).toEqual(describeItems(items))
      }),
      { numRuns: 500 },
    )
  })

  it('leaves what is odd or too large to be looked at closer', () => {
    const sink = { room: () => Infinity, pack: () => expect.unreachable() }
    for (const [wire, code] of [
      ['08 01 "a"', 'MALFORMED_FRAME'],
      ['00 05 "large"', 'FRAME_TOO_LARGE'],
      ['01 01 "a" 01 01 "b" 00 01 "c"', 'TOO_MANY_FRAMES'],
    ] as const) {
      const decoder = trafficDecoder({ maxMessageSize: 4, maxFrames: 2 })
      decoder.push(bytes(wire))
      decoder.transfer(sink)
      expect(codeOf(() => decoder.read([], 10))).toBe(code)
    }
  })

  it('gives away as much at once as is copied in one go, and leaves frames that get a block', () => {
    const decoder = trafficDecoder()
    const sizes = [...Array<number>(40).fill(1000), INLINE_BYTES + 1, 5]
    decoder.push(encodeItems(sizes.map((size) => [Buffer.alloc(size)])))
    const packs: number[] = []
    const sink = {
      room: () => Infinity,
      pack: (_memory: FrameMemory, _begin: number, _length: number, count: number) =>
        packs.push(count),
    }
    decoder.transfer(sink)
    expect(packs).toEqual([16, 16, 8])
    const messages: Buffer[][] = []
    expect(decoder.read(messages, 1)).toBe(1)
    expect(messages[0]![0]!.length).toBe(INLINE_BYTES + 1)
    decoder.transfer(sink)
    expect(packs).toEqual([16, 16, 8, 1])
  })

  it('reads the same when every byte comes by itself, and when split at every place', () => {
    const items = [
      [Buffer.from('one')],
      [Buffer.from('a'), Buffer.alloc(300, 1), Buffer.alloc(0)],
      { command: Buffer.alloc(260, 2) },
      { command: Buffer.from('x') },
      [Buffer.alloc(256, 3)],
    ]
    const wire = encodeItems(items)
    const expected = describeItems(items)
    const everyPlace = Array.from(wire.keys())
    expect(readAll(trafficDecoder(), cut(wire, everyPlace))).toEqual(expected)
    for (const place of everyPlace) {
      expect(readAll(trafficDecoder(), cut(wire, [place]))).toEqual(expected)
    }
  })

  it('reads chunks that were pushed before it was asked, empty ones too', () => {
    const decoder = trafficDecoder()
    for (const chunk of cut(bytes('00 02 "hi" 00 01 "x"'), [1, 1, 3, 3, 5])) decoder.push(chunk)
    const messages: Buffer[][] = []
    expect(decoder.read(messages, 1)).toBe(1)
    expect(decoder.read(messages, 5)).toBe(1)
    expect(messages).toEqual([[bytes('"hi"')], [bytes('"x"')]])
  })

  it('reads chunks in order when it stopped at the end of one', () => {
    const decoder = trafficDecoder()
    for (const text of ['a', 'b']) decoder.push(bytes(`00 01 "${text}"`))
    const messages: Buffer[][] = []
    decoder.read(messages, 1)
    decoder.push(bytes('00 01 "c"'))
    decoder.read(messages, 5)
    expect(messages.map(String)).toEqual(['a', 'b', 'c'])
  })

  it('stops at a command until it is taken', () => {
    const decoder = trafficDecoder()
    decoder.push(bytes('00 01 "a" 04 02 01 "C" 00 01 "b"'))
    const messages: Buffer[][] = []
    expect(decoder.read(messages, 10)).toBe(1)
    expect(decoder.read(messages, 10)).toBe(0)
    expect(decoder.takeCommand()).toEqual(bytes('01 "C"'))
    expect(decoder.takeCommand()).toBeUndefined()
    expect(decoder.read(messages, 10)).toBe(1)
    expect(messages).toEqual([[bytes('"a"')], [bytes('"b"')]])
  })

  it('gives views of the chunk, and memory of its own to what is spread over chunks', () => {
    const decoder = trafficDecoder()
    const [first, second] = cut(bytes('00 02 "hi" 00 04 "abcd"'), [8])
    decoder.push(first!)
    decoder.push(second!)
    const messages: Buffer[][] = []
    decoder.read(messages, 2)
    first!.fill('.')
    second!.fill('.')
    expect(messages).toEqual([[bytes('".."')], [bytes('"abcd"')]])
  })

  it('reads a large frame in chunks of 64 KiB', () => {
    const body = Buffer.alloc(5_000_000, 'large')
    const wire = encodeItems([[body, Buffer.from('tail')]])
    const places = Array.from({ length: 80 }, (_, at) => (at + 1) * 65_536)
    const decoder = trafficDecoder()
    for (const chunk of cut(wire, places)) decoder.push(chunk)
    const messages: Buffer[][] = []
    decoder.read(messages, 1)
    expect(messages[0]![0]!.equals(body)).toBe(true)
    expect(messages[0]![1]).toEqual(Buffer.from('tail'))
  })

  it('allocates no more for a frame than what arrived calls for', () => {
    const decoder = trafficDecoder()
    const before = process.memoryUsage().arrayBuffers
    decoder.push(bytes('02 00 00 00 00 ff ff ff ff "begin"'))
    expect(decoder.read([], 1)).toBe(0)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000)
  })

  describe('in the handshake', () => {
    it('reads one command at a time', () => {
      const decoder = new FrameDecoder()
      decoder.push(bytes('04 06 05 "READY" 00 02 "hi"'))
      expect(decoder.readCommand()).toEqual(bytes('05 "READY"'))
      decoder.startTraffic()
      const messages: Buffer[][] = []
      expect(decoder.read(messages, 10)).toBe(1)
      expect(messages).toEqual([[bytes('"hi"')]])
    })

    it('waits for the rest of a command', () => {
      const decoder = new FrameDecoder()
      for (const chunk of cut(bytes('04 06 05 "READY"'), [1, 2, 5])) {
        expect(decoder.readCommand()).toBeUndefined()
        decoder.push(chunk)
      }
      expect(decoder.readCommand()).toEqual(bytes('05 "READY"'))
    })

    it('takes a frame without the flag for a command, as libzmq does', () => {
      const decoder = new FrameDecoder()
      decoder.push(bytes('00 06 05 "READY" 02 00 00 00 00 00 00 00 06 05 "READY"'))
      expect(decoder.readCommand()).toEqual(bytes('05 "READY"'))
      expect(decoder.readCommand()).toEqual(bytes('05 "READY"'))
    })

    it.each(['01', '03', '05', '07'])('refuses parts by their first byte, %s', (flags) => {
      const decoder = new FrameDecoder()
      decoder.push(bytes(flags))
      expect(codeOf(() => decoder.readCommand())).toBe('MALFORMED_FRAME')
    })

    it('refuses a command of more than 64 KiB, whatever is allowed later', () => {
      const decoder = new FrameDecoder({ maxCommandSize: 1e9 })
      decoder.push(bytes('06 00 00 00 00 00 01 00 01'))
      expect(codeOf(() => decoder.readCommand())).toBe('FRAME_TOO_LARGE')
      const message = new FrameDecoder()
      message.push(bytes('02 00 00 00 00 00 01 00 01'))
      expect(codeOf(() => message.readCommand())).toBe('FRAME_TOO_LARGE')
      expect(HANDSHAKE_COMMAND_BYTES).toBe(0x1_0000)
    })
  })

  describe('refuses', () => {
    const refused = (wire: string, limits?: DecoderLimits): unknown => {
      const decoder = trafficDecoder(limits)
      decoder.push(bytes(wire))
      return codeOf(() => decoder.read([], 10))
    }

    it.each(['05', '07', '08', '10', '20', '40', '80', 'ff'])('the flags %s', (flags) => {
      expect(refused(flags)).toBe('MALFORMED_FRAME')
      expect(refused(`${flags} 00 00 00 00 00 00 00 00 00`)).toBe('MALFORMED_FRAME')
    })

    it('commands where there are none', () => {
      const decoder = new FrameDecoder()
      decoder.startTraffic({ hasCommands: false })
      decoder.push(bytes('00 01 "a" 04 01 01'))
      const messages: Buffer[][] = []
      expect(codeOf(() => decoder.read(messages, 10))).toBe('MALFORMED_FRAME')
      expect(messages).toHaveLength(1)
    })

    it.each([
      ['a short frame', '00 0b', { maxMessageSize: 10 }],
      ['a long frame', '02 00 00 00 00 00 00 01 01', { maxMessageSize: 256 }],
      ['a command', '04 0b', { maxMessageSize: 10 }],
      ['a command over its own limit', '04 0b', { maxCommandSize: 10 }],
      ['a long command', '06 00 00 00 00 00 10 00 01', {}],
      ['a frame of 2^53 bytes', '02 00 20 00 00 00 00 00 00', {}],
      ['a frame of 2^64 - 1 bytes', '02 ff ff ff ff ff ff ff ff', {}],
    ])('%s over the limit, by its header', (_, wire, limits) => {
      expect(refused(wire, limits)).toBe('FRAME_TOO_LARGE')
      // Also when the body is there.
      expect(refused(`${wire} ${'00'.repeat(300)}`, limits)).toBe('FRAME_TOO_LARGE')
    })

    it('nothing at the limit', () => {
      const limits = { maxMessageSize: 10, maxCommandSize: 5 }
      const wire = bytes('00 0a "0123456789" 04 05 "abcde"')
      expect(readAll(trafficDecoder(limits), [wire])).toHaveLength(2)
      expect(readAll(trafficDecoder({ maxMessageSize: 0 }), [bytes('00 00')])).toEqual([['']])
    })

    describe('a message whose frames have too many bytes together,', () => {
      const limits = { maxMultipartBytes: 6 }
      const fitting = '01 03 "abc" 01 00 00 03 "def"'
      const wires = [
        ['in its last', '01 03 "abc" 00 04', '"defg"'],
        ['before its last', '01 03 "abc" 01 04', '"defg"'],
        ['in its first', '01 07', '"abcdefg"'],
      ] as const

      it.each(wires)('%s: by the header, however it is cut', (_, header, body) => {
        const before = bytes(`${fitting} ${fitting} 00 07 "abcdefg"`)
        for (const wire of [bytes(header), bytes(header + body)]) {
          const all = Buffer.concat([before, wire])
          for (let at = 0; at <= all.length; at++) {
            const decoder = trafficDecoder(limits)
            const messages: Buffer[][] = []
            const arrive = (): void => {
              for (const chunk of cut(all, [at])) {
                // Its memory is used again.
                const memory = Buffer.from(chunk)
                decoder.push(memory)
                decoder.read(messages, 10)
                decoder.keep()
                memory.fill(0)
              }
            }
            expect(codeOf(arrive)).toBe('MESSAGE_TOO_LARGE')
            expect(messages.map((frames) => frames.length)).toEqual([3, 3, 1])
          }
        }
      })

      it('in the memory of a pipe, too', () => {
        const decoder = new FrameDecoder<HeldFrame>(limits)
        const release = vi.fn<() => void>()
        const hold = (length: number): HeldFrame => ({
          data: Buffer.alloc(length),
          length,
          release,
        })
        decoder.startTraffic({ hold })
        const messages: (Buffer | HeldFrame)[][] = []
        const arrive = (chunk: string): void => {
          decoder.push(bytes(chunk))
          decoder.read(messages, 10)
        }
        for (const chunk of ['01 04 "ab"', '"cd" 00 02 "ef"', '01 04 "ab"']) arrive(chunk)
        expect(messages.map((frames) => frames.length)).toEqual([2])
        expect(codeOf(() => arrive('"cd" 00 03 "e"'))).toBe('MESSAGE_TOO_LARGE')
        decoder.close()
        expect(release).toHaveBeenCalledTimes(1)
      })
    })

    it('a message of too many frames, also without any content', () => {
      const limits = { maxFrames: 3 }
      expect(readAll(trafficDecoder(limits), [bytes('01 00 01 00 00 00')])).toHaveLength(1)
      expect(refused('01 00 01 00 01 00', limits)).toBe('TOO_MANY_FRAMES')
      const decoder = trafficDecoder(limits)
      for (const chunk of cut(bytes('01 00 01 00 01 00'), [1, 3, 5])) decoder.push(chunk)
      expect(codeOf(() => decoder.read([], 10))).toBe('TOO_MANY_FRAMES')
    })
  })

  describe('with a cipher', () => {
    /** Whose frames begin with their flags, and are otherwise in the clear. */
    const opener = () => {
      const cipher = {
        flags: 0,
        seal: () => expect.fail('nothing is sealed here'),
        open(body: Buffer) {
          cipher.flags = body[0]!
          return body.subarray(1)
        },
        close: () => undefined,
      }
      const decoder = new FrameDecoder({ maxCommandSize: 10 })
      decoder.startTraffic({ cipher })
      return decoder
    }

    it('takes the flags of what is inside', () => {
      const wire = bytes('00 02 01 "a" 00 02 00 "b" 00 06 04 04 "PING" 02 0000000000000002 00 "c"')
      const expected = [['61', '62'], { command: '0450494e47' }, ['63']]
      expect(readAll(opener(), [wire])).toEqual(expected)
      expect(readAll(opener(), cut(wire, Array.from(wire.keys())))).toEqual(expected)
    })

    it('takes what is framed as a command, as the RFC says, in the same way', () => {
      expect(readAll(opener(), [bytes('04 02 01 "a" 04 02 00 "b"')])).toEqual([['61', '62']])
    })

    it('refuses parts outside, and commands inside that are too large', () => {
      const parts = opener()
      parts.push(bytes('01 02 00 "a"'))
      expect(codeOf(() => parts.read([], 1))).toBe('MALFORMED_FRAME')
      const large = opener()
      large.push(bytes('00 0c 04 "01234567890"'))
      expect(codeOf(() => large.read([], 1))).toBe('FRAME_TOO_LARGE')
    })
  })
})
