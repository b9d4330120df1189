import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { opcode } from './frame.ts'
import { WebSocketDecoder } from './webSocketDecoder.ts'
import { WebSocketEncoder } from './webSocketEncoder.ts'

const taken = (encoder: WebSocketEncoder): Buffer => Buffer.concat(encoder.take())
const keyOfRfc = (): Uint8Array => Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)

describe('the examples of RFC 6455, section 5.7', () => {
  it('are written: a ping, and its masked pong', () => {
    const server = new WebSocketEncoder(true)
    server.addControl(opcode.ping, Buffer.from('Hello'))
    expect(taken(server)).toEqual(bytes('89 05 48 65 6c 6c 6f'))
    const client = new WebSocketEncoder(false, keyOfRfc)
    client.addControl(opcode.pong, Buffer.from('Hello'))
    expect(taken(client)).toEqual(bytes('8a 85 37 fa 21 3d 7f 9f 4d 51 58'))
  })

  it('are written: 256 bytes, 64 KiB, and a masked message', () => {
    const server = new WebSocketEncoder(true)
    server.addBinary(1, Buffer.alloc(255))
    expect(taken(server).subarray(0, 5)).toEqual(bytes('82 7e 01 00 01'))
    server.addBinary(1, Buffer.alloc(65_535))
    expect(taken(server).subarray(0, 11)).toEqual(bytes('82 7f 00 00 00 00 00 01 00 00 01'))
    const client = new WebSocketEncoder(false, keyOfRfc)
    client.addBinary(0x48, Buffer.from('ello'))
    expect(taken(client)).toEqual(bytes('82 85 37 fa 21 3d 7f 9f 4d 51 58'))
  })
})

describe('an encoder of WebSocket frames', () => {
  it('writes what a decoder reads, of any length', () => {
    const length = fc.oneof(
      fc.nat(300),
      fc.integer({ min: 16_380, max: 16_390 }),
      fc.integer({ min: 65_520, max: 65_540 }),
    )
    fc.assert(
      fc.property(fc.array(length, { maxLength: 12 }), fc.boolean(), (lengths, isServer) => {
        const encoder = new WebSocketEncoder(isServer)
        const bodies = lengths.map((size, i) => Buffer.alloc(size, `${i}abc`))
        bodies.forEach((body, i) => encoder.addBinary(i, body))
        const pending = encoder.pendingBytes
        const wire = taken(encoder)
        expect(pending).toBe(wire.length)
        expect(encoder.pendingBytes).toBe(0)
        const decoder = new WebSocketDecoder(!isServer, 2 ** 30)
        decoder.push(wire)
        bodies.forEach((body, i) => {
          const message = decoder.read()!
          expect(message[0]).toBe(i)
          expect(message.subarray(1).equals(body)).toBe(true)
        })
        expect(decoder.read()).toBeUndefined()
      }),
    )
  })

  it('does not copy what is large and not masked', () => {
    const encoder = new WebSocketEncoder(true)
    const body = new Uint8Array(20_000)
    encoder.addBinary(0, body)
    expect(encoder.take()[1]).toBe(body)
  })

  it('copies what is large, too, when it must not keep it', () => {
    const encoder = new WebSocketEncoder(true)
    const body = Buffer.alloc(20_000, 'x')
    encoder.addBinary(0, body, false)
    body.fill('y')
    expect(taken(encoder).subarray(5).equals(Buffer.alloc(20_000, 'x'))).toBe(true)
  })

  it('takes another key for each frame', () => {
    const encoder = new WebSocketEncoder(false)
    const keys = new Set<string>()
    for (let i = 0; i < 2000; i++) {
      encoder.addControl(opcode.ping, Buffer.alloc(0))
      keys.add(taken(encoder).toString('hex', 2))
    }
    expect(keys.size).toBe(2000)
  })
})
