import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { OwnNonces, PeerNonces } from './nonceSequence.ts'

describe('nonces', () => {
  it('of one’s own count from one', () => {
    const nonces = new OwnNonces()
    const target = Buffer.alloc(10)
    nonces.writeNext(target, 1)
    expect(target).toEqual(bytes('00 0000000000000001 00'))
    nonces.writeNext(target, 1)
    expect(target).toEqual(bytes('00 0000000000000002 00'))
  })

  it('of a peer must go up, over all 64 bits', () => {
    const nonces = new PeerNonces()
    const isNext = (text: string): boolean => nonces.isNext(bytes(text), 0)
    const accept = (text: string): void => nonces.accept(bytes(text), 0)
    expect(isNext('0000000000000000')).toBe(false)
    expect(isNext('0000000000000001')).toBe(true)
    accept('00000000ffffffff')
    expect(isNext('00000000ffffffff')).toBe(false)
    expect(isNext('00000000fffffffe')).toBe(false)
    expect(isNext('0000000100000000')).toBe(true)
    accept('0000000100000005')
    expect(isNext('0000000000000006')).toBe(false)
    expect(isNext('0000000100000005')).toBe(false)
    expect(isNext('0000000100000006')).toBe(true)
    accept('fffffffffffffffe')
    expect(isNext('ffffffffffffffff')).toBe(true)
    accept('ffffffffffffffff')
    expect(isNext('ffffffffffffffff')).toBe(false)
    expect(isNext('0000000000000001')).toBe(false)
  })
})
