import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { ProxyError, SocksNegotiation } from './negotiation.ts'

const target = { host: '192.0.2.1', port: 5555 }
const credentials = { username: 'bob', password: 'secret' }
const hex = (buffer: Buffer | undefined): string | undefined => buffer?.toString('hex')

/** What is said in answer to each chunk; the rest at the end. */
function talk(negotiation: SocksNegotiation, ...chunks: string[]): (string | undefined)[] {
  return chunks.map((chunk) => {
    const { reply, rest } = negotiation.receive(bytes(chunk))
    return rest === undefined ? hex(reply) : `rest ${hex(rest)}`
  })
}

describe('who connects through a SOCKS5 proxy', () => {
  it('asks for an address, and goes on with what comes behind the answer', () => {
    const negotiation = new SocksNegotiation(target)
    expect(hex(negotiation.open())).toBe('050100')
    expect(talk(negotiation, '05 00', '05 00 00 01 7f 00 00 01 00 50 ff 01')).toEqual([
      '05010001c000020115b3',
      'rest ff01',
    ])
  })

  it('logs in when it is asked to', () => {
    const negotiation = new SocksNegotiation(target, credentials)
    expect(hex(negotiation.open())).toBe('05020002')
    expect(talk(negotiation, '05 02', '01 00')).toEqual([
      hex(bytes('01 03 "bob" 06 "secret"')),
      '05010001c000020115b3',
    ])
  })

  it('does not when it is not', () => {
    const negotiation = new SocksNegotiation(target, credentials)
    expect(talk(negotiation, '05 00')).toEqual(['05010001c000020115b3'])
  })

  it.each([
    ['2001:db8::9', '04 20010db8000000000000000000000009'],
    ['server.example', '03 0e "server.example"'],
  ])('asks for %s', (host, address) => {
    const negotiation = new SocksNegotiation({ host, port: 80 })
    expect(talk(negotiation, '05 00')).toEqual([hex(bytes(`05 01 00 ${address} 00 50`))])
  })

  it.each(['01 7f000001', '03 04 "here"', '03 00', '04 00000000000000000000000000000001'])(
    'reads an answer with the address %s, byte by byte',
    (address) => {
      const negotiation = new SocksNegotiation(target)
      const all = bytes(`05 00 05 00 00 ${address} 00 50`)
      for (const [at, byte] of all.entries()) {
        const step = negotiation.receive(Buffer.of(byte))
        expect(step.rest !== undefined).toBe(at === all.length - 1)
        expect(step.reply !== undefined).toBe(at === 1)
      }
    },
  )

  it.each([
    ['another version', ['04 00']],
    ['no way to log in', ['05 ff']],
    ['a way to log in that was not offered', ['05 02']],
    ['another version in the answer', ['05 00', '04 00 00 01 00000000 0000']],
    ['a refusal', ['05 00', '05 05 00 01 00000000 0000']],
    ['a refusal that there is not', ['05 00', '05 2a 00 01 00000000 0000']],
    ['an address of no type', ['05 00', '05 00 00 02']],
  ])('gives up at %s', (_, chunks) => {
    expect(() => talk(new SocksNegotiation(target), ...chunks)).toThrow(ProxyError)
  })

  it('gives up when it is not let in', () => {
    const negotiation = new SocksNegotiation(target, credentials)
    expect(() => talk(negotiation, '05 02', '01 01')).toThrow('does not know this user')
  })

  it('asks for no name that is too long', () => {
    const negotiation = new SocksNegotiation({ host: 'x'.repeat(256), port: 80 })
    expect(() => talk(negotiation, '05 00')).toThrow(ProxyError)
  })
})
