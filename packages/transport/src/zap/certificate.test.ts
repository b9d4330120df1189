import { describe, expect, it } from 'vitest'
import { parseCertificate } from './certificate.ts'
import { parseZpl } from './zpl.ts'

const publicKey = 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'
const secretKey = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'

/** As CZMQ writes it. */
const czmq = `#   ****  Generated on 2026-01-01 by CZMQ  ****
#   ZeroMQ CURVE **Secret** Certificate
#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.

metadata
    email = "alice@example.com"
    name = 'Alice # the first'
curve
    public-key = "${publicKey}"
    secret-key = "${secretKey}"
`

describe('a certificate', () => {
  it('is read as CZMQ writes it', () => {
    expect(parseCertificate(czmq)).toEqual({ publicKey, secretKey })
  })

  it('may have its public key alone, bare lines and comments', () => {
    const text = `curve  # keys\r\n    # the public one\r\n    public-key = "${publicKey}" # this\r\n`
    expect(parseCertificate(text)).toEqual({ publicKey })
  })

  it.each([
    '',
    'Public keys of clients',
    `public-key = "${publicKey}"`,
    `metadata\n    public-key = "${publicKey}"`,
    'curve\n    public-key = "short"',
    `curve\n    public-key = "${publicKey}"\n    secret-key = "short"`,
    `curve\n  public-key = "${publicKey}"`,
  ])('is not %j', (text) => {
    expect(parseCertificate(text)).toBeUndefined()
  })
})

describe('ZPL', () => {
  it('has values at any depth, quoted or not', () => {
    const text = 'a = 1\nb\n    c = two words \n        d = "# no comment"\ne = \'it "is"\'\n'
    expect([...parseZpl(text)!]).toEqual([
      ['a', '1'],
      ['b/c', 'two words'],
      ['b/c/d', '# no comment'],
      ['e', 'it "is"'],
    ])
  })

  it.each(['  a = 1', 'a\n        b = 1', 'a b', 'a = "open'])('is not %j', (text) => {
    expect(parseZpl(text)).toBeUndefined()
  })
})
