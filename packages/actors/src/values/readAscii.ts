/** A string of few bytes; undefined where one is not ASCII. */
export function readAscii(bytes: Buffer, at: number, count: number): string | undefined {
  if (count === 0) return ''
  const end = at + count
  for (let n = at; n < end; n++) if (bytes[n]! >= 0x80) return undefined
  return bytes.toString('latin1', at, end)
}
