import type { Summary } from './messages.ts'

const english = new Intl.NumberFormat('en-US')

/** "1 worker", "1,234 files". */
export function countOf(number: number, noun: string): string {
  return `${english.format(number)} ${noun}${number === 1 ? '' : 's'}`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** How long one run took: "2 workers  1.23 s   78.9 MB/s". */
export function describeRun(workers: number, { elapsedMs, bytes }: Summary): string {
  const name = countOf(workers, 'worker').padEnd(12)
  const seconds = (elapsedMs / 1000).toFixed(2).padStart(7)
  const speed = (bytes / 1000 / elapsedMs).toFixed(1).padStart(8)
  return `${name}${seconds} s${speed} MB/s`
}

/** The top words and the totals. */
export function describeSummary(summary: Summary): string {
  const widest = english.format(summary.topWords[0]?.[1] ?? 0).length
  const rows = summary.topWords.map(
    ([word, count]) => `  ${english.format(count).padStart(widest)}  ${word}`,
  )
  return [
    'Top words',
    ...rows,
    '',
    `Files     ${english.format(summary.files)}`,
    `Bytes     ${english.format(summary.bytes)}`,
    `Lines     ${english.format(summary.lines)}`,
    `Words     ${english.format(summary.words)}, ${english.format(summary.differentWords)} different`,
    `Checksum  ${summary.checksum}`,
  ].join('\n')
}
