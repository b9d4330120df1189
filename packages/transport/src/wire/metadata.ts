import { WireError } from '../errors.ts'
import { readUint32 } from './frame.ts'

/**
 * What a side tells of itself, property by property.
 *
 *      0             1      1 + n        5 + n      5 + n + m
 *      +-------------+------+------------+----------+
 *      | name length | name | value size | value    |
 *      +-------------+------+------------+----------+
 *
 * | field       | bytes | meaning                                               |
 * | ----------- | ----- | ----------------------------------------------------- |
 * | name length |     1 | 1 to 255                                              |
 * | name        |     n | ASCII, in which upper and lower case are the same     |
 * | value size  |     4 | big-endian                                            |
 * | value       |     m | what the name calls for                               |
 *
 * @see RFC 37/ZMTP "Connection Metadata"
 */
export type Property = readonly [name: string, value: Uint8Array]

const VALUE_SIZE_BYTES = 4

/** All properties of a peer together; a command of the handshake has no room for more. */
export const METADATA_BYTES = 65_536

/** What names are made of. @see RFC 37/ZMTP */
const nameForm = /^[A-Za-z0-9\-_.+]{1,255}$/

/** The properties that a peer told. */
export class Metadata implements Iterable<readonly [name: string, value: Buffer]> {
  readonly #properties: ReadonlyMap<string, readonly [name: string, value: Buffer]>

  constructor(properties: ReadonlyMap<string, readonly [name: string, value: Buffer]> = new Map()) {
    this.#properties = properties
  }

  /** The value of a property, in whatever case its name is written. */
  get(name: string): Buffer | undefined {
    return this.#properties.get(name.toLowerCase())?.[1]
  }

  get size(): number {
    return this.#properties.size
  }

  /** In the order and the spelling in which they were told. */
  [Symbol.iterator](): IterableIterator<readonly [name: string, value: Buffer]> {
    return this.#properties.values()
  }
}

/**
 * Writes properties. libzmq knows "Socket-Type" and "Identity" in this spelling only.
 *
 * @throws {RangeError} a name that is none, or more than 64 KiB
 */
export function encodeMetadata(properties: Iterable<Property>): Buffer {
  const parts: Uint8Array[] = []
  for (const [name, value] of properties) {
    if (!nameForm.test(name)) throw new RangeError(`${JSON.stringify(name)} is no property's name`)
    const size = Buffer.alloc(VALUE_SIZE_BYTES)
    size.writeUInt32BE(value.length)
    parts.push(Buffer.of(name.length), Buffer.from(name, 'latin1'), size, value)
  }
  const bytes = Buffer.concat(parts)
  if (bytes.length > METADATA_BYTES) {
    throw new RangeError(`metadata of ${bytes.length} bytes; the limit is ${METADATA_BYTES}`)
  }
  return bytes
}

/**
 * Reads properties, and copies their values.
 *
 * @throws {WireError} `INVALID_METADATA`
 */
export function decodeMetadata(bytes: Buffer): Metadata {
  if (bytes.length > METADATA_BYTES) throw invalid(`${bytes.length} bytes of it`)
  const properties = new Map<string, readonly [name: string, value: Buffer]>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + bytes[at]!
    const valueStart = nameEnd + VALUE_SIZE_BYTES
    if (nameEnd === at + 1) throw invalid('a property without a name')
    if (valueStart > bytes.length) throw invalid('a property is cut off')
    const valueEnd = valueStart + readUint32(bytes, nameEnd)
    if (valueEnd > bytes.length) throw invalid('a value is cut off')
    const name = bytes.toString('latin1', at + 1, nameEnd)
    const key = name.toLowerCase()
    if (properties.has(key)) throw invalid(`${JSON.stringify(name)} comes twice`)
    properties.set(key, [name, Buffer.from(bytes.subarray(valueStart, valueEnd))])
    at = valueEnd
  }
  return new Metadata(properties)
}

const invalid = (what: string): WireError => new WireError('INVALID_METADATA', `metadata: ${what}`)
