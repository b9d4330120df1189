/** What a stamped message says of itself. */
export interface Stamp {
  readonly life: string
  readonly number: number
}

const HEAD_BYTES = 40
const LIFE_BYTES = 24

/**
 * A message that shows whether it is whole: who sent it, its number, its length and a sum of its
 * bytes come first, the bytes follow from the number.
 */
export function stamp(life: string, number: number, length: number): Buffer {
  const message = Buffer.alloc(HEAD_BYTES + length)
  for (let i = 0; i < length; i++) message[HEAD_BYTES + i] = (number * 31 + i * 7) & 0xff
  message.write(life, 0, LIFE_BYTES)
  message.writeUInt32LE(number, LIFE_BYTES)
  message.writeUInt32LE(length, LIFE_BYTES + 4)
  message.writeUInt32LE(sumOf(message.subarray(HEAD_BYTES)), LIFE_BYTES + 8)
  return message
}

/** @throws {Error} the message is not whole */
export function verify(message: Buffer): Stamp {
  const length = message.readUInt32LE(LIFE_BYTES + 4)
  const sum = message.readUInt32LE(LIFE_BYTES + 8)
  const bytes = message.subarray(HEAD_BYTES)
  if (bytes.length !== length || sumOf(bytes) !== sum) throw new Error('a torn message')
  const life = message.toString('utf8', 0, LIFE_BYTES).replace(/\0+$/, '')
  return { life, number: message.readUInt32LE(LIFE_BYTES) }
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) >>> 0
  return sum
}
