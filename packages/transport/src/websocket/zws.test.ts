import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { bytes, codeOf } from '../testing/bytes.test-support.ts'
import { dealer, push, Witness } from '../testing/handshake.test-support.ts'
import { encodeCommand } from '../wire/command.ts'
import type { DecoderLimits } from '../wire/frameDecoder.ts'
import { RoutingIdExchange } from './routingIdExchange.ts'
import { ZwsDecoder } from './zwsDecoder.ts'
import { ZwsEncoder } from './zwsEncoder.ts'

const hex = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString('hex')
const server = { isServer: true, hasMechanism: true }

/** What a client reads after the handshake. */
function trafficOf(text: string, limits?: DecoderLimits): unknown[] {
  const decoder = new ZwsDecoder(false, limits)
  decoder.startTraffic({ cipher: undefined, hasCommands: true })
  decoder.push(bytes(text))
  const items: unknown[] = []
  for (;;) {
    const messages: Buffer[][] = []
    const count = decoder.read(messages, 2)
    items.push(...messages.map((frames) => frames.map(String)))
    const command = decoder.takeCommand()
    if (command !== undefined) items.push({ command: String(command) })
    else if (count === 0) return items
  }
}

describe('ZWS 2.0', () => {
  it('has a message of its own for each frame, with a flag before it', () => {
    const encoder = new ZwsEncoder(server)
    encoder.startTraffic(undefined)
    encoder.addMessage([Buffer.from('a'), Buffer.from('b')])
    encoder.addMessage([Buffer.alloc(0)])
    // As libzmq 4.3.4 sends it.
    expect(hex(encoder.take())).toBe('820201618202006282' + '0100')
    expect(trafficOf('82 02 01 61 82 02 00 62 82 01 00 82 03 02 01 63')).toEqual([
      ['a', 'b'],
      [''],
      { command: '\u0001c' },
    ])
  })

  it('has the same of messages that are packed', () => {
    const encoder = new ZwsEncoder(server)
    encoder.startTraffic(undefined)
    const memory = new Uint8Array(bytes('09 01 01 "a" 00 01 "b" 00 00'))
    encoder.pack({ bytes: memory, view: new DataView(memory.buffer) }, 1, 8, 2)
    expect(hex(encoder.take())).toBe('820201618202006282' + '0100')
  })

  it('has commands in the handshake', () => {
    const encoder = new ZwsEncoder(server)
    encoder.addCommand(encodeCommand('READY'))
    expect(hex(encoder.take())).toBe('8207' + '02' + '05' + Buffer.from('READY').toString('hex'))
    const decoder = new ZwsDecoder(false)
    decoder.push(bytes('82 07 02 05 "READY" 89 00'))
    expect(decoder.readCommand()).toEqual(encodeCommand('READY'))
    expect(decoder.readCommand()).toBeUndefined()
    expect(decoder.takePing()).toHaveLength(0)
  })

  it('has a routing id as first message where there is no mechanism', () => {
    const encoder = new ZwsEncoder({ isServer: true, hasMechanism: false })
    encoder.addCommand(Buffer.alloc(0))
    // As libzmq 4.3.4 sends it.
    expect(hex(encoder.take())).toBe('820100')
    encoder.startTraffic(undefined)
    encoder.addCommand(Buffer.from('c'))
    expect(hex(encoder.take())).toBe('82020263')
  })

  it('asks for signs of life as a WebSocket does, and leaves as it does', () => {
    const encoder = new ZwsEncoder(server)
    encoder.addPing()
    encoder.addPong(Buffer.from('p'))
    expect(hex(encoder.take())).toBe('8900' + '8a0170')
    expect(encoder.farewell(undefined)).toEqual(bytes('88 02 03 e8'))
    expect(encoder.farewell(undefined)).toBeUndefined()
  })

  it.each([
    [new WireError('MALFORMED_FRAME', ''), 1002],
    [new WireError('UNSUPPORTED_DATA', ''), 1003],
    [new WireError('DENIED', ''), 1008],
    [new WireError('FRAME_TOO_LARGE', ''), 1009],
    [new WireError('MESSAGE_TOO_LARGE', ''), 1009],
    [new WireError('TOO_MANY_SUBSCRIPTIONS', ''), 1008],
    [new Error('of its own'), 1011],
  ])('says why it leaves: %s', (error, code) => {
    expect(new ZwsEncoder(server).farewell(error)!.readUInt16BE(2)).toBe(code)
  })

  it.each([
    ['a message without a flag', '82 00', 'MALFORMED_FRAME'],
    ['a flag there is not', '82 01 04', 'MALFORMED_FRAME'],
    ['a command in parts', '82 01 03', 'MALFORMED_FRAME'],
    ['a text', '81 01 00', 'UNSUPPORTED_DATA'],
    ['too many frames', '82 01 01 82 01 01', 'TOO_MANY_FRAMES'],
    ['a frame over the limit', '82 0c', 'FRAME_TOO_LARGE'],
    ['a command over the limit', '82 05 02 01 61 61 61', 'FRAME_TOO_LARGE'],
    ['too much before the last frame', '82 08 01 "seven b"', 'MESSAGE_TOO_LARGE'],
    ['too much with the last frame', '82 04 01 "abc" 82 05 00 "defg"', 'MESSAGE_TOO_LARGE'],
  ])('refuses %s', (_, text, code) => {
    const limits = { maxFrames: 2, maxMessageSize: 10, maxCommandSize: 3, maxMultipartBytes: 6 }
    expect(codeOf(() => trafficOf(text, limits))).toBe(code)
  })

  it('counts what is before the last frame of each message anew', () => {
    const parts = '82 04 01 61 61 61 82 01 00'
    const limits = { maxMultipartBytes: 3 }
    expect(trafficOf(`${parts} ${parts}`, limits)).toEqual([
      ['aaa', ''],
      ['aaa', ''],
    ])
  })

  it('refuses a large command before the peer is known, and one in parts', () => {
    const large = new ZwsDecoder(false)
    large.push(bytes('82 7f 00 00 00 00 00 01 00 02'))
    expect(codeOf(() => large.readCommand())).toBe('FRAME_TOO_LARGE')
    const parts = new ZwsDecoder(false)
    parts.push(bytes('82 02 01 61'))
    expect(codeOf(() => parts.readCommand())).toBe('MALFORMED_FRAME')
  })

  it('keeps the parts of a message that is not whole yet', () => {
    const decoder = new ZwsDecoder(false)
    decoder.startTraffic({ cipher: undefined, hasCommands: true })
    const chunk = bytes('82 02 01 61')
    decoder.push(chunk)
    decoder.read([], 1)
    decoder.keep()
    chunk.fill(0)
    decoder.push(bytes('82 02 00 62'))
    const messages: Buffer[][] = []
    decoder.read(messages, 1)
    expect(messages.flat().map(String)).toEqual(['a', 'b'])
  })
})

describe('an exchange of routing ids', () => {
  it('sends one of those types that have one, and takes any', () => {
    const witness = new Witness()
    const exchange = new RoutingIdExchange(dealer, witness)
    exchange.start()
    exchange.receive(Buffer.from('eve'))
    expect(witness.sent.map(String)).toEqual(['bob'])
    expect(witness.peer).toMatchObject({ routingId: Buffer.from('eve'), socketType: undefined })
    const other = new Witness()
    new RoutingIdExchange({ ...push, routingId: Buffer.from('bob') }, other).start()
    expect(other.sent.map(String)).toEqual([''])
  })

  // The longest are longer than all metadata may be.
  it.each([256, 65_523, 65_524, 65_536])('refuses one of %i bytes', (bytes) => {
    const witness = new Witness()
    new RoutingIdExchange(dealer, witness).receive(Buffer.alloc(bytes))
    expect(witness.outcome).toBe('INVALID_METADATA')
  })
})
