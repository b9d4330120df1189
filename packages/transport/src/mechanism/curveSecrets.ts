import { timingSafeEqual } from 'node:crypto'
import { WireError } from '../errors.ts'
import { KEY_BYTES, type Sodium } from './sodium.ts'

/** Random bytes; `randomBytes` of node:crypto. */
export type RandomBytes = (count: number) => Uint8Array

/** A key pair for one connection. */
export interface TransientKeys {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

export function transientKeys(sodium: Sodium, random: RandomBytes): TransientKeys {
  const secretKey = random(KEY_BYTES)
  return { publicKey: sodium.publicKey(secretKey), secretKey }
}

/**
 * The key that is shared with a public key of the peer's.
 *
 * @throws {WireError} `KEY_EXCHANGE`: with that one, anybody could know it
 */
export function sharedKey(sodium: Sodium, publicKey: Uint8Array, secretKey: Uint8Array): Buffer {
  const key = sodium.sharedKey(publicKey, secretKey)
  if (key === undefined) throw new WireError('KEY_EXCHANGE', 'a public key that is none')
  return key
}

/** @throws {WireError} `CRYPTOGRAPHIC` */
export function openBox(
  sodium: Sodium,
  key: Uint8Array,
  nonce: Uint8Array,
  box: Uint8Array,
  what: string,
): Buffer {
  const plaintext = sodium.openBox(key, nonce, box)
  if (plaintext === undefined) throw new WireError('CRYPTOGRAPHIC', `${what} does not open`)
  return plaintext
}

/** Whether two keys, or what hides keys, are the same; takes as long whatever they are. */
export const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)
