/** Median, least and most of the values measured for one cell. */
export interface Summary {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** @param values at least one */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper
  const least = sorted[0]
  const most = sorted.at(-1)
  if (upper === undefined || lower === undefined || least === undefined || most === undefined) {
    throw new RangeError('no values to summarize')
  }
  return { median: (lower + upper) / 2, least, most }
}
