import { describe, expect, it } from 'vitest'
import { Networks } from './networks.ts'

describe('a list of networks', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::1', '::1', true],
    ['[::1]', '::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['fe80::/10', 'fec0::1', false],
    ['localhost', 'localhost', true],
    ['localhost', '127.0.0.1', false],
    ['127.0.0.1', 'localhost', false],
    ['127.0.0.1', '', false],
  ])('%s has %s: %s', (network, address, expected) => {
    expect(new Networks([network]).has(address)).toBe(expected)
  })

  it.each(['', 'example.com', '10.0.0.0/33', '::/129', '10.0.0/8', '10.0.0.0/', '1.2.3.4/x'])(
    'is not made of %j',
    (network) => {
      expect(() => new Networks([network])).toThrow(TypeError)
    },
  )
})
