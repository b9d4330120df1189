import type { Summary } from './tally.ts'

const english = new Intl.NumberFormat('en-US')

/** "1 worker", "1,234 files". */
export function countOf(number: number, noun: string): string {
  return `${english.format(number)} ${noun}${number === 1 ? '' : 's'}`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** "Skipped   2 files and 1 folder that could not be read". */
export function describeSkipped(files: number, folders: number): string {
  const parts = [
    ...(files > 0 ? [countOf(files, 'file')] : []),
    ...(folders > 0 ? [countOf(folders, 'folder')] : []),
  ]
  return `Skipped   ${parts.join(' and ')} that could not be read`
}

/** How long one run took: "2 workers  1.23 s   78.9 MB/s". */
export function describeRun(workers: number, { elapsedMs, bytes }: Summary): string {
  const name = countOf(workers, 'worker').padEnd(12)
  const seconds = (elapsedMs / 1000).toFixed(2).padStart(7)
  const speed = (bytes / 1000 / elapsedMs).toFixed(1).padStart(8)
  return `${name}${seconds} s${speed} MB/s`
}

/** What is over before this tells nothing: the least disturbance counts for more. */
const SHORTEST_RUN_MS = 500

/** "Speed-up    1.93", of many workers against one; what it means if it is none. */
export function describeSpeedUp(one: Summary, many: Summary): string {
  if (one.elapsedMs < SHORTEST_RUN_MS) return 'Too short to tell a speed-up.'
  const ratio = one.elapsedMs / many.elapsedMs
  const line = `Speed-up    ${ratio.toFixed(2)}`
  if (ratio >= 1) return line
  return `${line}: one worker was faster. Something else keeps the cores busy, or there are fewer than workers.`
}

export const NOTHING_TO_COMPARE =
  'One worker only: --workers says how many are to be compared with it.'

/** The top words and the totals. */
export function describeSummary(summary: Summary): string {
  const widest = english.format(summary.topWords[0]?.[1] ?? 0).length
  const rows = summary.topWords.map(
    ([word, count]) => `  ${english.format(count).padStart(widest)}  ${word}`,
  )
  return [
    ...(rows.length === 0 ? [] : ['Top words', ...rows, '']),
    `Files     ${english.format(summary.files)}`,
    `Bytes     ${english.format(summary.bytes)}`,
    `Lines     ${english.format(summary.lines)}`,
    `Words     ${english.format(summary.words)}, ${english.format(summary.differentWords)} different`,
    `Checksum  ${summary.checksum}`,
  ].join('\n')
}
