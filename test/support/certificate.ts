import { generateKeyPairSync, sign } from 'node:crypto'

export interface Certificate {
  readonly keyPem: string
  readonly certPem: string
}

/**
 * A certificate that vouches for itself, for names and addresses of version 4, from 2020 to 2049.
 *
 * @see RFC 5280
 */
export function selfSigned(names: readonly string[], addresses: readonly string[]): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signature = sequence(oid([1, 2, 840, 10_045, 4, 3, 2])) // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(oid([2, 5, 4, 3]), der(0x0c, Buffer.from('test')))))
  const validity = sequence(time('200101000000Z'), time('491231235959Z'))
  const alternatives = [
    ...names.map((dns) => der(0x82, Buffer.from(dns))),
    ...addresses.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
  ]
  const extension = sequence(oid([2, 5, 29, 17]), der(0x04, sequence(...alternatives)))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.of(1)),
    signature,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const signed = der(0x03, Buffer.of(0), sign('sha256', body, privateKey))
  const lines = sequence(body, signature, signed)
    .toString('base64')
    .match(/.{1,64}/g)!
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certPem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** A value of ASN.1 in its distinguished encoding: tag, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  // As short as can be: Chromium is strict about it.
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents)
const time = (text: string): Buffer => der(0x17, Buffer.from(text))

function oid([first, second, ...rest]: readonly number[]): Buffer {
  const bytes = [first! * 40 + second!]
  for (const arc of rest) {
    const digits = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return der(0x06, Buffer.from(bytes))
}
