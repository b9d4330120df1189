import { describe, expect, it } from 'vitest'
import { parseDialled, parseListening } from './webSocketAddress.ts'

const failing = (code: string): object => expect.objectContaining({ code }) as object

describe('an address to listen at', () => {
  it('is one of TCP, and perhaps a path', () => {
    expect(parseListening('*:5555/zeromq', false)).toMatchObject({
      address: { host: '0.0.0.0', port: 5555 },
      path: '/zeromq',
    })
    expect(parseListening('[::1]:*', true)).toMatchObject({
      address: { host: '::1', port: 0 },
      path: undefined,
    })
  })

  it.each(['127.0.0.1', '*:1/a b', '*:1/ä', '*:1/#a', '/path'])('is not %j', (text) => {
    expect(() => parseListening(text, false)).toThrow(failing('EINVAL'))
  })
})

describe('an address to connect to', () => {
  it('is one of TCP, and perhaps a path', () => {
    expect(parseDialled('server.example:8080/a/b?c=d', false, 80)).toMatchObject({
      address: { host: 'server.example', port: 8080 },
      path: '/a/b?c=d',
      host: 'server.example:8080',
    })
    expect(parseDialled('127.0.0.1:0;[::1]:8080/', false, 80)).toMatchObject({
      address: { host: '::1', port: 8080, source: { host: '127.0.0.1' } },
      host: '[::1]:8080',
    })
  })

  it("has the scheme's port when it names none", () => {
    expect(parseDialled('server.example/zeromq', false, 443)).toMatchObject({
      address: { host: 'server.example', port: 443 },
      host: 'server.example',
    })
    expect(parseDialled('[::1]', false, 80)).toMatchObject({ address: { host: '::1', port: 80 } })
  })

  it('tells the server nothing of this machine', () => {
    expect(parseDialled('[fe80::1%eth0]:80', true, 80)).toMatchObject({
      address: { host: 'fe80::1%eth0' },
      host: '[fe80::1]:80',
    })
  })

  it.each(['*:80', 'server:0/', 'server:port', 'b\u00fccher.example:80', 'a\r\nb: c:80', 'a b'])(
    'is not %j',
    (text) => {
      expect(() => parseDialled(text, false, 80)).toThrow(failing('EINVAL'))
    },
  )
})
