import { describe, expect, it } from 'vitest'
import { isMulticast, parseUdpBinding, parseUdpTarget } from './udpAddress.ts'

const failing = (code: string): object => expect.objectContaining({ code }) as object

describe('an address of a group', () => {
  it.each(['224.0.0.1', '239.255.255.255', 'ff02::1', 'FF05::7a65'])('is %s', (host) => {
    expect(isMulticast(host)).toBe(true)
  })

  it.each(['223.255.255.255', '240.0.0.1', 'ff::1', 'fe80::1', 'group.example', ''])(
    'is not %j',
    (host) => {
      expect(isMulticast(host)).toBe(false)
    },
  )
})

describe('where datagrams come in', () => {
  it('is an interface and a port, as for TCP', () => {
    expect(parseUdpBinding('*:5555', false)).toEqual({
      host: '0.0.0.0',
      family: 4,
      port: 5555,
      multicast: undefined,
      name: 'udp://0.0.0.0',
    })
    expect(parseUdpBinding('*:*', true)).toMatchObject({ host: '::', port: 0, name: 'udp://[::]' })
    expect(parseUdpBinding('localhost:1', false)).toMatchObject({ name: 'udp://127.0.0.1' })
    expect(parseUdpBinding('lo:1', false)).toMatchObject({ host: '127.0.0.1', family: 4, port: 1 })
  })

  it('is a group, on an interface by name or address or of the choice of the system', () => {
    const group = '239.0.0.1'
    const bound = process.platform === 'win32' ? '0.0.0.0' : group
    expect(parseUdpBinding('239.0.0.1:5555', false)).toEqual({
      host: bound,
      family: 4,
      port: 5555,
      multicast: { group, interface: undefined },
      name: 'udp://239.0.0.1',
    })
    expect(parseUdpBinding('lo;239.0.0.1:*', false)).toMatchObject({
      port: 0,
      multicast: { group, interface: '127.0.0.1' },
      name: 'udp://lo;239.0.0.1',
    })
    expect(parseUdpBinding('127.0.0.1;239.0.0.1:1', false)).toMatchObject({
      multicast: { interface: '127.0.0.1' },
    })
    expect(parseUdpBinding('*;239.0.0.1:1', false)).toMatchObject({
      multicast: { interface: undefined },
    })
  })

  it('is a group of version 6, whose interface is known by its name', () => {
    expect(parseUdpBinding('[ff02::1]:5555', true)).toEqual({
      host: '::',
      family: 6,
      port: 5555,
      multicast: { group: 'ff02::1', interface: undefined },
      name: 'udp://[ff02::1]',
    })
  })

  it.each([
    ['239.0.0.1', 'EINVAL'],
    ['239.0.0.1:70000', 'EINVAL'],
    ['127.0.0.1;127.0.0.1:5555', 'EINVAL'],
    ['239.0.0.2;239.0.0.1:5555', 'EINVAL'],
    ['[::1];239.0.0.1:5555', 'EINVAL'],
    ['127.0.0.1;[ff02::1]:5555', 'EINVAL'],
    ['nowhere0;239.0.0.1:5555', 'ENODEV'],
    ['192.0.2.254;239.0.0.1:5555', 'ENODEV'],
    ['nowhere0:5555', 'ENODEV'],
  ])('is not %j', (text, code) => {
    expect(() => parseUdpBinding(text, false)).toThrow(failing(code))
  })
})

describe('where datagrams go', () => {
  it('is an address or a name, and a port', () => {
    expect(parseUdpTarget('server.example:5555')).toEqual({
      host: 'server.example',
      port: 5555,
      multicast: undefined,
    })
    expect(parseUdpTarget('[::1]:5555')).toMatchObject({ host: '::1' })
  })

  it('is a group, by an interface', () => {
    expect(parseUdpTarget('lo;239.0.0.1:5555')).toEqual({
      host: '239.0.0.1',
      port: 5555,
      multicast: { group: '239.0.0.1', interface: '127.0.0.1' },
    })
  })

  it.each([
    ['*:5555', 'EINVAL'],
    ['127.0.0.1:0', 'EINVAL'],
    ['127.0.0.1:*', 'EINVAL'],
    ['127.0.0.1', 'EINVAL'],
    ['127.0.0.1;127.0.0.1:5555', 'EINVAL'],
    ['nowhere0;239.0.0.1:5555', 'ENODEV'],
  ])('is not %j', (text, code) => {
    expect(() => parseUdpTarget(text)).toThrow(failing(code))
  })
})
