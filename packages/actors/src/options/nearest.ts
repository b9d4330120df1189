/** The name that was most likely meant; none, if all are too different. */
export function nearest(meant: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  // So many mistakes, the more the longer it is; a beginning is near its whole.
  let least = 1.5 + meant.length / 4
  for (const name of names) {
    const isBeginning = meant.length > 2 && name.toLowerCase().startsWith(meant.toLowerCase())
    const distance = isBeginning ? 1 : editDistance(meant.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = name
  }
  return best
}

/** Characters that are to be added, removed or changed to make one text of the other (Levenshtein, 1965). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n)
  for (let n = 1; n <= from.length; n++) {
    const next = [n]
    for (let m = 1; m <= to.length; m++) {
      const change = row[m - 1]! + (from[n - 1] === to[m - 1] ? 0 : 1)
      next.push(Math.min(change, row[m]! + 1, next[m - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
