/** Z85 writes four bytes as five printable characters; this is its alphabet. @see RFC 32/Z85 */
const alphabet =
  '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'

const digitOf = new Map(Array.from(alphabet, (character, digit) => [character, digit]))

/**
 * Writes bytes as Z85 text.
 *
 * @throws {RangeError} when their number is not a multiple of four
 */
export function encodeZ85(bytes: Uint8Array): string {
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are not a multiple of 4`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    const value = view.getUint32(at)
    for (let unit = 85 ** 4; unit >= 1; unit /= 85) {
      text += alphabet.charAt(Math.floor(value / unit) % 85)
    }
  }
  return text
}

/** Reads Z85 text; undefined when it is none. */
export function decodeZ85(text: string): Buffer | undefined {
  if (text.length % 5 !== 0) return undefined
  const bytes = Buffer.alloc((text.length / 5) * 4)
  for (let group = 0; group * 5 < text.length; group += 1) {
    let value = 0
    for (const character of text.slice(group * 5, group * 5 + 5)) {
      value = value * 85 + (digitOf.get(character) ?? Number.NaN)
    }
    // Five digits reach beyond 32 bits; a foreign character has made the value NaN.
    if (!(value <= 0xffff_ffff)) return undefined
    bytes.writeUInt32BE(value, group * 4)
  }
  return bytes
}
