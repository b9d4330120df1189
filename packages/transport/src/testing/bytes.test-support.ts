/** Bytes written as hex, with spaces and words in quotes: `04 05 "READY"`. */
export function bytes(text: string): Buffer {
  const parts = text.match(/"[^"]*"|[0-9a-f]{2}/g) ?? []
  return Buffer.concat(
    parts.map((part) =>
      part.startsWith('"') ? Buffer.from(part.slice(1, -1), 'latin1') : Buffer.from(part, 'hex'),
    ),
  )
}

/** The code of what a function throws; undefined when it throws nothing. */
export function codeOf(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
}

/** Cuts bytes at these places, each into memory of its own, as a stream gives them. */
export function cut(whole: Uint8Array, places: readonly number[]): Buffer[] {
  const ends = [...places.filter((at) => at <= whole.length), whole.length]
  ends.sort((a, b) => a - b)
  let start = 0
  return ends.map((end) => {
    const piece = Buffer.from(whole.subarray(start, end))
    start = end
    return piece
  })
}
