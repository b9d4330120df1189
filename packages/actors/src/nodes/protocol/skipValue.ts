import { ActorError } from '../../errors.ts'
import { MAX_DEPTH } from './message.ts'

/** Values still to come, of each array or map that has begun. */
const left = new Float64Array(MAX_DEPTH + 1)

/** Bytes behind the first one, where the format alone says how many; formats 0xc0 to 0xdf. */
const fixedBytes: readonly (number | undefined)[] = Object.assign([] as number[], {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
})

/** Where the number of bytes follows, and in how many; extensions have one more for their type. */
const sized: readonly (readonly [sizeBytes: number, moreBytes: number] | undefined)[] =
  Object.assign(
    [] as [number, number][],
    {
      0xc4: [1, 0],
      0xc5: [2, 0],
      0xc6: [4, 0],
      0xc7: [1, 1],
      0xc8: [2, 1],
      0xc9: [4, 1],
      0xd9: [1, 0],
      0xda: [2, 0],
      0xdb: [4, 0],
    } as const,
  )

/** Arrays and maps with a count that follows: in how many bytes, and how many values for each. */
const counted: readonly (readonly [countBytes: number, values: number] | undefined)[] =
  Object.assign(
    [] as [number, number][],
    { 0xdc: [2, 1], 0xdd: [4, 1], 0xde: [2, 2], 0xdf: [4, 2] } as const,
  )

/**
 * Where the value ends that begins there. Reads nothing of it and makes nothing: what comes from a
 * stranger is known to be whole, and no deeper than `MAX_DEPTH`, before anybody makes something of it.
 *
 * @throws {ActorError} `EBADMSG`
 */
export function skipValue(bytes: Buffer, begin: number, end = bytes.length): number {
  let at = begin
  let depth = 0
  left[0] = 1
  while (true) {
    while (left[depth] === 0) {
      if (depth === 0) return at
      depth--
    }
    left[depth]!--
    if (at >= end) throw cutOff()
    const byte = bytes[at++]!
    if (byte < 0x80 || byte >= 0xe0) continue
    let values = -1
    if (byte < 0x90) values = (byte & 0x0f) * 2
    else if (byte < 0xa0) values = byte & 0x0f
    else if (byte < 0xc0) at += byte & 0x1f
    else {
      const fixed = fixedBytes[byte]
      if (fixed !== undefined) at += fixed
      else {
        const [sizeBytes, more] = sized[byte] ?? counted[byte] ?? unknownFormat(byte)
        if (at + sizeBytes > end) throw cutOff()
        const size = bytes.readUIntBE(at, sizeBytes)
        at += sizeBytes
        if (byte >= 0xdc) values = size * more
        else at += size + more
      }
    }
    if (at > end || values > end - at) throw cutOff()
    if (values < 0) continue
    if (++depth > MAX_DEPTH)
      throw new ActorError('EBADMSG', `A value has more than ${MAX_DEPTH} levels`)
    left[depth] = values
  }
}

export const cutOff = (): ActorError => new ActorError('EBADMSG', 'A message is cut off')

function unknownFormat(byte: number): never {
  throw new ActorError('EBADMSG', `Nothing in msgpack begins with ${byte}`)
}
