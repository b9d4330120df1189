import { randomFillSync } from 'node:crypto'
import { KEY_BYTES } from './frame.ts'

/** From how many bytes on words are worth a view of their own. */
const WORDWISE_BYTES = 128

const keyBytes = new Uint8Array(KEY_BYTES)
const keyWord = new Int32Array(keyBytes.buffer)

/**
 * Masks bytes where they lie, or takes their mask off, which is the same.
 *
 * @param key of four bytes
 * @param phase how many bytes of the payload were before these
 * @see RFC 6455 section 5.3
 */
export function applyMask(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: Uint8Array,
  phase: number,
): void {
  let at = start
  if (end - start >= WORDWISE_BYTES) {
    const offset = bytes.byteOffset + start
    const aligned = start + (-offset & (KEY_BYTES - 1))
    for (; at < aligned; at++) bytes[at]! ^= key[(phase + at - start) & 3]!
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2)
    // In the machine's own order of bytes.
    for (let i = 0; i < KEY_BYTES; i++) keyBytes[i] = key[(phase + at - start + i) & 3]!
    const word = keyWord[0]!
    for (let i = 0; i < words.length; i++) words[i]! ^= word
    at += words.byteLength
  }
  for (; at < end; at++) bytes[at]! ^= key[(phase + at - start) & 3]!
}

const pool = new Uint8Array(4096)
let used = pool.length

/**
 * A key that nobody can foresee, as RFC 6455 asks for; valid until the next one is made. Asking the
 * system for each takes longer than sending a short message.
 */
export function randomKey(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += KEY_BYTES
  return pool.subarray(used - KEY_BYTES, used)
}
