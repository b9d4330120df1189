import { SocketError } from '../../errors.ts'

/** What a group is named by: text is taken as UTF-8. */
export type Group = string | Uint8Array

const MOST_BYTES = 255

/**
 * The bytes of a group's name.
 *
 * @param what how to call it where it is none
 * @throws {TypeError} it is no name
 * @throws {SocketError} `EINVAL`: it has more than 255 bytes
 */
export function bytesOfGroup(group: unknown, what = 'Value'): Uint8Array {
  if (typeof group !== 'string' && !(group instanceof Uint8Array)) {
    throw new TypeError(`${what} must be a string or buffer`)
  }
  const bytes = typeof group === 'string' ? Buffer.from(group) : group
  if (bytes.length > MOST_BYTES) throw new SocketError('EINVAL')
  return bytes
}

/** A text that stands for these bytes and no others, to look groups up by. */
export const keyOfGroup = (bytes: Uint8Array): string =>
  Buffer.prototype.latin1Slice.call(bytes, 0, bytes.length)
