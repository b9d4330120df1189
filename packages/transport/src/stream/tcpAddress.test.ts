import { describe, expect, it } from 'vitest'
import {
  hostAndPort,
  lookUpLocalAddress,
  parseLocalAddress,
  parseRemoteAddress,
} from './tcpAddress.ts'

const failing = (code: string): object => expect.objectContaining({ code }) as object

describe('an address to listen at', () => {
  it('is an interface and a port, each of which may be any', () => {
    expect(parseLocalAddress('*:5555', false)).toEqual({ host: '0.0.0.0', family: 4, port: 5555 })
    expect(parseLocalAddress('*:*', true)).toEqual({ host: '::', family: 6, port: 0 })
    expect(parseLocalAddress('127.0.0.1:0', false)).toMatchObject({ host: '127.0.0.1', port: 0 })
    expect(parseLocalAddress('[::1]:80', false)).toEqual({ host: '::1', family: 6, port: 80 })
  })

  it('names an interface of this machine', () => {
    expect(parseLocalAddress('lo:1', false)).toMatchObject({ host: '127.0.0.1', port: 1 })
    expect(() => parseLocalAddress('nowhere0:1', false)).toThrow(failing('ENODEV'))
  })

  it('may be this machine’s own, by the name that every machine has for itself', () => {
    expect(parseLocalAddress('localhost:1', false)).toEqual({
      host: '127.0.0.1',
      family: 4,
      port: 1,
    })
    expect(parseLocalAddress('localhost:*', true)).toEqual({ host: '::1', family: 6, port: 0 })
  })

  it.each(['', '127.0.0.1', '127.0.0.1:', ':5555', '*:70000', '*:port', 'host:port'])(
    'is not %j',
    (text) => {
      expect(() => parseLocalAddress(text, false)).toThrow(failing('EINVAL'))
      expect(() => lookUpLocalAddress(text, false)).toThrow(failing('EINVAL'))
    },
  )
})

describe('an address to listen at, looked up', () => {
  it('is asked for where it is a name and nothing else', () => {
    for (const known of [
      '*:*',
      'localhost:1',
      '127.0.0.1:1',
      '[::1]:1',
      '[fe80::1%lo]:1',
      'lo:1',
    ]) {
      expect(lookUpLocalAddress(known, false)).toBeUndefined()
    }
  })

  it('has what is found in the place of the name', async () => {
    // Names of hosts are the same in any case; only in small letters it is known here.
    expect(await lookUpLocalAddress('LOCALHOST:5555', false)).toBe('127.0.0.1:5555')
    expect(await lookUpLocalAddress('LOCALHOST:*', true)).toMatch(/^(127\.0\.0\.1|\[::1\]):0$/)
  })

  it('fails where nobody knows the name, and says what the system says', async () => {
    // No name has so many letters in one part: the system says so without asking anybody.
    const unknown = `${'x'.repeat(64)}.invalid`
    await expect(lookUpLocalAddress(`${unknown}:1`, false)).rejects.toMatchObject({
      code: 'ENODEV',
      cause: { syscall: 'getaddrinfo' },
    })
  })
})

describe('an address to connect to', () => {
  it('is a host and a port, perhaps behind where to connect from', () => {
    expect(parseRemoteAddress('server.example:5555', false)).toEqual({
      host: 'server.example',
      port: 5555,
      source: undefined,
    })
    expect(parseRemoteAddress('127.0.0.1:0;[::1]:5555', false)).toMatchObject({
      host: '::1',
      source: { host: '127.0.0.1', port: 0 },
    })
  })

  it.each(['*:5555', 'server:0', 'server:*', 'server'])('is not %j', (text) => {
    expect(() => parseRemoteAddress(text, false)).toThrow(failing('EINVAL'))
  })
})

describe('an endpoint', () => {
  it('has addresses of version 6 in brackets', () => {
    expect(hostAndPort('10.0.0.1', 1)).toBe('10.0.0.1:1')
    expect(hostAndPort('::1', 1)).toBe('[::1]:1')
  })
})
