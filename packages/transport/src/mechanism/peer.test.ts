import { socketTypeId } from '@ringpost/core/internal'
import { describe, expect, it } from 'vitest'
import { bytes, codeOf } from '../testing/bytes.test-support.ts'
import { dealer, pull, push } from '../testing/handshake.test-support.ts'
import { encodeMetadata } from '../wire/metadata.ts'
import { describeSelf, readPeer, readVersionTwoPeer } from './peer.ts'

describe('what a side tells of itself', () => {
  it('is its type, and a routing id only where types have one', () => {
    expect(describeSelf(push)).toEqual(bytes('0b "Socket-Type" 00000004 "PUSH"'))
    const anonymous = { ...dealer, routingId: Buffer.alloc(0) }
    const expected = '0b "Socket-Type" 00000006 "DEALER" 08 "Identity" 00000000'
    expect(describeSelf(anonymous)).toEqual(bytes(expected))
  })

  it('is followed by what the application adds', () => {
    const self = { ...push, properties: [['X-A', Buffer.from('1')]] as const }
    expect(describeSelf(self)).toEqual(
      bytes('0b "Socket-Type" 00000004 "PUSH" 03 "X-A" 00000001 "1"'),
    )
    expect(() => describeSelf({ ...push, properties: [['', Buffer.alloc(0)]] })).toThrow(RangeError)
  })

  it('is read by a peer that can talk to it, and by no other', () => {
    expect(readPeer(pull, describeSelf(push))).toMatchObject({ socketType: 'PUSH', userId: '' })
    expect(codeOf(() => readPeer(pull, describeSelf(dealer)))).toBe('INCOMPATIBLE_PEER')
  })

  it('may be nothing', () => {
    expect(readPeer(pull, Buffer.alloc(0))).toMatchObject({ socketType: undefined })
  })

  it('has a routing id of up to 255 bytes', () => {
    const identity = (length: number) => encodeMetadata([['Identity', Buffer.alloc(length, 'i')]])
    expect(readPeer(pull, identity(255)).routingId).toHaveLength(255)
    expect(codeOf(() => readPeer(pull, identity(256)))).toBe('INVALID_METADATA')
  })

  it('is in the greeting of ZMTP 2.0', () => {
    const greeting = (socketType: number) =>
      ({ version: '2.0', socketType, routingId: Buffer.from('bob') }) as const
    const peer = readVersionTwoPeer(pull, greeting(socketTypeId.Push))
    expect(peer).toMatchObject({ socketType: 'PUSH', routingId: Buffer.from('bob') })
    for (const type of [socketTypeId.Dealer, socketTypeId.Stream, 255]) {
      expect(codeOf(() => readVersionTwoPeer(pull, greeting(type)))).toBe('INCOMPATIBLE_PEER')
    }
    const subscriber = { ...pull, socketType: socketTypeId.XSubscriber }
    for (const type of [socketTypeId.Publisher, socketTypeId.XPublisher]) {
      expect(readVersionTwoPeer(subscriber, greeting(type)).routingId).toHaveLength(3)
    }
  })
})
