import { describe, expect, it } from 'vitest'
import { parseEndpoint } from './endpoint.ts'

describe('parseEndpoint', () => {
  it.each([
    ['inproc://a', 'inproc', 'a'],
    ['tcp://127.0.0.1:5555', 'tcp', '127.0.0.1:5555'],
    ['tcp://[::1]:*', 'tcp', '[::1]:*'],
    ['ipc:///tmp/feed', 'ipc', '/tmp/feed'],
    ['inproc://a://b', 'inproc', 'a://b'],
    ['INPROC://a', 'INPROC', 'a'],
    ['x://é', 'x', 'é'],
  ])('takes %s apart', (endpoint, scheme, address) => {
    expect(parseEndpoint(endpoint)).toEqual({ scheme, address })
  })

  it.each(['', 'a', 'inproc', 'inproc:/a', 'inproc:a', 'inproc://', '://a', '://'])(
    'refuses %j and says which endpoint it was',
    (endpoint) => {
      expect(() => parseEndpoint(endpoint)).toThrow(
        expect.objectContaining({ code: 'EINVAL', errno: 22, address: endpoint }),
      )
    },
  )

  it('takes an inproc name of 256 bytes and no longer one', () => {
    expect(parseEndpoint(`inproc://${'a'.repeat(256)}`).address).toHaveLength(256)
    for (const name of ['a'.repeat(257), 'é'.repeat(129)]) {
      const endpoint = `inproc://${name}`
      expect(() => parseEndpoint(endpoint)).toThrow(
        expect.objectContaining({ code: 'ENAMETOOLONG', errno: 36, address: endpoint }),
      )
    }
  })

  it('leaves the length of other addresses to their transports', () => {
    expect(parseEndpoint(`ipc://${'a'.repeat(300)}`).address).toHaveLength(300)
  })

  it('refuses what is not a string', () => {
    expect(() => Reflect.apply(parseEndpoint, undefined, [42])).toThrow(
      new TypeError('Address must be a string'),
    )
  })
})
