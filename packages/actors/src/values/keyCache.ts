import { readAscii } from './readAscii.ts'

const SLOTS = 1024
/** Longer keys, and all that are not ASCII, are decoded each time. */
const MAX_KEY = 31

/**
 * The strings of keys that were read lately, so that a key is compared rather than made. Takes as much
 * memory as there are slots, whatever keys peers send.
 */
export class KeyCache {
  readonly #strings: string[] = Array.from({ length: SLOTS }, () => '')

  /** Undefined where the bytes are not ASCII, or too many. */
  find(bytes: Buffer, at: number, count: number): string | undefined {
    if (count > MAX_KEY) return undefined
    const end = at + count
    let hash = count
    for (let n = at; n < end; n++) {
      const byte = bytes[n]!
      if (byte >= 0x80) return undefined
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1)
    const known = this.#strings[slot]!
    if (known.length === count && isEqual(known, bytes, at)) return known
    const string = readAscii(bytes, at, count) ?? bytes.toString('latin1', at, end)
    this.#strings[slot] = string
    return string
  }
}

function isEqual(string: string, bytes: Buffer, at: number): boolean {
  for (let n = 0; n < string.length; n++) if (string.charCodeAt(n) !== bytes[at + n]) return false
  return true
}
