import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { bytes, codeOf, cut } from '../testing/bytes.test-support.ts'
import { curveClient, curveKeys, curveServer } from '../testing/curve.test-support.ts'
import { shakeHands } from '../testing/handshake.test-support.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { frameFlag } from '../wire/frame.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { CurveTraffic } from './curveTraffic.ts'
import { OwnNonces, PeerNonces } from './nonceSequence.ts'
import { loadSodium, type Sodium } from './sodium.ts'

let sodium: Sodium
beforeAll(async () => {
  sodium = await loadSodium()
})

/** The ciphers of the two ends of a connection. */
function connection(): { client: FrameCipher; server: FrameCipher } {
  const keys = curveKeys(sodium)
  const client = curveClient(sodium, keys.client)
  const server = curveServer(sodium, keys.serverSecret)
  shakeHands(client, server)
  return { client: client.witness.peer!.cipher!, server: server.witness.peer!.cipher! }
}

describe('encrypted traffic', () => {
  it('has the layout of the RFC, and its own sequence of nonces each way', () => {
    const { client, server } = connection()
    const sealed = client.seal(Buffer.from('hi'), 1)
    expect(sealed).toHaveLength(33 + 2)
    // HELLO and INITIATE had the first two.
    expect(sealed.subarray(0, 16)).toEqual(bytes('07 "MESSAGE" 0000000000000003'))
    expect(server.open(Buffer.from(sealed))).toEqual(Buffer.from('hi'))
    expect(server.flags).toBe(1)
    // READY had the first one.
    const answer = server.seal(Buffer.alloc(0), 0)
    expect(answer).toHaveLength(33)
    expect(answer.subarray(0, 16)).toEqual(bytes('07 "MESSAGE" 0000000000000002'))
    expect(client.open(answer)).toEqual(Buffer.alloc(0))
    expect(client.flags).toBe(0)
    expect(client.seal(Buffer.from('hi'), 1).equals(sealed)).toBe(false)
  })

  it('forgets its keys when it is closed', () => {
    const keys = { own: Buffer.alloc(32, 1), peer: Buffer.alloc(32, 2) }
    new CurveTraffic(sodium, keys, new OwnNonces(), new PeerNonces()).close()
    expect(keys).toEqual({ own: Buffer.alloc(32), peer: Buffer.alloc(32) })
  })

  it.each([0, frameFlag.more, frameFlag.command])('carries frames with the flags %i', (flags) => {
    const { client, server } = connection()
    expect(client.open(server.seal(Buffer.from('frame'), flags))).toEqual(Buffer.from('frame'))
    expect(client.flags).toBe(flags)
  })

  it('has inside the flags of libzmq’s messages, and takes no others', () => {
    const key = Buffer.alloc(32, 1)
    const cipher = new CurveTraffic(
      sodium,
      { own: key, peer: key },
      new OwnNonces(),
      new PeerNonces(),
    )
    const inside = [0, frameFlag.more, frameFlag.command].map((flags) => {
      const sealed = cipher.seal(Buffer.from('x'), flags)
      sodium.open(key, sealed, 8, sealed, 16, sealed.length - 16)
      return sealed[32]
    })
    expect(inside).toEqual([0, 1, 2])
    for (const unknown of [3, 4, 5, 8, 255]) {
      const sealed = bytes(`07 "MESSAGE" ${'00'.repeat(8 + 16)} 00 "x"`)
      sealed[15] = unknown
      sealed[32] = unknown
      sodium.seal(key, sealed, 8, sealed, 16, sealed.length - 16)
      expect(codeOf(() => cipher.open(sealed))).toBe('MALFORMED_COMMAND')
    }
  })

  it('carries whatever is sent, split anywhere', () => {
    const frame = fc.uint8Array({ maxLength: 100 })
    const message = fc.array(frame, { minLength: 1, maxLength: 3 })
    const run = fc.tuple(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(1500)))
    fc.assert(
      fc.property(run, ([messages, places]) => {
        const { client, server } = connection()
        const encoder = new FrameEncoder()
        const decoder = new FrameDecoder()
        encoder.startTraffic(client)
        decoder.startTraffic({ cipher: server })
        for (const each of messages) encoder.addMessage(each)
        encoder.addCommand(bytes('04 "PING" 0000'))
        for (const chunk of cut(Buffer.concat(encoder.take()), places)) decoder.push(chunk)
        const received: Buffer[][] = []
        expect(decoder.read(received, 100)).toBe(messages.length)
        expect(received).toEqual(messages.map((frames) => frames.map((each) => Buffer.from(each))))
        expect(decoder.takeCommand()).toEqual(bytes('04 "PING" 0000'))
      }),
      { numRuns: 30 },
    )
  })

  it('carries frames larger than a piece', () => {
    const { client, server } = connection()
    const large = Buffer.alloc(200_000, 'large')
    expect(server.open(client.seal(large, 0)).equals(large)).toBe(true)
  })

  it('refuses what comes again, or out of order', () => {
    const { client, server } = connection()
    const sealed = [0, 1, 2].map((n) => client.seal(Buffer.from([n]), 0))
    server.open(Buffer.from(sealed[1]!))
    for (const at of [0, 1]) {
      const again = Buffer.from(sealed[at]!)
      expect(codeOf(() => server.open(again))).toBe('INVALID_SEQUENCE')
    }
    // One that is missing is no failure of the sequence: a stream loses nothing by itself.
    expect(server.open(Buffer.from(sealed[2]!))).toEqual(Buffer.from([2]))
  })

  it('does not count the nonce of what it did not open', () => {
    const { client, server } = connection()
    const sealed = client.seal(Buffer.from('x'), 0)
    const forged = Buffer.from(sealed)
    forged.fill(0xff, 8, 16)
    expect(codeOf(() => server.open(forged))).toBe('CRYPTOGRAPHIC')
    expect(server.open(sealed)).toEqual(Buffer.from('x'))
  })

  it('refuses what is sent back to who sent it', () => {
    const { client } = connection()
    const sealed = [client.seal(Buffer.alloc(1), 0), client.seal(Buffer.alloc(1), 0)]
    expect(codeOf(() => client.open(sealed[1]!))).toBe('CRYPTOGRAPHIC')
  })

  it('refuses every byte that is another', () => {
    const { client, server } = connection()
    const sealed = client.seal(Buffer.from('something'), 0)
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1 << (at & 7)
      const code = codeOf(() => server.open(changed))
      const name = at < 8 ? ['UNEXPECTED_COMMAND'] : ['CRYPTOGRAPHIC', 'INVALID_SEQUENCE']
      expect(name).toContain(code)
    }
    expect(server.open(sealed)).toEqual(Buffer.from('something'))
  })

  it.each([
    ['nothing', '', 'UNEXPECTED_COMMAND'],
    ['a command in the clear', '04 "PING" 0000', 'UNEXPECTED_COMMAND'],
    ['a message in the clear', '"hello"', 'UNEXPECTED_COMMAND'],
    ['a MESSAGE that is too short', `07 "MESSAGE" ${'00'.repeat(24)}`, 'MALFORMED_COMMAND'],
  ])('refuses %s', (_, body, code) => {
    expect(codeOf(() => connection().client.open(bytes(body)))).toBe(code)
  })
})
