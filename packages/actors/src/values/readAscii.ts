const code = String.fromCharCode

/** The longest string that is read this way. */
export const LONGEST_READ = 16

/**
 * A string of few bytes, made in one go: for 12 bytes three times as fast as asking a Buffer for it, and
 * four times as fast as adding up characters. Undefined where one is not ASCII.
 */
export function readAscii(b: Buffer, at: number, count: number): string | undefined {
  let all = 0
  for (let n = at; n < at + count; n++) all |= b[n]!
  if (all >= 0x80) return undefined
  switch (count) {
    case 0:
      return ''
    case 1:
      return code(b[at]!)
    case 2:
      return code(b[at]!, b[at + 1]!)
    case 3:
      return code(b[at]!, b[at + 1]!, b[at + 2]!)
    case 4:
      return code(b[at]!, b[at + 1]!, b[at + 2]!, b[at + 3]!)
    case 5:
      return code(b[at]!, b[at + 1]!, b[at + 2]!, b[at + 3]!, b[at + 4]!)
    case 6:
      return code(b[at]!, b[at + 1]!, b[at + 2]!, b[at + 3]!, b[at + 4]!, b[at + 5]!)
    case 7:
      return code(b[at]!, b[at + 1]!, b[at + 2]!, b[at + 3]!, b[at + 4]!, b[at + 5]!, b[at + 6]!)
    case 8:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
      )
    case 9:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
      )
    case 10:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
      )
    case 11:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
        b[at + 10]!,
      )
    case 12:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
        b[at + 10]!,
        b[at + 11]!,
      )
    case 13:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
        b[at + 10]!,
        b[at + 11]!,
        b[at + 12]!,
      )
    case 14:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
        b[at + 10]!,
        b[at + 11]!,
        b[at + 12]!,
        b[at + 13]!,
      )
    case 15:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
        b[at + 10]!,
        b[at + 11]!,
        b[at + 12]!,
        b[at + 13]!,
        b[at + 14]!,
      )
    case 16:
      return code(
        b[at]!,
        b[at + 1]!,
        b[at + 2]!,
        b[at + 3]!,
        b[at + 4]!,
        b[at + 5]!,
        b[at + 6]!,
        b[at + 7]!,
        b[at + 8]!,
        b[at + 9]!,
        b[at + 10]!,
        b[at + 11]!,
        b[at + 12]!,
        b[at + 13]!,
        b[at + 14]!,
        b[at + 15]!,
      )
    default:
      return undefined
  }
}
