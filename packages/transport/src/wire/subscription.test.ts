import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { encodeSubscription, subscriptionMessage } from './subscription.ts'

describe('a subscription', () => {
  it('is a command since ZMTP 3.1', () => {
    const subscribe = { isCommand: true, body: bytes('09 "SUBSCRIBE" "A"') }
    const cancel = { isCommand: true, body: bytes('06 "CANCEL" "A"') }
    expect(encodeSubscription('3.1', true, bytes('"A"'))).toEqual(subscribe)
    expect(encodeSubscription('3.1', false, bytes('"A"'))).toEqual(cancel)
  })

  it.each(['2.0', '3.0'] as const)('is a message in ZMTP %s', (version) => {
    const subscribe = { isCommand: false, body: bytes('01 "A"') }
    const cancel = { isCommand: false, body: bytes('00 "A"') }
    expect(encodeSubscription(version, true, bytes('"A"'))).toEqual(subscribe)
    expect(encodeSubscription(version, false, bytes('"A"'))).toEqual(cancel)
  })

  it('may be for everything', () => {
    expect(subscriptionMessage(true, Buffer.alloc(0))).toEqual(bytes('01'))
  })
})
