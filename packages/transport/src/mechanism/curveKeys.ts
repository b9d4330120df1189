import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SocketError } from '@ringpost/core'
import { decodeZ85, encodeZ85 } from '@ringpost/core/internal'

/** Two keys that belong together, each 40 characters of Z85. */
export interface CurveKeyPair {
  /** Known to whoever is to talk to its owner. */
  readonly publicKey: string
  /** Known to its owner alone. */
  readonly secretKey: string
}

const KEY_BYTES = 32

/** What is in front of the 32 bytes of a key in its DER form. @see RFC 8410 */
const derPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')

/**
 * Makes a new pair of keys, for the options `curvePublicKey` and `curveSecretKey` of a socket.
 *
 * @see zmq_curve_keypair(3)
 */
export function curveKeyPair(): CurveKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const secret = lastBytes(privateKey.export({ format: 'der', type: 'pkcs8' }))
  return { publicKey: publicText(publicKey), secretKey: encodeZ85(secret) }
}

/**
 * The public key that belongs to a secret one.
 *
 * @param secretKey 32 bytes, or 40 characters of Z85
 * @returns 40 characters of Z85
 * @throws {SocketError} `EINVAL`: it is no key
 * @see zmq_curve_public(3)
 */
export function curvePublicKey(secretKey: string | Uint8Array): string {
  const bytes = typeof secretKey === 'string' ? decodeZ85(secretKey) : secretKey
  if (bytes?.length !== KEY_BYTES) {
    throw new SocketError('EINVAL', { message: 'A key is 32 bytes, or 40 characters of Z85' })
  }
  const key = Buffer.concat([derPrefix, bytes])
  return publicText(createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })))
}

const publicText = (key: KeyObject): string =>
  encodeZ85(lastBytes(key.export({ format: 'der', type: 'spki' })))

const lastBytes = (der: Buffer): Buffer => der.subarray(der.length - KEY_BYTES)
