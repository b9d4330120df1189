import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, codeOf } from '../testing/bytes.test-support.ts'
import {
  decodeCommand,
  decodeError,
  decodeGroup,
  decodePing,
  encodeCommand,
  encodeError,
  encodeGroup,
  encodePing,
  encodePong,
  printableName,
} from './command.ts'

describe('commands', () => {
  it.each([
    ['WELCOME', encodeCommand('WELCOME'), '07 "WELCOME"'],
    ['ERROR', encodeError('400'), '05 "ERROR" 03 "400"'],
    ['ERROR without a reason', encodeError(''), '05 "ERROR" 00'],
    ['SUBSCRIBE', encodeCommand('SUBSCRIBE', bytes('"A"')), '09 "SUBSCRIBE" "A"'],
    ['CANCEL', encodeCommand('CANCEL', bytes('"A"')), '06 "CANCEL" "A"'],
    ['JOIN', encodeGroup('JOIN', bytes('"news"')), '04 "JOIN" "news"'],
    ['LEAVE', encodeGroup('LEAVE', bytes('"news"')), '05 "LEAVE" "news"'],
    ['PING', encodePing(1000), '04 "PING" 00 0a'],
    ['PING with a context', encodePing(6_553_500, bytes('"x"')), '04 "PING" ff ff "x"'],
    ['PONG', encodePong(bytes('"context"')), '04 "PONG" "context"'],
  ])('%s is that of the RFC', (_, body, expected) => {
    expect(body).toEqual(bytes(expected))
  })

  it('are taken apart as they were put together', () => {
    const name = fc.stringMatching(/^[A-Z]{1,255}$/)
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 300 }), (written, data) => {
        const command = decodeCommand(encodeCommand(written, data))
        expect(command).toEqual({ name: written, data: Buffer.from(data) })
      }),
    )
  })

  it.each(['', '00', '00 "A"', '05 "PING"', 'ff'])(
    'without a whole name are refused: %s',
    (wire) => {
      expect(codeOf(() => decodeCommand(bytes(wire)))).toBe('MALFORMED_COMMAND')
    },
  )

  it('ERROR gives its reason, and is refused when it is cut off', () => {
    expect(decodeError(bytes('03 "400"'))).toBe('400')
    expect(decodeError(bytes('00'))).toBe('')
    // As libzmq, which looks at no more than the reason.
    expect(decodeError(bytes('01 "a" "b"'))).toBe('a')
    expect(codeOf(() => decodeError(bytes('')))).toBe('MALFORMED_COMMAND')
    expect(codeOf(() => decodeError(bytes('04 "400"')))).toBe('MALFORMED_COMMAND')
    expect(encodeError('x'.repeat(300))).toHaveLength(6 + 1 + 255)
  })

  it('PING gives its time to live and at most 16 bytes of context', () => {
    expect(decodePing(bytes('00 0a'))).toEqual({ ttlMs: 1000, context: Buffer.alloc(0) })
    const long = bytes('00 00 "0123456789abcdefg"')
    expect(decodePing(long)).toEqual({ ttlMs: 0, context: bytes('"0123456789abcdef"') })
    expect(codeOf(() => decodePing(bytes('00')))).toBe('MALFORMED_COMMAND')
  })

  it('PING and PONG take nothing that does not fit', () => {
    for (const ttlMs of [-1, 6_553_501, Number.NaN]) {
      expect(() => encodePing(ttlMs)).toThrow(RangeError)
    }
    expect(() => encodePing(0, Buffer.alloc(17))).toThrow(RangeError)
    expect(encodePing(150)).toEqual(bytes('04 "PING" 00 01'))
    expect(encodePong(Buffer.alloc(17, 'x'))).toEqual(bytes(`04 "PONG" "${'x'.repeat(16)}"`))
  })

  it('JOIN and LEAVE take groups of up to 255 bytes', () => {
    expect(decodeGroup('JOIN', Buffer.alloc(255, 'g'))).toHaveLength(255)
    expect(codeOf(() => decodeGroup('LEAVE', Buffer.alloc(256)))).toBe('MALFORMED_COMMAND')
    expect(() => encodeGroup('JOIN', Buffer.alloc(256))).toThrow(RangeError)
  })

  it('are named in messages in a printable form', () => {
    expect(printableName(`a\n${'b'.repeat(100)}`)).toBe(`"a\\n${'b'.repeat(30)}"`)
  })
})
