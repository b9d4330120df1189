import { decodeZ85 } from '@ringpost/core/internal'
import { group, typeOf, type Kind, type Kinds } from '../options/checkOptions.ts'
import { mustSecretly, stated } from '../options/kinds.ts'
import type { ConnectOptions, ListenOptions } from './nodeOptions.ts'

const KEY_BYTES = 32

const isKey = (value: unknown): boolean =>
  typeof value === 'string'
    ? decodeZ85(value)?.length === KEY_BYTES
    : value instanceof Uint8Array && value.length === KEY_BYTES

const key = mustSecretly('a key of 40 characters of Z85, or of 32 bytes', isKey)

const isClients = (value: unknown): boolean =>
  value === 'any' || typeof value === 'function' || (Array.isArray(value) && value.every(isKey))

const clients = mustSecretly("'any', an array of public keys, or a function", isClients)

/** What PLAIN has room for; sockets take no empty ones. @see RFC 24/ZMTP-PLAIN */
const MOST_BYTES = 255

const isWord = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= MOST_BYTES

const word = mustSecretly(`a string of 1 to ${MOST_BYTES} bytes`, isWord)

/** A password that is undefined, for want of a variable, would be nobody's. */
const users: Kind = {
  what: 'an object of passwords by names, or a function',
  fault(value, name) {
    if (value === undefined || typeof value === 'function') return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return `${name} must be ${this.what}, not ${typeOf(value)}`
    for (const [user, given] of Object.entries(value))
      if (!isWord(given)) return `${name}.${user} must be ${word.what}, not ${typeOf(given)}`
    return undefined
  },
}

/** Whom an endpoint lets in. */
export const doorKinds: Kinds<Pick<ListenOptions, 'curve' | 'plain'>> = {
  curve: stated(group({ secretKey: key, clients }, ['secretKey', 'clients'])),
  plain: stated(group({ users }, ['users'])),
}

/** Who one is to the other side. */
export const visitorKinds: Kinds<Pick<ConnectOptions, 'curve' | 'plain'>> = {
  curve: stated(
    group({ serverKey: key, publicKey: key, secretKey: key }, [
      'serverKey',
      'publicKey',
      'secretKey',
    ]),
  ),
  plain: stated(group({ username: word, password: word }, ['username', 'password'])),
}
